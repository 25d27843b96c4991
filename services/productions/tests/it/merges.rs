//! People who turn out to be one, and who turn out not to be.

use db::outbox::Event;
use db::testing::Backend;
use events::Projection;
use kernel::events::{PersonMerged, PersonUnmerged};
use kernel::{PersonFacts, Principal, PrincipalKind};
use productions::{Audience, Contributor, Role};
use rstest::rstest;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use crate::house::{CLOCK, ECOLE, House};

async fn told(house: &House, kind: &str, payload: Value) {
    let event = Event {
        seq: 100,
        aggregate: "a".to_owned(),
        kind: kind.to_owned(),
        payload: Json(payload),
        occurred_at: "2018-11-01T00:00:00Z".parse().expect("a moment"),
    };
    let mut tx = house.store.db().begin().await.expect("a transaction");
    house.store.apply(&mut tx, "users", &[event]).await.expect("applied");
    tx.commit().await.expect("committed");
}

fn asking(id: Uuid) -> Principal {
    let facts = PersonFacts { person_id: Some(id.to_string()), ..PersonFacts::default() };
    Principal { kind: PrincipalKind::Person, person: Some(facts), ..Principal::application("ent") }
}

async fn participants(house: &House, id: Uuid) -> usize {
    let query = format!("{{ production(id: \"{id}\") {{ participants {{ label }} }} }}");
    let answer = house.subgraph.ask(&query, json!({})).await;
    answer["data"]["production"]["participants"].as_array().map_or(0, Vec::len)
}

#[rstest]
#[tokio::test]
async fn a_merge_moves_nobody_and_its_end_gives_each_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let id = house.shared("Les volcans", Audience::Participants).await;
    // A pupil who takes part is taken to be the same person as one who does not.
    let (here, other) = (house.cm2[0], house.spare);
    house.subgraph.by(asking(other));
    assert_eq!(participants(&house, id).await, 0);
    let merged = PersonMerged { person_ids: vec![here.to_string()], into: other.to_string() };
    told(&house, PersonMerged::KIND, json!(merged)).await;
    for person in [here, other] {
        house.subgraph.by(asking(person));
        assert_eq!(participants(&house, id).await, 10, "whoever of both asks");
    }
    let join = Contributor { person_id: other, uai: ECOLE.parse().expect("a UAI"), role: Role::Contribute };
    productions::contribute(&house.store, &CLOCK, id, std::slice::from_ref(&join)).await.expect("nothing to do");
    assert_eq!(participants(&house, id).await, 10, "one person takes part once");

    let redirects = vec![(here.to_string(), here.to_string()), (other.to_string(), other.to_string())];
    told(&house, PersonUnmerged::KIND, json!(PersonUnmerged { redirects })).await;
    house.subgraph.by(asking(other));
    assert_eq!(participants(&house, id).await, 0, "what was another's is not theirs");
    house.subgraph.by(asking(here));
    assert_eq!(participants(&house, id).await, 10);
    productions::contribute(&house.store, &CLOCK, id, &[join]).await.expect("joined");
    assert_eq!(participants(&house, id).await, 11);
}
