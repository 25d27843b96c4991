//! Who administers the installation: by the table on its own machine, and by nothing else.

use std::collections::BTreeSet;

use db::testing::Backend;
use kernel::{PersonFacts, Principal, PrincipalKind, Profile};
use rstest::rstest;
use serde_json::json;
use service_kit::access::{ACCESS, Seer};
use users::{Evidence, set_administrator};
use uuid::Uuid;

use crate::house::{ECOLE, House, application, clock, code, registration};

const ASK: &str = "{ callingPerson { administrator } }";

/// Every root field that is for administrators alone, as it is asked for.
const THEIRS: [(&str, &str, &str); 6] = [
    ("Query", "clients", "{ clients { clientId name scopes } }"),
    ("Query", "mergeProposals", "{ mergeProposals(first: 2) { edges { cursor node { id } } } }"),
    (
        "Mutation",
        "decideMergeProposal",
        "mutation { decideMergeProposal(input: { id: \"0190a0a0-0000-7000-8000-000000000000\", accept: true }) { merged } }",
    ),
    (
        "Mutation",
        "undoMerge",
        "mutation { undoMerge(input: { id: \"0190a0a0-0000-7000-8000-000000000000\" }) { undone } }",
    ),
    (
        "Mutation",
        "registerClient",
        "mutation { registerClient(input: { clientId: \"portal\", name: \"Portal\", scopes: [] }) { clientSecret } }",
    ),
    ("Mutation", "revokeClient", "mutation { revokeClient(input: { clientId: \"portal\" }) { revoked } }"),
];

async fn administers(house: &House) -> bool {
    let answer = house.subgraph.ask(ASK, json!({})).await;
    answer["data"]["callingPerson"]["administrator"].as_bool().expect("known or not")
}

#[rstest]
#[tokio::test]
async fn nobody_but_administrators_gets_what_is_theirs(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let ruled: BTreeSet<(&str, &str)> = ACCESS
        .fields()
        .filter(|(of, _, rule)| {
            ["Query", "Mutation"].contains(of) && rule.admits(&[Seer::Administrator]) && !rule.is_open()
        })
        .map(|(of, field, _)| (of, field))
        .collect();
    assert_eq!(
        ruled,
        THEIRS.iter().map(|(of, field, _)| (*of, *field)).collect(),
        "a field that is theirs is asked for here"
    );
    let mut house = House::new(backend).await;
    let head = house.person(registration("head", Profile::Head, ECOLE, None)).await;
    let chief = house.person(registration("chief", Profile::Staff, ECOLE, None)).await;
    set_administrator(&house.store, &clock(), "alienor", "chief", true).await.expect("written");
    for (_, field, asked) in THEIRS {
        house.by_person(head).await;
        assert_eq!(code(&house.subgraph.ask(asked, json!({})).await), "FORBIDDEN", "{field}");
        let scopes = ["users:read", "productions:write", "deployments:write", "statistics:exact"];
        house.subgraph.by(application("portal", Some("FR"), None, &scopes));
        assert_eq!(code(&house.subgraph.ask(asked, json!({})).await), "FORBIDDEN", "{field}");
        house.subgraph.by(Principal::anonymous());
        assert_eq!(code(&house.subgraph.ask(asked, json!({})).await), "UNAUTHENTICATED", "{field}");
    }
    assert_eq!(house.count("clients").await, 0);
    house.by_person(chief).await;
    for (_, field, asked) in THEIRS {
        let answer = house.subgraph.ask(asked, json!({})).await;
        let refused = ["FORBIDDEN", "UNAUTHENTICATED"].contains(&code(&answer));
        assert!(!refused, "{field}: {answer}");
    }
    assert_eq!(house.count("clients").await, 1);
}

#[rstest]
#[tokio::test]
async fn one_is_an_administrator_by_a_name_that_a_system_gives_known_before_or_after(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let set = async |house: &House, value: &str, administers: bool| {
        set_administrator(&house.store, &clock(), "alienor", value, administers).await.expect("written")
    };
    let before = house.person(registration("before", Profile::Teacher, ECOLE, None)).await;
    assert!(set(&house, "before", true).await);
    assert!(!set(&house, "before", true).await, "told again");
    assert!(set(&house, "after", true).await);
    let after = house.person(registration("after", Profile::Teacher, ECOLE, None)).await;
    let other = house.person(registration("other", Profile::Head, ECOLE, None)).await;
    for (person, expected) in [(before, true), (after, true), (other, false)] {
        house.by_themselves(person);
        assert_eq!(administers(&house).await, expected);
    }
    set_administrator(&house.store, &clock(), "argos", "other", true).await.expect("written");
    assert!(!administers(&house).await, "another system may call somebody else so");
    assert!(set(&house, "before", false).await);
    assert!(!set(&house, "before", false).await, "told again");
    house.by_themselves(before);
    assert!(!administers(&house).await);
}

#[rstest]
#[tokio::test]
async fn who_is_one_with_an_administrator_is_one_as_long_as_they_are(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    set_administrator(&house.store, &clock(), "alienor", "chief", true).await.expect("written");
    let chief = house.person(registration("chief", Profile::Staff, ECOLE, None)).await;
    let account = house.person(registration("account", Profile::Staff, ECOLE, None)).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    let merge = users::merge(&house.store, &clock(), chief, account, &why).await.expect("merged");
    let of = async |house: &mut House, person: Uuid| {
        house.by_themselves(person);
        administers(house).await
    };
    assert_eq!([of(&mut house, chief).await, of(&mut house, account).await], [true, true]);
    users::unmerge(&house.store, &clock(), merge).await.expect("undone");
    assert_eq!([of(&mut house, chief).await, of(&mut house, account).await], [true, false]);
}

#[rstest]
#[tokio::test]
async fn no_client_but_the_installations_own_administers_in_their_name(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    set_administrator(&house.store, &clock(), "alienor", "chief", true).await.expect("written");
    let chief = house.person(registration("chief", Profile::Staff, ECOLE, None)).await;
    let facts = PersonFacts {
        subject: house.secrets.pseudonyms.of("portal", chief, 1).expect("a pseudonym"),
        ..PersonFacts::default()
    };
    let person = Some(facts);
    house.subgraph.by(Principal { kind: PrincipalKind::Person, person, ..Principal::application("portal") });
    assert!(!administers(&house).await);
    house.by_themselves(chief);
    assert!(administers(&house).await);
}
