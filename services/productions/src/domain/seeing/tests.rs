use kernel::{EstablishmentKind, Perimeter, PersonFacts};

use super::super::Role;
use super::*;

const YEAR: &str = "2018-2019";

fn participant(number: i64, profile: Profile, uai: &str, mefstat4: Option<&str>) -> Participant {
    Participant {
        production_id: Uuid::nil(),
        number,
        ordinal: number,
        person_id: Uuid::from_u128(u128::try_from(number).expect("positive")),
        profile,
        role: Role::Contribute,
        uai: uai.to_owned(),
        mefstat4: mefstat4.map(str::to_owned),
        school_year: YEAR.parse().expect("a year"),
    }
}

fn places() -> Placed {
    let place = |uai: &str, kind, project: &str| {
        let facts = PlaceFacts {
            territories: ["ACA-04".to_owned()].into(),
            kind: Some(kind),
            legal_status: None,
            projects: [project.to_owned()].into(),
        };
        ((uai.to_owned(), YEAR.parse().expect("a year")), facts)
    };
    [place("ecole", EstablishmentKind::Ecole, "alienor"), place("college", EstablishmentKind::College, "argos")].into()
}

fn application(territory: Option<&str>, project: Option<&str>, scopes: &[&str]) -> Principal {
    Principal {
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        perimeter: Perimeter {
            territories: territory.map(str::to_owned).into_iter().collect(),
            projects: project.map(str::to_owned).into_iter().collect(),
            ..Perimeter::default()
        },
        ..Principal::application("a")
    }
}

fn person(profile: Profile, uai: &str) -> Principal {
    let establishments: BTreeSet<String> = [uai.to_owned()].into();
    let workplaces = if profile.is_staff() { establishments.clone() } else { BTreeSet::new() };
    let facts = PersonFacts { profiles: [profile].into(), establishments, workplaces, ..PersonFacts::default() };
    Principal { kind: PrincipalKind::Person, person: Some(facts), ..Principal::application("a") }
}

fn sees(principal: &Principal, oneself: &[u128], status: Status, audience: Audience) -> bool {
    let participants =
        [participant(1, Profile::Teacher, "ecole", None), participant(2, Profile::Pupil, "college", Some("2111"))];
    // The académies are those of the establishments of the person who asks.
    let facts = principal.person.clone().unwrap_or_default();
    let academies = |uais: &BTreeSet<String>| -> BTreeSet<String> {
        let here = places().into_iter().filter(|((uai, _), _)| uais.contains(uai));
        here.flat_map(|(_, facts)| facts.territories).collect()
    };
    let oneself = Oneself {
        ids: oneself.iter().map(|id| Uuid::from_u128(*id)).collect(),
        member_of: academies(&facts.establishments),
        staff_of: academies(&facts.workplaces),
    };
    !seers(principal, &oneself, (status, audience), &participants, &places()).is_empty()
}

#[test]
fn who_sees_a_production_of_which_audience() {
    use Audience::{Participants, Public, TerritoryMembers, TerritoryStaff};
    let callers = [
        // Caller, who they are, and for each audience whether they see it.
        (Principal::anonymous(), vec![], [false, false, false, true]),
        (application(None, None, &[]), vec![], [false, false, false, true]),
        (application(Some("ACA-04"), None, &[]), vec![], [false, true, true, true]),
        (application(Some("ACA-13"), None, &[]), vec![], [false, false, false, true]),
        (application(None, Some("argos"), &[]), vec![], [true, true, true, true]),
        (application(None, Some("other"), &[]), vec![], [false, false, false, true]),
        (person(Profile::Pupil, "college"), vec![2], [true, true, true, true]),
        (person(Profile::Pupil, "college"), vec![9], [false, false, true, true]),
        (person(Profile::Teacher, "college"), vec![9], [false, true, true, true]),
        (person(Profile::Teacher, "elsewhere"), vec![9], [false, false, false, true]),
    ];
    for (principal, oneself, wanted) in callers {
        let seen = [Participants, TerritoryStaff, TerritoryMembers, Public]
            .map(|audience| sees(&principal, &oneself, Status::Published, audience));
        assert_eq!(seen, wanted, "{principal:?}");
    }
}

