//! Who answers by law for a minor sees and does what is the minor's own. Nobody else does, and nobody for a grown-up.

use db::testing::Backend;
use kernel::Profile;
use rstest::rstest;
use serde_json::{Value, json};
use users::{Evidence, Registration};
use uuid::Uuid;

use crate::families::{by_law, child, not_by_law, of_aaf, parent};
use crate::house::{COLLEGE, ECOLE, House, clock, code, registration};

const BORN: Option<&str> = Some("2008-03-01");
const CHILD: &str = "query ($id: ID!) { user(id: $id) { displayName profiles affiliations { classes } authorisations { purpose } \
    guardians { displayName } identities { linkedAt } merges { rule } departure { erasedOn } } }";
const EXPORT: &str = "mutation ($id: ID) { exportMyData(input: { userId: $id }) { mediaType content } }";
const AUTHORISE: &str = "mutation ($id: ID) { recordAuthorisation(input: { userId: $id, purpose: \"PUBLICATION\", granted: true }) \
    { authorisation { purpose granted } } }";

/// Whether the caller sees, exports and authorises for a child, all of it or nothing.
async fn acts_for(house: &House, child: Uuid) -> bool {
    let id = json!({ "id": house.subject(child) });
    let seen = house.subgraph.ask(CHILD, id.clone()).await;
    let exported = house.subgraph.ask(EXPORT, id.clone()).await;
    let authorised = house.subgraph.ask(AUTHORISE, id).await;
    let done = [
        !seen["data"]["user"].is_null(),
        exported["data"].is_object() && code(&exported).is_empty(),
        authorised["data"].is_object() && code(&authorised).is_empty(),
    ];
    if done[0] {
        assert_eq!(seen.get("errors"), None, "everything that is the child's is theirs to see");
    } else {
        assert_eq!(
            [code(&exported), code(&authorised)],
            ["NOT_FOUND", "NOT_FOUND"],
            "whom one may not know is not there"
        );
    }
    assert!(done.iter().all(|one| *one == done[0]), "{done:?}");
    done[0]
}

async fn children(house: &House) -> Value {
    house.field("{ me { children { displayName } } }", json!({}), "me").await["children"].clone()
}

#[rstest]
#[tokio::test]
async fn both_parents_by_law_act_for_their_child_and_nobody_else_does(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let theirs = house.person(child("a", BORN, vec![by_law("p"), by_law("q"), not_by_law("r")])).await;
    let others = house.person(child("b", BORN, vec![by_law("s")])).await;
    for value in ["p", "q"] {
        let parent = house.person(parent(value)).await;
        house.by_person(parent).await;
        assert_eq!(children(&house).await, json!([{ "displayName": "Ada a" }]), "{value}");
        assert!(acts_for(&house, theirs).await, "{value}");
        assert!(!acts_for(&house, others).await, "{value}");
        let seen = house.field(CHILD, json!({ "id": house.subject(theirs) }), "user").await;
        assert_eq!(seen["profiles"], json!(["PUPIL"]));
        assert_eq!(seen["affiliations"], json!([{ "classes": ["CM2 A"] }]));
        let label = format!("Ada {value}");
        assert_eq!(seen["guardians"], json!([{ "displayName": label }]), "of the parents each knows themselves");
    }
    for value in ["r", "s"] {
        let other = house.person(parent(value)).await;
        house.by_person(other).await;
        assert!(!acts_for(&house, theirs).await, "{value}");
    }
    assert_eq!(children(&house).await, json!([{ "displayName": "Ada b" }]));
    house.by_person(others).await;
    assert!(!acts_for(&house, theirs).await, "a child answers for nobody");
    assert_eq!(children(&house).await, json!([]));
}

#[rstest]
#[tokio::test]
async fn nobody_answers_for_who_is_of_age(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let mut tied = Vec::new();
    for (value, born) in [("today", Some("2000-11-20")), ("tomorrow", Some("2000-11-21")), ("unknown", None)] {
        tied.push(house.person(child(value, born, vec![by_law("p")])).await);
    }
    let teacher = of_aaf(registration("grown", Profile::Teacher, ECOLE, None));
    tied.push(house.person(Registration { guardians: Some(vec![by_law("p")]), ..teacher }).await);
    let parent = house.person(parent("p")).await;
    house.by_person(parent).await;
    let mut acts = Vec::new();
    for one in &tied {
        acts.push(acts_for(&house, *one).await);
    }
    assert_eq!(
        acts,
        [false, true, true, false],
        "18 today, 18 tomorrow, a pupil of unknown age, a teacher of unknown age"
    );
    assert_eq!(children(&house).await.as_array().expect("a list").len(), 2);
}

#[rstest]
#[tokio::test]
async fn whom_the_source_names_no_more_answers_no_more(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let theirs = house.person(child("a", BORN, vec![by_law("p"), by_law("q")])).await;
    let [p, q] = [house.person(parent("p")).await, house.person(parent("q")).await];
    // A source that does not speak of guardians takes none away.
    let silent = Registration { guardians: None, ..child("a", BORN, Vec::new()) };
    house.person(silent).await;
    house.by_person(p).await;
    assert!(acts_for(&house, theirs).await);
    house.person(child("a", BORN, vec![not_by_law("p"), by_law("q")])).await;
    assert!(!acts_for(&house, theirs).await, "not by law any more");
    house.person(child("a", BORN, vec![by_law("q")])).await;
    assert!(!acts_for(&house, theirs).await);
    house.by_person(p).await;
    let mine = house.field("{ me { affiliations { profile endedOn } } }", json!({}), "me").await;
    assert_eq!(mine["affiliations"], json!([{ "profile": "GUARDIAN", "endedOn": "2018-11-20" }]));
    house.by_person(q).await;
    assert!(acts_for(&house, theirs).await);
}

#[rstest]
#[tokio::test]
async fn another_source_may_still_name_them(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let told = child("a", BORN, vec![by_law("p")]);
    let theirs = house.person(told.clone()).await;
    house.person(Registration { source: "sdet:ent".to_owned(), ..told }).await;
    house.person(child("a", BORN, Vec::new())).await;
    let parent = house.person(parent("p")).await;
    house.by_person(parent).await;
    assert!(acts_for(&house, theirs).await, "the ENT knows them as who answers for the child");
}

#[rstest]
#[tokio::test]
async fn merged_people_keep_the_rights_of_both(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let head = house.person(registration("head", Profile::Head, COLLEGE, None)).await;
    let parent = house.person(parent("p")).await;
    let theirs = house.person(child("a", BORN, vec![by_law("p")])).await;
    let pupil = house.person(registration("pupil", Profile::Pupil, COLLEGE, Some("2111"))).await;
    house.by_person(head).await;
    assert_eq!(house.known(&[theirs, pupil]).await, [false, true]);
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    users::merge(&house.store, &clock(), parent, head, &why).await.expect("merged");
    for either in [head, parent] {
        house.by_person(either).await;
        assert_eq!(house.known(&[theirs, pupil]).await, [true, true]);
        assert!(acts_for(&house, theirs).await);
    }
    // The child is one with another account of theirs: their parent answers for all of it.
    let account = Registration { birth_date: None, ..registration("account", Profile::Pupil, COLLEGE, None) };
    let account = house.person(account).await;
    users::merge(&house.store, &clock(), account, theirs, &why).await.expect("merged");
    assert!(acts_for(&house, account).await);
}
