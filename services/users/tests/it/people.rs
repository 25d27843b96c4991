//! Registering, finding, merging; and who may know whom.

use db::testing::Backend;
use kernel::{Clock, PersonFacts, Principal, PrincipalKind, Profile};
use rstest::rstest;
use serde_json::{Value, json};
use users::{Evidence, Identifier, Refusal, Registered};
use uuid::Uuid;

use crate::house::{COLLEGE, ECOLE, House, application, registration, representation};

const USER: &str = "... on User { id displayName profiles }";

#[rstest]
#[tokio::test]
async fn a_registration_is_idempotent_and_one_that_is_wrong_harms_no_other(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let teacher = registration("curie", Profile::Teacher, ECOLE, None);
    let mut nobody = teacher.clone();
    nobody.identifiers.clear();
    let unknown = registration("x", Profile::Teacher, "0123456N", None);
    let answers = house.register(&[teacher.clone(), nobody, unknown]).await;
    let id = answers[0].clone().expect("registered").person_id();
    assert_eq!(answers[0], Ok(Registered::Created(id)));
    assert_eq!(answers[1], Err(Refusal::NoIdentifier));
    // Where the directory is not, a person is all the same: nobody but themselves sees them there.
    let elsewhere = answers[2].clone().expect("registered").person_id();
    let mut house = house;
    house.subgraph.by(application("portail", Some("FR"), None, &[]));
    let found = house.subgraph.entities(USER, json!([representation(id), representation(elsewhere)])).await;
    assert_eq!(found["data"]["_entities"][1], Value::Null);
    assert_ne!(found["data"]["_entities"][0], Value::Null);
    assert_eq!(house.register(std::slice::from_ref(&teacher)).await, [Ok(Registered::Unchanged(id))]);
    let events = db::outbox::last(house.store.db()).await.expect("read");
    let moved = registration("curie", Profile::Teacher, COLLEGE, None);
    assert_eq!(house.register(&[moved]).await, [Ok(Registered::Changed(id))]);
    assert_eq!(db::outbox::last(house.store.db()).await.expect("read"), events + 1, "one event for one change");
    let other = house.register(&[registration("hugo", Profile::Teacher, ECOLE, None)]).await;
    assert_ne!(other[0].clone().expect("registered").person_id(), id);
    let mut both = teacher;
    both.identifiers.push(Identifier { system: "alienor".to_owned(), value: "hugo".to_owned() });
    assert_eq!(house.register(&[both]).await, [Err(Refusal::SeveralPeople(2))]);
}

