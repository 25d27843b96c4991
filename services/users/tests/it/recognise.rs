//! Who logs in: a person who is known, or a new one.

use db::testing::Backend;
use feed::{FeedIdentifier, FeedPerson, FeedPlace};
use kernel::{ErrorCode, Fault, Profile};
use rstest::rstest;
use serde_json::json;
use users::{Evidence, Registration};
use uuid::Uuid;

use crate::families::{child, identifier};
use crate::house::{COLLEGE, ECOLE, House, clock, registration};

const INE: &str = "123456789AB";

async fn try_log_in(house: &House, provider: &str, subject: &str, person: &FeedPerson) -> Result<Uuid, Fault> {
    users::recognise(&house.store, &house.secrets, &clock(), provider, subject, person).await
}

async fn log_in(house: &House, provider: &str, subject: &str, person: &FeedPerson) -> Uuid {
    let bearer = try_log_in(house, provider, subject, person).await.expect("recognised");
    house.leads_to(bearer).await
}

/// A pupil of 6e as EduConnect tells them.
fn eleve(ine: Option<&str>) -> FeedPerson {
    FeedPerson {
        key: "sub".to_owned(),
        given_name: Some("ADA".to_owned()),
        family_name: Some("Lovelace".to_owned()),
        birth_date: Some("2008-03-01".parse().expect("a date")),
        ine: ine.map(str::to_owned),
        places: vec![FeedPlace {
            structure: COLLEGE.to_owned(),
            profile: Profile::Pupil,
            mefstat4: Some("2111".to_owned()),
            classes: vec!["6A".to_owned()],
            groups: Vec::new(),
        }],
        ..FeedPerson::default()
    }
}

/// The same in the école, as AAF tells them.
fn ecolier(ine: Option<&str>) -> Registration {
    Registration { ine: ine.map(str::to_owned), ..child("Lovelace", Some("2008-03-01"), Vec::new()) }
}

#[rstest]
#[tokio::test]
async fn an_account_makes_one_person_however_often_it_logs_in(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let person = log_in(&house, "educonnect", "sub", &eleve(None)).await;
    let told = house.last_event().await;
    assert_eq!(log_in(&house, "educonnect", "sub", &eleve(None)).await, person);
    assert_eq!((house.count("people").await, house.last_event().await), (1, told));
    assert_eq!(house.bearer("oidc:educonnect", "sub").await, Some(person));
    house.by_person(person).await;
    let asked =
        "{ me { displayName affiliations { schoolYear establishment { uai } } identities { linkedAt lastUsedAt } } }";
    let me = house.field(asked, json!({}), "me").await;
    assert_eq!(me["displayName"], "ADA Lovelace");
    assert_eq!(me["affiliations"], json!([{ "schoolYear": "2018-2019", "establishment": { "uai": COLLEGE } }]));
    let moment = "2018-11-20T09:00:00Z";
    assert_eq!(me["identities"], json!([{ "linkedAt": moment, "lastUsedAt": moment }]));
    // Another provider, or another account there, is another person as long as nothing says more.
    let bare = FeedPerson::default();
    assert_ne!(log_in(&house, "gar", "sub", &bare).await, person);
    assert_ne!(log_in(&house, "educonnect", "bus", &bare).await, person);
    // A provider that tells no establishment this time takes none away.
    log_in(&house, "educonnect", "sub", &FeedPerson::default()).await;
    assert_eq!(house.field(asked, json!({}), "me").await, me);
}

#[rstest]
#[tokio::test]
async fn a_teacher_is_known_by_what_the_ent_calls_them(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let told = registration("teacher", Profile::Teacher, ECOLE, None);
    let identifiers = vec![identifier("sdet:ent", "uid-7")];
    let teacher = house.person(Registration { identifiers, source: "sdet:ent".to_owned(), ..told }).await;
    let claimed = FeedIdentifier { system: "sdet:ent".to_owned(), value: "uid-7".to_owned() };
    let account = FeedPerson { identifiers: vec![claimed.clone(), claimed], ..FeedPerson::default() };
    assert_eq!(log_in(&house, "ent", "sub", &account).await, teacher);
    assert_eq!(log_in(&house, "ent", "sub", &FeedPerson::default()).await, teacher, "by the account alone from now on");
    assert_eq!((house.count("people").await, house.count("merges").await), (1, 0));
}