#[test]
fn what_is_not_published_or_withdrawn_is_its_participants() {
    for status in [Status::Draft, Status::Submitted, Status::Withdrawn] {
        assert!(!sees(&application(Some("ACA-04"), None, &[]), &[], status, Audience::Public));
        assert!(!sees(&Principal::anonymous(), &[], status, Audience::Public));
        assert!(sees(&person(Profile::Pupil, "college"), &[2], status, Audience::Public));
        assert!(sees(&application(None, Some("alienor"), &[]), &[], status, Audience::Public));
    }
}

#[test]
fn no_pupil_is_known_to_a_portal() {
    let known = |principal: &Principal, profile| {
        may_know(principal, &Oneself::default(), &participant(1, profile, "ecole", None), &places())
    };
    let portal = application(Some("ACA-04"), None, &["users:read"]);
    assert!(known(&portal, Profile::Teacher) && !known(&portal, Profile::Pupil) && !known(&portal, Profile::Guardian));
    let vendor = application(None, Some("alienor"), &["users:read"]);
    assert!(known(&vendor, Profile::Teacher) && known(&vendor, Profile::Pupil));
    let without_scope = application(None, Some("alienor"), &[]);
    assert!(!known(&without_scope, Profile::Pupil) && !known(&without_scope, Profile::Teacher));
    assert!(!known(&application(None, Some("argos"), &["users:read"]), Profile::Pupil), "of another ENT");
}

#[test]
fn a_level_that_few_share_is_not_shown_to_a_portal() {
    let mut participants: Vec<Participant> =
        (1..=5).map(|number| participant(number, Profile::Pupil, "ecole", Some("1125"))).collect();
    participants.extend((6..=9).map(|number| participant(number, Profile::Pupil, "college", Some("2111"))));
    let shown =
        |principal: &Principal, seer: Seer| shown_levels(principal, &[Seer::Anyone, seer], &participants, &places());
    let portal = shown(&application(Some("ACA-04"), None, &[]), Seer::Portal);
    assert_eq!(portal, [true, true, true, true, true, false, false, false, false]);
    assert_eq!(shown(&application(None, Some("argos"), &[]), Seer::Vendor), [true; 9]);
    assert_eq!(shown(&application(None, Some("alienor"), &[]), Seer::Vendor), portal, "of the other ENT's few");

    // One more at the école, whose code holds no level: what is missing would tell it.
    participants.push(participant(10, Profile::Pupil, "ecole", Some("1411")));
    let shown =
        |principal: &Principal, seer: Seer| shown_levels(principal, &[Seer::Anyone, seer], &participants, &places());
    assert_eq!(shown(&application(Some("ACA-04"), None, &[]), Seer::Portal), [false; 10]);
    let own = [true, true, true, true, true, false, false, false, false, true];
    assert_eq!(shown(&application(None, Some("alienor"), &[]), Seer::Vendor), own);
    assert_eq!(shown(&Principal::anonymous(), Seer::Participant), [true; 10]);
}

#[test]
fn an_ent_of_some_schools_is_nothing_towards_all() {
    let participants =
        [participant(1, Profile::Pupil, "ecole", Some("1411")), participant(2, Profile::Pupil, "college", None)];
    let all = |project| {
        let principal = application(None, Some(project), &[]);
        towards_all(&principal, &[Seer::Anyone, Seer::Vendor], &participants, &places())
    };
    assert_eq!(all("alienor"), [Seer::Anyone]);
    let own = towards_all(&application(None, Some("alienor"), &[]), &[Seer::Vendor], &participants[..1], &places());
    assert_eq!(own, [Seer::Vendor]);
}