#[rstest]
#[tokio::test]
async fn who_may_know_whom(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let registered = house
        .register(&[
            registration("curie", Profile::Teacher, ECOLE, None),
            registration("eleve", Profile::Pupil, ECOLE, Some("1125")),
        ])
        .await;
    let [teacher, pupil] = [0, 1].map(|at: usize| registered[at].clone().expect("registered").person_id());
    let both = json!([representation(teacher), representation(pupil), representation(Uuid::now_v7()), { "__typename": "User", "personId": 7 }]);

    let anonymous = house.subgraph.entities(USER, both.clone()).await;
    assert_eq!(anonymous["data"]["_entities"], json!([null, null, null, null]));

    house.subgraph.by(application("portail-bordeaux", Some("ACA-04"), None, &["users:read"]));
    let portal = house.subgraph.entities(USER, both.clone()).await["data"]["_entities"].clone();
    assert_eq!(
        (&portal[0]["displayName"], &portal[0]["profiles"]),
        (&json!("Enseignant ou enseignante"), &json!(["TEACHER"]))
    );
    assert_eq!(
        (&portal[1], &portal[2], &portal[3]),
        (&json!(null), &json!(null), &json!(null)),
        "no pupil is known to a portal"
    );
    let refused = house.subgraph.entities("... on User { affiliations { level { name } } }", both.clone()).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(refused["data"]["_entities"][0], json!({ "affiliations": null }), "null by itself, even alone");

    house.subgraph.by(application("portail-limoges", Some("ACA-22"), None, &[]));
    assert_eq!(house.subgraph.entities(USER, both.clone()).await["data"]["_entities"][0], json!(null));

    house.subgraph.by(application("editeur-alienor", None, Some("alienor"), &["users:read"]));
    let vendor = house.subgraph.entities(USER, both.clone()).await["data"]["_entities"].clone();
    assert_eq!((&vendor[0]["displayName"], &vendor[1]["displayName"]), (&json!("Ada curie"), &json!("Ada eleve")));
    assert_ne!(vendor[0]["id"], portal[0]["id"], "another pseudonym for another client");
    let found = house.subgraph.ask("{ userByIdentifier(system: \"alienor\", value: \"eleve\") { id affiliations { level { name cycle } classes } } }", json!({})).await;
    assert_eq!(found["data"]["userByIdentifier"]["id"], vendor[1]["id"]);
    assert_eq!(
        found["data"]["userByIdentifier"]["affiliations"],
        json!([{ "level": { "name": "CM2", "cycle": 3 }, "classes": ["CM2 A"] }])
    );

    for (project, scopes) in [("argos", &["users:read"][..]), ("alienor", &[])] {
        house.subgraph.by(application("editeur", None, Some(project), scopes));
        assert_eq!(house.subgraph.entities(USER, both.clone()).await["data"]["_entities"][1], json!(null), "{project}");
    }
    let facts = PersonFacts {
        subject: house.secrets.pseudonyms.of("ent", pupil, 1).expect("a pseudonym"),
        ..PersonFacts::default()
    };
    house.subgraph.by(Principal { kind: PrincipalKind::Person, person: Some(facts), ..Principal::application("ent") });
    let me =
        house.subgraph.ask("{ me { displayName profiles affiliations { establishment { uai } } } }", json!({})).await;
    let own = json!({ "displayName": "Ada eleve", "profiles": ["PUPIL"], "affiliations": [{ "establishment": { "uai": ECOLE } }] });
    assert_eq!(me["data"]["me"], own);
    assert_eq!(house.subgraph.entities(USER, both).await["data"]["_entities"][0], json!(null));
}

#[rstest]
#[tokio::test]
async fn who_asks_is_what_they_are_now(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    const ASK: &str = "{ callingPerson { personId profiles establishments workplaces classes } }";
    let mut house = House::new(backend).await;
    let mut teacher = registration("curie", Profile::Teacher, ECOLE, None);
    let mut before = teacher.affiliations[0].clone();
    (before.school_year, before.uai) = ("2017-2018".parse().expect("a year"), COLLEGE.parse().expect("a UAI"));
    teacher.affiliations.push(before);
    let gone = {
        let mut gone = registration("hugo", Profile::Head, COLLEGE, None);
        gone.affiliations[0].school_year = "2017-2018".parse().expect("a year");
        gone
    };
    let registered = house.register(&[teacher, gone]).await;
    let [teacher, gone] = [0, 1].map(|at: usize| registered[at].clone().expect("registered").person_id());
    let asking = |subject: Option<String>| Principal {
        kind: PrincipalKind::Person,
        person: Some(PersonFacts { subject: subject.expect("a pseudonym"), ..PersonFacts::default() }),
        ..Principal::application("ent")
    };
    house.subgraph.by(asking(house.secrets.pseudonyms.of("ent", teacher, 1)));
    let now = json!({ "personId": teacher.to_string(), "profiles": ["TEACHER"], "establishments": [ECOLE], "workplaces": [ECOLE],
        "classes": [format!("{ECOLE}:CM2 A")] });
    assert_eq!(house.subgraph.ask(ASK, json!({})).await["data"]["callingPerson"], now, "what ended gives no right");
    house.subgraph.by(asking(house.secrets.pseudonyms.of("ent", gone, 1)));
    let nothing =
        json!({ "personId": gone.to_string(), "profiles": [], "establishments": [], "workplaces": [], "classes": [] });
    assert_eq!(house.subgraph.ask(ASK, json!({})).await["data"]["callingPerson"], nothing);
    for somebody in [
        asking(house.secrets.pseudonyms.of("another", teacher, 1)),
        asking(Some("1-AAAAAAAAAAAAAAAAAAAAAA".to_owned())),
        Principal::application("ent"),
        Principal::anonymous(),
    ] {
        house.subgraph.by(somebody.clone());
        let answer = house.subgraph.ask(ASK, json!({})).await;
        assert_eq!(answer["data"]["callingPerson"], Value::Null, "{somebody:?}");
    }
}

