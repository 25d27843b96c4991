//! A fresh picture of the directory, made by events as the directory would send them, and the subgraph over it.

use std::sync::{Arc, Mutex};

use activation::{ImportOptions, Store, subgraph};
use db::Db;
use db::outbox::{self, NewEvent};
use db::testing::{Backend, Fresh};
use events::Worker;
use import::Report;
use kernel::events::{DeploymentChanged, EstablishmentChanged, PlacePeriod};
use kernel::{Clock, EstablishmentKind, LegalStatus, Principal, Provenance, Uai};
use serde_json::{Value, json};
use service_kit::subgraph::SubgraphLimits;
use service_kit::testing::TestSubgraph;

static PRODUCER: sqlx::migrate::Migrator = sqlx::migrate!("./tests/producer");

/// The service on one of the databases, and a producer of events on the same kind.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) subgraph: TestSubgraph,
    pub(crate) producer: Fresh,
    _fresh: Fresh,
}

/// What "now" is.
pub(crate) fn clock() -> Clock {
    Clock::Fixed("2021-02-01T12:00:00Z".parse().expect("a moment"))
}

/// A machine client with these scopes.
pub(crate) fn client(scopes: &[&str]) -> Principal {
    Principal { scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(), ..Principal::application("tableau") }
}

/// The UAI of this number, with its right letter.
pub(crate) fn uai(number: u32) -> String {
    Uai::with_number(number).expect("seven digits").to_string()
}

/// A period without end in commune 33063, département 33, académie 04, région 75.
pub(crate) fn period(kind: EstablishmentKind, nature: &str) -> PlacePeriod {
    let some = |id: &str| Some(id.to_owned());
    PlacePeriod {
        valid_from: None,
        valid_to: None,
        kind: Some(kind),
        nature: some(nature),
        legal_status: Some(LegalStatus::Public),
        region: some("REG-75"),
        academy: some("ACA-04"),
        department: some("DEP-33"),
        circonscription: None,
        intercommunalite: some("EPCI-243300316"),
        commune: some("COM-33063"),
    }
}

/// An establishment that has always been this.
pub(crate) fn place(number: u32, period: PlacePeriod) -> EstablishmentChanged {
    EstablishmentChanged { uai: uai(number), opened_on: None, closed_on: None, periods: vec![period] }
}

/// A deployment that is open.
pub(crate) fn deployment(number: u32, project: &str, year: &str) -> DeploymentChanged {
    DeploymentChanged {
        uai: uai(number),
        project: project.to_owned(),
        school_year: year.to_owned(),
        status: "OPEN".to_owned(),
        observed_on: None,
        provenance: Provenance::Official,
        source: Some("Feuille de route".to_owned()),
    }
}

impl House {
    pub(crate) async fn new(backend: Backend) -> Self {
        let fresh = backend.fresh(&activation::MIGRATIONS).await;
        let producer = backend.fresh(&PRODUCER).await;
        let store = activation::open(&fresh.target).await.expect("opens");
        let of_subgraph = store.clone();
        let subgraph =
            TestSubgraph::new(|verifier| subgraph(of_subgraph, verifier, &SubgraphLimits::default(), clock()));
        Self { store, subgraph, producer, _fresh: fresh }
    }

    /// A house with these establishments.
    pub(crate) async fn with(backend: Backend, places: &[EstablishmentChanged]) -> Self {
        let house = Self::new(backend).await;
        house
            .send(
                places
                    .iter()
                    .map(|place| NewEvent::new(EstablishmentChanged::KIND, place.uai.clone(), place))
                    .collect(),
            )
            .await;
        house.deliver().await;
        house
    }

    /// Opens ENTs.
    pub(crate) async fn deploy(&self, deployments: &[DeploymentChanged]) {
        let event = |change: &DeploymentChanged| NewEvent::new(DeploymentChanged::KIND, change.uai.clone(), change);
        self.send(deployments.iter().map(event).collect()).await;
        self.deliver().await;
    }

    /// Appends events to the producer's outbox.
    pub(crate) async fn send(&self, events: Vec<NewEvent>) {
        let mut tx = self.producer.db.begin().await.expect("begins");
        outbox::append(&mut tx, &events, clock().now()).await.expect("appended");
        tx.commit().await.expect("committed");
    }

    /// Delivers what was not delivered yet; returns how much.
    pub(crate) async fn deliver(&self) -> u64 {
        self.deliver_from(&self.producer.db).await
    }

    /// Delivers what was not delivered yet out of this database; returns how much.
    pub(crate) async fn deliver_from(&self, producer: &Db) -> u64 {
        let worker = Worker::new(clock());
        events::deliver(&worker, &self.store, "establishments", producer).await.expect("delivered")
    }

    /// Imports a file of indicators; returns the report and the lines told.
    pub(crate) async fn import(&self, content: &str) -> (Report, Vec<String>) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("written");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&lines);
        let tell = move |line: &str| told.lock().expect("no panic").push(line.to_owned());
        let report = activation::import_indicators(&self.store, file.path(), &ImportOptions::default(), tell)
            .await
            .expect("readable");
        let lines = lines.lock().expect("no panic").clone();
        (report, lines)
    }

    /// Imports observations: `number, status` of one indicator in 2020-2021.
    pub(crate) async fn observe(&self, indicator: &str, rows: &[(u32, &str)]) {
        let rows: String = rows
            .iter()
            .map(|(number, status)| {
                format!("{indicator};{};2020-2021;{status};2021-01-31;OFFICIAL;Feuille de route\n", uai(*number))
            })
            .collect();
        let (report, lines) =
            self.import(&format!("indicator;uai;school_year;status;observed_on;provenance;source\n{rows}")).await;
        assert_eq!(report.refused, 0, "{lines:?}");
    }

    /// The `data` of an answer without errors.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let answer = self.subgraph.ask(query, Value::Null).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// One field of a territory.
    pub(crate) async fn at(&self, territory: &str, field: &str) -> Value {
        let selection = format!("... on Territory {{ answer: {field} }}");
        let answer = self.subgraph.entities(&selection, json!([{ "__typename": "Territory", "id": territory }])).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"]["_entities"][0]["answer"].clone()
    }
}
