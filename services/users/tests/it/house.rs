//! A service of people with two establishments, and registrations for it.

use db::outbox::Event;
use db::testing::{Backend, Fresh};
use events::Projection;
use kernel::events::{DeploymentChanged, EstablishmentChanged, PlacePeriod};
use kernel::{Clock, EstablishmentKind, LegalStatus, Perimeter, Principal, Profile, Provenance};
use serde_json::json;
use service_kit::secret::SecretKeys;
use service_kit::subgraph::SubgraphLimits;
use service_kit::testing::TestSubgraph;
use sqlx::types::Json;
use users::{Identifier, Pseudonyms, Registered, Registration, RegistrationAffiliation, Store};

pub(crate) const YEAR: &str = "2018-2019";
pub(crate) const ECOLE: &str = "0350122T";
pub(crate) const COLLEGE: &str = "0330001A";

/// The service and what it stands on.
pub(crate) struct House {
    pub(crate) subgraph: TestSubgraph,
    pub(crate) store: Store,
    pub(crate) pseudonyms: Pseudonyms,
    _database: Fresh,
    _keys: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new(backend: Backend) -> Self {
        let database = backend.fresh(&users::MIGRATIONS).await;
        let store = Store::new(database.db.clone());
        let mut events = place(ECOLE, EstablishmentKind::Ecole, "alienor", 1).to_vec();
        events.extend(place(COLLEGE, EstablishmentKind::College, "argos", 3));
        let mut tx = store.db().begin().await.expect("a transaction");
        store.apply(&mut tx, "establishments", &events).await.expect("applied");
        tx.commit().await.expect("committed");
        let keys = tempfile::tempdir().expect("a folder");
        let pseudonyms = Pseudonyms::new(SecretKeys::at(&keys.path().join("key")).expect("keys"));
        let (own, made) = (store.clone(), pseudonyms.clone());
        let limits = SubgraphLimits::default();
        let subgraph = TestSubgraph::new(|verifier| users::subgraph(own, made, verifier, &limits, clock()));
        Self { subgraph, store, pseudonyms, _database: database, _keys: keys }
    }

    pub(crate) async fn register(&self, registrations: &[Registration]) -> Vec<Result<Registered, users::Refusal>> {
        let registered = users::register_people(&self.store, &self.pseudonyms, &Clock::System, registrations).await;
        registered.expect("the database answers")
    }
}

/// What "now" is: within the year.
fn clock() -> Clock {
    Clock::Fixed("2018-11-20T09:00:00Z".parse().expect("a moment"))
}

/// A person known to a system by this value.
pub(crate) fn registration(value: &str, profile: Profile, uai: &str, mefstat4: Option<&str>) -> Registration {
    Registration {
        given_name: Some("Ada".to_owned()),
        family_name: Some(value.to_owned()),
        identifiers: vec![Identifier { system: "alienor".to_owned(), value: value.to_owned() }],
        affiliations: vec![RegistrationAffiliation {
            uai: uai.parse().expect("a UAI"),
            profile,
            school_year: YEAR.parse().expect("a year"),
            mefstat4: mefstat4.map(str::to_owned),
            classes: vec!["CM2 A".to_owned()],
            groups: Vec::new(),
        }],
        school_years: Vec::new(),
        source: "TEST".to_owned(),
    }
}

/// An establishment of this number and kind in the académie of Bordeaux, with this ENT open in 2018-2019.
fn place(uai: &str, kind: EstablishmentKind, project: &str, seq: i64) -> [Event; 2] {
    let period = PlacePeriod {
        valid_from: None,
        valid_to: None,
        kind: Some(kind),
        nature: None,
        legal_status: Some(LegalStatus::Public),
        region: Some("REG-75".to_owned()),
        academy: Some("ACA-04".to_owned()),
        department: Some("DEP-33".to_owned()),
        circonscription: None,
        intercommunalite: None,
        commune: Some("COM-33063".to_owned()),
    };
    let establishment =
        EstablishmentChanged { uai: uai.to_owned(), opened_on: None, closed_on: None, periods: vec![period] };
    let deployment = DeploymentChanged {
        uai: uai.to_owned(),
        project: project.to_owned(),
        school_year: YEAR.to_owned(),
        status: "OPEN".to_owned(),
        observed_on: None,
        provenance: Provenance::Declared,
        source: None,
    };
    let event = |seq, kind: &str, payload| Event {
        seq,
        aggregate: uai.to_owned(),
        kind: kind.to_owned(),
        payload: Json(payload),
        occurred_at: "2018-09-01T00:00:00Z".parse().expect("a moment"),
    };
    [
        event(seq, EstablishmentChanged::KIND, json!(establishment)),
        event(seq + 1, DeploymentChanged::KIND, json!(deployment)),
    ]
}

/// An application with a perimeter and scopes.
pub(crate) fn application(name: &str, territory: Option<&str>, project: Option<&str>, scopes: &[&str]) -> Principal {
    Principal {
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        perimeter: Perimeter {
            territories: territory.map(str::to_owned).into_iter().collect(),
            projects: project.map(str::to_owned).into_iter().collect(),
            ..Perimeter::default()
        },
        ..Principal::application(name)
    }
}