#[rstest]
#[tokio::test]
async fn lookups_follow_a_merge_and_its_end(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let registered = house
        .register(&[
            registration("one", Profile::Teacher, ECOLE, None),
            registration("two", Profile::Teacher, COLLEGE, None),
            registration("three", Profile::Teacher, COLLEGE, None),
        ])
        .await;
    let [one, two, three] = [0, 1, 2].map(|at: usize| registered[at].clone().expect("registered").person_id());
    house.subgraph.by(application("portail", Some("FR"), None, &[]));
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "same INE, same birth date".to_owned() };
    let ids = async |house: &House| {
        let representations = json!([representation(one), representation(two), representation(three)]);
        let found =
            house.subgraph.entities("... on User { id personId }", representations).await["data"]["_entities"].clone();
        assert_eq!(found[0]["personId"], one.to_string(), "the gateway finds each by the id that it asked for");
        [0, 1, 2].map(|at: usize| found[at]["id"].clone())
    };
    let before = ids(&house).await;
    let first = users::merge(&house.store, &Clock::System, one, two, &why).await.expect("merged");
    users::merge(&house.store, &Clock::System, two, three, &why).await.expect("merged");
    let merged = ids(&house).await;
    assert_eq!(merged, [before[2].clone(), before[2].clone(), before[2].clone()]);
    assert!(users::merge(&house.store, &Clock::System, three, one, &why).await.is_err(), "they are one already");
    users::unmerge(&house.store, &Clock::System, first).await.expect("undone");
    assert_eq!(ids(&house).await, [before[0].clone(), before[2].clone(), before[2].clone()]);
    assert!(users::unmerge(&house.store, &Clock::System, first).await.is_err(), "undone once");
}

/// What people hear last of a person: what the last event says.
async fn told_last(house: &House) -> Vec<(String, String)> {
    let last = db::outbox::last(house.store.db()).await.expect("read");
    let events = db::outbox::after(house.store.db(), last - 1, 10).await.expect("read");
    let affiliations = events[0].payload.0["affiliations"].as_array().expect("affiliations").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    affiliations.iter().map(|one| (text(&one["uai"]), text(&one["profile"]))).collect()
}

fn here(uai: &str, profile: &str) -> (String, String) {
    (uai.to_owned(), profile.to_owned())
}

#[rstest]
#[tokio::test]
async fn a_source_may_say_that_a_year_has_ended(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let teacher = registration("curie", Profile::Teacher, ECOLE, None);
    let id = house.register(std::slice::from_ref(&teacher)).await[0].clone().expect("registered").person_id();
    let mut silent = teacher.clone();
    silent.affiliations.clear();
    assert_eq!(
        house.register(std::slice::from_ref(&silent)).await,
        [Ok(Registered::Unchanged(id))],
        "it speaks of no year"
    );
    silent.school_years = vec!["2018-2019".parse().expect("a year")];
    assert_eq!(house.register(std::slice::from_ref(&silent)).await, [Ok(Registered::Changed(id))]);
    assert_eq!(told_last(&house).await, []);
    assert_eq!(house.register(&[silent]).await, [Ok(Registered::Unchanged(id))]);
}

