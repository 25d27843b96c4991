//! A service of people with two establishments, and registrations for it.

use std::sync::Arc;

use db::outbox::Event;
use db::testing::{Backend, Fresh};
use events::Projection;
use kernel::events::{DeploymentChanged, EstablishmentChanged, PlacePeriod};
use kernel::{
    Clock, EstablishmentKind, LegalStatus, Perimeter, PersonFacts, Principal, PrincipalKind, Profile, Provenance,
};
use serde_json::{Value, json};
use service_kit::secret::SecretKeys;
use service_kit::subgraph::SubgraphLimits;
use service_kit::testing::TestSubgraph;
use sqlx::types::Json;
use users::login::{MemorySessions, SessionsConfig, SignInConfig};
use users::{Front, Identifier, Pseudonyms, Registered, Registration, RegistrationAffiliation, Secrets, Store, Vault};
use uuid::Uuid;

pub(crate) const YEAR: &str = "2018-2019";
pub(crate) const ECOLE: &str = "0350122T";
pub(crate) const COLLEGE: &str = "0330001A";

/// The service and what it stands on.
pub(crate) struct House {
    pub(crate) subgraph: TestSubgraph,
    pub(crate) store: Store,
    pub(crate) secrets: Secrets,
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
        let secret = |name: &str| SecretKeys::at(&keys.path().join(name)).expect("keys");
        let secrets = Secrets { pseudonyms: Pseudonyms::new(secret("key")), vault: Vault::new(secret("vault")) };
        let sessions = Arc::new(MemorySessions::new(&SessionsConfig::default()));
        let ended: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(|_| ());
        let sign_in = SignInConfig::default();
        let sign_in =
            users::login::sign_in(sign_in, store.clone(), secrets.clone(), Arc::clone(&sessions) as _, ended, clock());
        let front = Front {
            store: store.clone(),
            secrets: secrets.clone(),
            sign_in: sign_in.expect("no provider, no fault"),
            issuer: None,
            clock: clock(),
        };
        let limits = SubgraphLimits::default();
        let subgraph = TestSubgraph::new(|verifier| users::subgraph(front, verifier, &limits));
        Self { subgraph, store, secrets, _database: database, _keys: keys }
    }

    pub(crate) async fn register(&self, registrations: &[Registration]) -> Vec<Result<Registered, users::Refusal>> {
        let registered = users::register_people(&self.store, &self.secrets, &Clock::System, registrations).await;
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
        source: "TEST".to_owned(),
        ..Registration::default()
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

impl House {
    /// Asks as this person from now on.
    pub(crate) fn by_themselves(&mut self, person: Uuid) {
        let subject = self.secrets.pseudonyms.of("ent", person, 1).expect("a pseudonym");
        let facts = PersonFacts { subject, ..PersonFacts::default() };
        self.subgraph.by(Principal {
            kind: PrincipalKind::Person,
            person: Some(facts),
            ..Principal::application("ent")
        });
    }

    /// Rows of a table.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let statement = format!("SELECT COUNT(*) FROM {table}");
        let counted = db::with_pool!(self.store.db(), |pool| {
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(pool).await
        });
        counted.expect("the table is there")
    }

    /// Every merge.
    pub(crate) async fn merges(&self) -> Vec<Uuid> {
        let found = db::with_pool!(self.store.db(), |pool| {
            sqlx::query_scalar("SELECT merge_id FROM merges ORDER BY merge_id").fetch_all(pool).await
        });
        found.expect("read")
    }

    /// Everything that is readable in a table, a text for each row.
    pub(crate) async fn texts(&self, table: &str) -> Vec<String> {
        let columns = match table {
            "traits" => "kind || ' ' || hash || ' ' || source || ' ' || sealed",
            "merges" => "rule || ' ' || evidence",
            other => panic!("nothing is known of the table {other}"),
        };
        let statement = format!("SELECT {columns} FROM {table}");
        let found = db::with_pool!(self.store.db(), |pool| {
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_all(pool).await
        });
        found.expect("read")
    }
}

/// How the gateway asks for a person.
pub(crate) fn representation(id: Uuid) -> Value {
    json!({ "__typename": "User", "personId": id.to_string() })
}
