//! A service of people with two establishments, and registrations for it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use db::outbox::Event;
use db::testing::{Backend, Fresh};
use events::Projection;
use kernel::events::{DeploymentChanged, EstablishmentChanged, PlacePeriod};
use kernel::{
    Clock, EstablishmentKind, LegalStatus, Perimeter, PersonFacts, Principal, PrincipalKind, Profile, Provenance,
};
use serde_json::{Value, json};
use service_kit::access_token::Issuer;
use service_kit::keys::KeyFiles;
use service_kit::secret::SecretKeys;
use service_kit::subgraph::SubgraphLimits;
use service_kit::testing::TestSubgraph;
use sqlx::types::Json;
use users::login::{MemorySessions, SessionsConfig, SignInConfig};
use users::{
    AafImported, AafOptions, Front, Identifier, Pseudonyms, Registered, Registration, RegistrationAffiliation, Secrets,
    Store, Vault,
};
use uuid::Uuid;

pub(crate) const YEAR: &str = "2018-2019";
pub(crate) const ECOLE: &str = "0350122T";
pub(crate) const COLLEGE: &str = "0330001A";

/// The client at which people ask.
const CLIENT: &str = "passerelle";

/// The service and what it stands on.
pub(crate) struct House {
    pub(crate) subgraph: TestSubgraph,
    pub(crate) store: Store,
    pub(crate) secrets: Secrets,
    pub(crate) sessions: Arc<MemorySessions>,
    /// Hashes of the sessions that were ended.
    pub(crate) ended: Arc<Mutex<Vec<String>>>,
    /// The public key of the issuer of access tokens.
    pub(crate) issuer: PathBuf,
    backend: Backend,
    _database: Fresh,
    _keys: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new(backend: Backend) -> Self {
        let database = backend.fresh(&users::MIGRATIONS).await;
        let store = Store::new(database.db.clone());
        let keys = tempfile::tempdir().expect("a folder");
        let secret = |name: &str| SecretKeys::at(&keys.path().join(name)).expect("keys");
        let secrets = Secrets { pseudonyms: Pseudonyms::new(secret("key")), vault: Vault::new(secret("vault")) };
        let sessions = Arc::new(MemorySessions::new(&SessionsConfig::default()));
        let ended: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&ended);
        let tell: Arc<dyn Fn(&str) + Send + Sync> =
            Arc::new(move |hash| told.lock().expect("nobody panics under it").push(hash.to_owned()));
        let sign_in = SignInConfig::default();
        let sign_in =
            users::login::sign_in(sign_in, store.clone(), secrets.clone(), Arc::clone(&sessions) as _, tell, clock());
        let issuer = KeyFiles::of_issuer(keys.path());
        issuer.ensure().expect("a pair");
        let front = Front {
            store: store.clone(),
            secrets: secrets.clone(),
            sign_in: sign_in.expect("no provider, no fault"),
            issuer: Some(Arc::new(Issuer::from_file(&issuer.private, clock()).expect("a key"))),
            clock: clock(),
        };
        let limits = SubgraphLimits::default();
        let subgraph = TestSubgraph::new(|verifier| users::subgraph(front, verifier, &limits));
        let issuer = issuer.public;
        let house =
            Self { subgraph, store, secrets, sessions, ended, issuer, backend, _database: database, _keys: keys };
        let ecole = Place { kind: Some(EstablishmentKind::Ecole), project: Some("alienor"), ..Place::at(ECOLE) };
        let college = Place { kind: Some(EstablishmentKind::College), project: Some("argos"), ..Place::at(COLLEGE) };
        house.directory(&[ecole, college]).await;
        house
    }

    /// Tells of places, as the directory does.
    pub(crate) async fn directory(&self, places: &[Place<'_>]) {
        let events: Vec<Event> = places.iter().flat_map(Place::events).collect();
        let mut tx = self.store.db().begin().await.expect("a transaction");
        self.store.apply(&mut tx, "establishments", &events).await.expect("applied");
        tx.commit().await.expect("committed");
    }

    pub(crate) async fn register(&self, registrations: &[Registration]) -> Vec<Result<Registered, users::Refusal>> {
        let registered = users::register_people(&self.store, &self.secrets, &clock(), registrations).await;
        registered.expect("the database answers")
    }

    /// Registers somebody who can be.
    pub(crate) async fn person(&self, registration: Registration) -> Uuid {
        self.register(&[registration]).await.remove(0).expect("registered").person_id()
    }

    /// Imports files of AAF. Gives what was done and every line that was told.
    pub(crate) async fn import(&self, files: &[PathBuf], options: &AafOptions) -> (AafImported, Vec<String>) {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&lines);
        let tell = move |line: &str| told.lock().expect("nobody panics under it").push(line.to_owned());
        let imported = users::import_aaf(&self.store, &self.secrets, files, options, tell).await.expect("imported");
        let lines = std::mem::take(&mut *lines.lock().expect("nobody panics under it"));
        (imported, lines)
    }
}