#[rstest]
#[tokio::test]
async fn accounts_that_a_provider_names_at_once_are_one_persons(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let one = house.person(registration("one", Profile::Teacher, ECOLE, None)).await;
    let other = house.person(registration("other", Profile::Teacher, COLLEGE, None)).await;
    let earlier = log_in(&house, "guichet", "sub", &FeedPerson::default()).await;
    let named = |value: &str| FeedIdentifier { system: "alienor".to_owned(), value: value.to_owned() };
    let account = FeedPerson { identifiers: vec![named("one"), named("other")], ..FeedPerson::default() };
    let oldest = one.min(other).min(earlier);
    assert_eq!(log_in(&house, "guichet", "sub", &account).await, oldest);
    assert_eq!(log_in(&house, "guichet", "sub", &account).await, oldest);
    assert_eq!(house.count("merges").await, 2);
    house.by_person(other).await;
    let me = house
        .field("{ me { affiliations { establishment { uai } } merges { rule evidence } } }", json!({}), "me")
        .await;
    let places = json!([{ "establishment": { "uai": COLLEGE } }, { "establishment": { "uai": ECOLE } }]);
    assert_eq!(me["affiliations"], places);
    let why = json!({ "rule": "PROVIDER_NAMES_BOTH", "evidence": "oidc:guichet names accounts of both at one login" });
    assert_eq!(me["merges"], json!([why, why]));
}

#[rstest]
#[tokio::test]
async fn whom_somebody_has_told_apart_a_provider_does_not_make_one(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let one = house.person(registration("one", Profile::Teacher, ECOLE, None)).await;
    let other = house.person(registration("other", Profile::Teacher, COLLEGE, None)).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    let merge = users::merge(&house.store, &clock(), other, one, &why).await.expect("merged");
    users::unmerge(&house.store, &clock(), merge).await.expect("undone");
    let named = |value: &str| FeedIdentifier { system: "alienor".to_owned(), value: value.to_owned() };
    let account = FeedPerson { identifiers: vec![named("one"), named("other")], ..FeedPerson::default() };
    let refused = try_log_in(&house, "guichet", "sub", &account).await.expect_err("refused");
    assert_eq!(refused.code(), ErrorCode::BadUserInput);
    assert_eq!((house.leads_to(one).await, house.leads_to(other).await), (one, other));
}

#[rstest]
#[tokio::test]
async fn a_pupil_of_6e_is_who_they_were_in_cm2(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let before = house.person(ecolier(Some(INE))).await;
    assert_eq!(log_in(&house, "educonnect", "sub", &eleve(Some(INE))).await, before);
    assert_eq!((house.count("people").await, house.count("merges").await), (2, 1));
    assert_eq!(house.count("proposals").await, 0);
}

#[rstest]
#[case(None, "2008-03-01", 1)]
#[case(Some(INE), "2008-03-02", 1)]
#[case(Some("987654321ZZ"), "2008-03-01", 0)]
#[case(None, "2008-03-02", 0)]
#[tokio::test]
async fn without_all_of_the_evidence_nobody_is_merged(
    #[case] ine: Option<&str>,
    #[case] born: &str,
    #[case] proposed: i64,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let before = house.person(ecolier(Some(INE))).await;
    let account = FeedPerson { birth_date: Some(born.parse().expect("a date")), ..eleve(ine) };
    assert_ne!(log_in(&house, "educonnect", "sub", &account).await, before);
    assert_eq!((house.count("merges").await, house.count("proposals").await), (0, proposed));
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_used_is_refused_and_leaves_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let long = "s".repeat(256);
    let name = |name: &str| FeedPerson { family_name: Some(name.to_owned()), ..FeedPerson::default() };
    let mut level = eleve(None);
    level.places[0].mefstat4 = Some("6EME GENERALE".to_owned());
    for (subject, person) in [
        ("", FeedPerson::default()),
        (long.as_str(), FeedPerson::default()),
        ("nul\0", FeedPerson::default()),
        ("sub", name("Quasi\0mode")),
        ("sub", name(&long)),
        ("sub", level),
    ] {
        let refused = try_log_in(&house, "educonnect", subject, &person).await.expect_err("refused");
        assert_eq!(refused.code(), ErrorCode::BadUserInput);
        assert!(!refused.to_string().contains("Quasi"), "{refused}");
    }
    assert_eq!((house.count("people").await, house.count("outbox").await), (0, 0));
    // An establishment that is none is left out, and the person is known.
    let mut nowhere = eleve(None);
    nowhere.places[0].structure = "college".to_owned();
    log_in(&house, "educonnect", "sub", &nowhere).await;
    assert_eq!(house.count("affiliations").await, 0);
}
