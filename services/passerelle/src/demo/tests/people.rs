//! People, and what they make together.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use kernel::{Level, Profile, SchoolYear};
use productions::{Audience, Kind};

use super::super::{Everybody, Fate, Plan, people, plans};
use super::{demo, is_college, is_ecole, tally};

fn year(text: &str) -> SchoolYear {
    text.parse().expect("a year")
}

fn everybody() -> &'static Everybody {
    static EVERYBODY: LazyLock<Everybody> = LazyLock::new(|| people(year("2026-2027")));
    &EVERYBODY
}

fn made() -> &'static [Plan] {
    static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| plans(everybody()));
    &PLANS
}

#[test]
fn some_thousands_of_people_have_an_account_each() {
    let registrations = &everybody().registrations;
    assert!((2000..6000).contains(&registrations.len()), "{}", registrations.len());
    let accounts: HashSet<_> = registrations.iter().flat_map(|one| &one.identifiers).collect();
    assert_eq!(accounts.len(), registrations.len());
    let profiles = tally(registrations.iter().map(|one| one.affiliations[0].profile));
    let wanted = [Profile::Pupil, Profile::Teacher, Profile::Guardian, Profile::Librarian];
    assert_eq!(profiles.keys().collect::<BTreeSet<_>>(), wanted.iter().collect());
    for one in registrations {
        let years: Vec<String> = one.affiliations.iter().map(|one| one.school_year.to_string()).collect();
        let pupil = one.affiliations[0].profile == Profile::Pupil;
        assert_eq!(years, if pupil { vec!["2018-2019"] } else { vec!["2018-2019", "2026-2027"] });
    }
    assert!(people(year("2018-2019")).registrations.iter().all(|one| one.affiliations.len() == 1));
}

#[test]
fn they_are_where_their_ent_is() {
    let demo = demo();
    let by_uai = demo.by_uai();
    let (alienor, argos) = (demo.open(Some("alienor"), "2018-2019"), demo.open(Some("argos"), "2018-2019"));
    let poitiers = demo.open(Some("ent-college-poitiers"), "2018-2019");
    for one in &everybody().registrations {
        let (affiliation, system) = (&one.affiliations[0], one.identifiers[0].system.as_str());
        let (uai, place) = (affiliation.uai.as_str(), by_uai[affiliation.uai.as_str()]);
        let (open, first) = match system {
            "alienor" => (alienor.contains(uai), true),
            "argos" => (argos.contains(uai), false),
            "ent-college-poitiers" => (poitiers.contains(uai), false),
            other => (other == "aaf1d-13" && place["Code_academie"] == "13", true),
        };
        assert!(open && is_ecole(place) == first && is_college(place) != first, "{one:?}");
        if let Some(code) = &affiliation.mefstat4 {
            assert!(
                affiliation.profile == Profile::Pupil && code.starts_with(if first { '1' } else { '2' }),
                "{one:?}"
            );
        }
    }
    let levels = tally(everybody().registrations.iter().filter_map(|one| one.affiliations[0].mefstat4.as_deref()));
    let known: BTreeSet<&str> = ["1124", "1125", "1411", "2111", "2119", "2431"].into();
    assert_eq!(levels.keys().copied().collect::<BTreeSet<_>>(), known, "ULIS and SEGPA among them");
    assert!(Level::of("1411").is_none() && Level::of("2119").is_none());
}

#[test]
fn some_hundreds_of_productions_of_every_kind_and_fate() {
    let plans = made();
    assert!((200..600).contains(&plans.len()), "{}", plans.len());
    assert_eq!(plans.iter().map(|plan| plan.id).collect::<HashSet<_>>().len(), plans.len());
    assert_eq!(tally(plans.iter().map(|plan| plan.kind.as_str())).len(), Kind::ALL.len());
    let fates = plans.iter().map(|plan| match plan.fate {
        Fate::Draft => "draft".to_owned(),
        Fate::Withdrawn(_) => "withdrawn".to_owned(),
        Fate::Published(audience) => audience.as_str().to_owned(),
    });
    let fates: BTreeMap<String, usize> = tally(fates);
    assert_eq!(fates.len(), 2 + Audience::ALL.len(), "{fates:?}");
    let again = plans_again();
    assert!(plans.iter().map(|plan| (plan.id, &plan.title, plan.opened)).eq(again.iter().map(|plan| (
        plan.id,
        &plan.title,
        plan.opened
    ))));
    let profile = |place: usize| everybody().registrations[place].affiliations[0].profile;
    let by_pupils = plans.iter().filter(|plan| profile(plan.participants[0].0) == Profile::Pupil).count();
    assert!(by_pupils > 20 && by_pupils < plans.len() / 4, "{by_pupils}");
    let (start, end) = (year("2018-2019").first_day(), year("2018-2019").end());
    for plan in plans {
        let places: HashSet<usize> = plan.participants.iter().map(|(place, _)| *place).collect();
        assert!(places.len() == plan.participants.len() && places.len() > 3, "{plan:?}");
        assert!(start < plan.opened.date_naive() && plan.opened.date_naive() < end);
        assert!(!plan.versions.is_empty() && plan.versions.iter().flatten().all(|content| !content.bytes.is_empty()));
    }
}

fn plans_again() -> Vec<Plan> {
    plans(&people(year("2026-2027")))
}