/// What "now" is: within the year.
pub(crate) fn clock() -> Clock {
    at("2018-11-20")
}

/// Nine o'clock of a day.
pub(crate) fn at(day: &str) -> Clock {
    Clock::Fixed(format!("{day}T09:00:00Z").parse().expect("a moment"))
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

/// What the directory tells of a number. Without more, it lies in the académie of Bordeaux.
pub(crate) struct Place<'a> {
    pub(crate) uai: &'a str,
    pub(crate) kind: Option<EstablishmentKind>,
    pub(crate) nature: Option<&'a str>,
    pub(crate) academy: &'a str,
    pub(crate) department: &'a str,
    pub(crate) circonscription: Option<&'a str>,
    /// The ENT that is open there in 2018-2019.
    pub(crate) project: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub(crate) fn at(uai: &'a str) -> Self {
        let (kind, nature, circonscription, project) = (None, None, None, None);
        Self { uai, kind, nature, academy: "ACA-04", department: "DEP-33", circonscription, project }
    }

    fn events(&self) -> Vec<Event> {
        let period = PlacePeriod {
            valid_from: None,
            valid_to: None,
            kind: self.kind,
            nature: self.nature.map(str::to_owned),
            legal_status: Some(LegalStatus::Public),
            region: Some("REG-75".to_owned()),
            academy: Some(self.academy.to_owned()),
            department: Some(self.department.to_owned()),
            circonscription: self.circonscription.map(str::to_owned),
            intercommunalite: None,
            commune: Some("COM-33063".to_owned()),
        };
        let (uai, periods) = (self.uai.to_owned(), vec![period]);
        let establishment = EstablishmentChanged { uai, opened_on: None, closed_on: None, periods };
        let mut events = vec![self.event(EstablishmentChanged::KIND, json!(establishment))];
        events.extend(self.project.map(|project| {
            let deployment = DeploymentChanged {
                uai: self.uai.to_owned(),
                project: project.to_owned(),
                school_year: YEAR.to_owned(),
                status: "OPEN".to_owned(),
                observed_on: None,
                provenance: Provenance::Declared,
                source: None,
            };
            self.event(DeploymentChanged::KIND, json!(deployment))
        }));
        events
    }

    fn event(&self, kind: &str, payload: Value) -> Event {
        Event {
            seq: 1,
            aggregate: self.uai.to_owned(),
            kind: kind.to_owned(),
            payload: Json(payload),
            occurred_at: "2018-09-01T00:00:00Z".parse().expect("a moment"),
        }
    }
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
    /// What the client at which people ask calls somebody.
    pub(crate) fn subject(&self, person: Uuid) -> String {
        self.secrets.pseudonyms.of(CLIENT, person, 1).expect("a pseudonym")
    }

    /// Asks as this person from now on, of whom the gateway has learned nothing yet.
    pub(crate) fn by_themselves(&mut self, person: Uuid) {
        self.by_facts(PersonFacts { subject: self.subject(person), ..PersonFacts::default() });
    }

    /// Asks as this person from now on, with what the gateway learns of them before anything else.
    pub(crate) async fn by_person(&mut self, person: Uuid) {
        const FACTS: &str =
            "{ callingPerson { personId profiles establishments workplaces classes inspects administrator } }";
        self.by_themselves(person);
        let answer = self.subgraph.ask(FACTS, json!({})).await;
        let told = &answer["data"]["callingPerson"];
        let texts = |name: &str| -> BTreeSet<String> {
            let texts = told[name].as_array().expect("a list").iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        self.by_facts(PersonFacts {
            subject: self.subject(person),
            person_id: told["personId"].as_str().map(str::to_owned),
            profiles: texts("profiles").iter().filter_map(|profile| Profile::parse(profile)).collect(),
            establishments: texts("establishments"),
            workplaces: texts("workplaces"),
            classes: texts("classes"),
            inspects: texts("inspects"),
            administrator: told["administrator"].as_bool().expect("known or not"),
            session: None,
        });
    }

    fn by_facts(&mut self, facts: PersonFacts) {
        self.subgraph.by(Principal {
            kind: PrincipalKind::Person,
            person: Some(facts),
            ..Principal::application(CLIENT)
        });
    }

    /// Asks, and gives the data of a field that nothing stood against.
    pub(crate) async fn field(&self, query: &str, variables: Value, field: &str) -> Value {
        let answer = self.subgraph.ask(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"][field].clone()
    }

    /// Which of these people the caller may know.
    pub(crate) async fn known(&self, people: &[Uuid]) -> Vec<bool> {
        let asked = people.iter().map(|id| representation(*id)).collect::<Vec<_>>();
        let found = self.subgraph.entities("... on User { id }", json!(asked)).await;
        found["data"]["_entities"].as_array().expect("a list").iter().map(|one| !one.is_null()).collect()
    }

    /// The number of the last event.
    pub(crate) async fn last_event(&self) -> i64 {
        db::outbox::last(self.store.db()).await.expect("read")
    }

    /// Every event of a kind after a number: what it is about, and what it tells.
    pub(crate) async fn told(&self, kind: &str, after: i64) -> Vec<(String, Value)> {
        let events = db::outbox::after(self.store.db(), after, 10_000).await.expect("read").into_iter();
        events.filter(|event| event.kind == kind).map(|event| (event.aggregate, event.payload.0)).collect()
    }

    /// Who bears an identifier themselves.
    pub(crate) async fn bearer(&self, system: &str, value: &str) -> Option<Uuid> {
        let found = db::with_pool!(self.store.db(), |pool| {
            sqlx::query_scalar("SELECT person_id FROM identifiers WHERE system = $1 AND value = $2")
                .bind(system)
                .bind(value)
                .fetch_optional(pool)
                .await
        });
        found.expect("read")
    }

    /// Runs a statement that gives a text.
    pub(crate) async fn select(&self, statement: &str) -> Vec<String> {
        let statement = statement.to_owned();
        let found = db::with_pool!(self.store.db(), |pool| {
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_all(pool).await
        });
        found.expect("read")
    }

    /// Every row of every table as a text in [`plain`] letters, with its table.
    pub(crate) async fn everything(&self) -> Vec<(String, String)> {
        let tables = match self.backend {
            Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Backend::Postgres => {
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
            }
        };
        let mut everything = Vec::new();
        for table in self.select(tables).await {
            let statement = match self.backend {
                Backend::Postgres => format!("SELECT t::text FROM \"{table}\" t"),
                Backend::Sqlite => {
                    let columns = format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')");
                    let columns = self.select(&columns).await.join(" || ' ' || ");
                    format!("SELECT {columns} FROM \"{table}\"")
                }
            };
            everything.extend(self.select(&statement).await.into_iter().map(|row| (table.clone(), plain(&row))));
        }
        everything
    }

    /// Where lookups of a person lead.
    pub(crate) async fn leads_to(&self, person: Uuid) -> Uuid {
        let found: Option<Uuid> = db::with_pool!(self.store.db(), |pool| {
            let query = sqlx::query_scalar("SELECT canonical_id FROM redirects WHERE person_id = $1");
            query.bind(person).fetch_optional(pool).await
        })
        .expect("read");
        found.unwrap_or(person)
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

/// Small letters without hyphens: an id looks the same then, however a database writes it.
pub(crate) fn plain(text: &str) -> String {
    text.to_lowercase().replace('-', "")
}

/// The code of the first error; empty where there is none.
pub(crate) fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// How files of AAF are imported where nothing is said.
pub(crate) fn aaf_options() -> AafOptions {
    AafOptions {
        academy: None,
        degree: None,
        as_of: None,
        accept_removals: Vec::new(),
        max_removed_share: 0.2,
        dry_run: false,
        clock: clock(),
    }
}