#[rstest]
#[tokio::test]
async fn sources_speak_for_themselves(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let by = |source: &str, uai: &str| {
        let registration = registration("curie", Profile::Teacher, uai, None);
        users::Registration { source: source.to_owned(), ..registration }
    };
    // In one batch as in two: each source keeps its own, and a later one without a name takes none away.
    let nameless = users::Registration { given_name: None, ..by("B", ECOLE) };
    let answers = house.register(&[by("A", ECOLE), nameless]).await;
    let id = answers[0].clone().expect("registered").person_id();
    assert_eq!(answers[1], Ok(Registered::Changed(id)), "what another source says already is said by this one too");
    // One moves them, the other does not: they are in both.
    assert_eq!(house.register(&[by("A", COLLEGE)]).await, [Ok(Registered::Changed(id))]);
    assert_eq!(told_last(&house).await, [here(COLLEGE, "TEACHER"), here(ECOLE, "TEACHER")]);
    for source in [by("A", COLLEGE), by("B", ECOLE)] {
        assert_eq!(house.register(&[source]).await, [Ok(Registered::Unchanged(id))], "told again");
    }
    let mut house = house;
    house.subgraph.by(application("editeur", None, Some("alienor"), &["users:read"]));
    let found = house.subgraph.entities(USER, json!([representation(id)])).await;
    assert_eq!(found["data"]["_entities"][0]["displayName"], "Ada curie");
}

#[rstest]
#[tokio::test]
async fn what_is_said_of_one_stays_theirs_through_a_merge(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "same birth date".to_owned() };
    let registered = house
        .register(&[
            registration("one", Profile::Teacher, ECOLE, None),
            registration("two", Profile::Teacher, COLLEGE, None),
        ])
        .await;
    let [one, two] = [0, 1].map(|at: usize| registered[at].clone().expect("registered").person_id());
    let merged = users::merge(&house.store, &Clock::System, one, two, &why).await.expect("merged");
    assert_eq!(told_last(&house).await, [here(COLLEGE, "TEACHER"), here(ECOLE, "TEACHER")]);
    // Who was merged is known by their identifier still, and moves.
    let moved = registration("one", Profile::Teacher, COLLEGE, None);
    assert_eq!(house.register(std::slice::from_ref(&moved)).await, [Ok(Registered::Changed(one))]);
    assert_eq!(told_last(&house).await, [here(COLLEGE, "TEACHER")], "the école has ended");
    assert_eq!(house.register(&[moved]).await, [Ok(Registered::Unchanged(one))]);
    users::unmerge(&house.store, &Clock::System, merged).await.expect("undone");
    let gone = registration("one", Profile::Head, ECOLE, None);
    house.register(&[gone]).await[0].clone().expect("registered");
    assert_eq!(told_last(&house).await, [here(ECOLE, "HEAD")], "nothing of the other is left with them");
}

#[rstest]
#[tokio::test]
async fn undoing_a_merge_leaves_what_the_others_say(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let people = ["a", "b", "c"].map(|value| registration(value, Profile::Teacher, ECOLE, None));
    let registered = house.register(&people).await;
    let [a, b, c] = [0, 1, 2].map(|at: usize| registered[at].clone().expect("registered").person_id());
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "same birth date".to_owned() };
    let merge = async |from, into| users::merge(&house.store, &Clock::System, from, into, &why).await.expect("merged");
    // A is B; then A is C, too. That A is B turns out to be wrong: A is still C, and B is themselves.
    let first = merge(a, b).await;
    merge(a, c).await;
    users::unmerge(&house.store, &Clock::System, first).await.expect("undone");
    house.subgraph.by(application("portail", Some("FR"), None, &[]));
    let representations = json!([representation(a), representation(b), representation(c)]);
    let found = house.subgraph.entities("... on User { id }", representations).await["data"]["_entities"].clone();
    assert_eq!(found[0]["id"], found[2]["id"]);
    assert_ne!(found[0]["id"], found[1]["id"]);
}

#[rstest]
#[tokio::test]
async fn a_client_learns_nothing_of_what_people_became_elsewhere(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    // A pupil of the école, who teaches at the collège of another ENT years later.
    let mut grown = registration("grown", Profile::Pupil, ECOLE, Some("1125"));
    let mut later = registration("grown", Profile::Teacher, COLLEGE, None).affiliations.remove(0);
    later.school_year = "2030-2031".parse().expect("a year");
    grown.affiliations.push(later);
    let id = house.register(&[grown]).await[0].clone().expect("registered").person_id();
    house.subgraph.by(application("editeur", None, Some("alienor"), &["users:read"]));
    let seen = house.subgraph.entities(USER, json!([representation(id)])).await["data"]["_entities"][0].clone();
    assert_eq!(seen["profiles"], json!(["PUPIL"]));
}
