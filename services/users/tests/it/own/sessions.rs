//! Where somebody is logged in: also as whoever they were before they became one with another.

use chrono::{DateTime, TimeDelta, Utc};
use db::testing::Backend;
use kernel::Profile;
use rstest::rstest;
use serde_json::{Value, json};
use sign_in::Session;
use users::Evidence;
use users::login::Sessions;
use uuid::Uuid;

use crate::house::{COLLEGE, ECOLE, House, clock, registration};

const END: &str = "mutation ($id: ID!) { endSession(input: { id: $id }) { ended } }";

/// Somebody is logged in since some minutes. The session's name.
pub(crate) async fn log_in(house: &House, hash: &str, person: Uuid, minutes: i64) -> Uuid {
    let since: DateTime<Utc> = clock().now() - TimeDelta::minutes(minutes);
    let id = Uuid::now_v7();
    let session = Session {
        id,
        person,
        provider: "educonnect".to_owned(),
        subject: "somebody".to_owned(),
        sid: None,
        id_token: None,
        created_at: since,
        last_seen_at: since,
    };
    house.sessions.begin(hash, &session).await.expect("a session");
    id
}

async fn mine(house: &House) -> Value {
    house.field("{ me { sessions { id createdAt } } }", json!({}), "me").await["sessions"].clone()
}

async fn end(house: &House, id: &str) -> bool {
    house.field(END, json!({ "id": id }), "endSession").await["ended"].as_bool().expect("ended or not")
}

#[rstest]
#[tokio::test]
async fn sessions_of_both_are_theirs_who_are_one(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let one = house.person(registration("one", Profile::Teacher, ECOLE, None)).await;
    let other = house.person(registration("other", Profile::Teacher, COLLEGE, None)).await;
    let stranger = house.person(registration("stranger", Profile::Teacher, COLLEGE, None)).await;
    let older = log_in(&house, "older", one, 20).await;
    let newer = log_in(&house, "newer", other, 10).await;
    let strangers = log_in(&house, "of a stranger", stranger, 5).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    users::merge(&house.store, &clock(), one, other, &why).await.expect("merged");
    house.by_person(one).await;
    let told = json!([
        { "id": older.to_string(), "createdAt": "2018-11-20T08:40:00Z" },
        { "id": newer.to_string(), "createdAt": "2018-11-20T08:50:00Z" },
    ]);
    assert_eq!(mine(&house).await, told, "from the oldest");
    for id in [strangers.to_string(), Uuid::now_v7().to_string(), "x".to_owned()] {
        assert!(!end(&house, &id).await, "{id}");
    }
    assert!(end(&house, &older.to_string()).await);
    assert!(!end(&house, &older.to_string()).await, "once");
    assert_eq!(mine(&house).await.as_array().map(Vec::len), Some(1));
    assert!(end(&house, &newer.to_string()).await);
    let ended = house.ended.lock().expect("nobody panics under it").clone();
    assert_eq!(ended, ["older", "newer"]);
}
