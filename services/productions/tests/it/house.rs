//! A service of productions with an école, a collège and people at both.

use db::outbox::Event;
use db::testing::{Backend, Fresh};
use events::Projection;
use kernel::events::{Affiliation, AffiliationChanged, DeploymentChanged, EstablishmentChanged, PlacePeriod};
use kernel::{Clock, EstablishmentKind, LegalStatus, Perimeter, Principal, Profile, Provenance};
use productions::{Audience, Content, Contributor, Front, Kind, Links, NewContent, NewProduction, Role, Store};
use serde_json::json;
use service_kit::secret::SecretKeys;
use service_kit::subgraph::SubgraphLimits;
use service_kit::testing::TestSubgraph;
use sqlx::types::Json;
use uuid::Uuid;

pub(crate) const YEAR: &str = "2018-2019";
pub(crate) const ECOLE: &str = "0350122T";
pub(crate) const COLLEGE: &str = "0330001A";
pub(crate) const CLOCK: Clock = Clock::System;

/// The service and what it stands on.
pub(crate) struct House {
    pub(crate) subgraph: TestSubgraph,
    pub(crate) store: Store,
    pub(crate) content: Content,
    pub(crate) teacher: Uuid,
    pub(crate) cm2: Vec<Uuid>,
    pub(crate) sixth: Vec<Uuid>,
    /// A pupil of the école who takes part in nothing.
    pub(crate) spare: Uuid,
    _database: Fresh,
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new(backend: Backend) -> Self {
        let database = backend.fresh(&productions::MIGRATIONS).await;
        let store = Store::new(database.db.clone());
        let mut places = place(ECOLE, EstablishmentKind::Ecole, "alienor", 1).to_vec();
        places.extend(place(COLLEGE, EstablishmentKind::College, "argos", 3));
        let (teacher, cm2): (Uuid, Vec<Uuid>) = (Uuid::now_v7(), (0..6).map(|_| Uuid::now_v7()).collect());
        let sixth: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
        let spare = Uuid::now_v7();
        let mut people = vec![person(1, teacher, Profile::Teacher, ECOLE, None)];
        people.extend(cm2.iter().map(|id| person(2, *id, Profile::Pupil, ECOLE, Some("1125"))));
        people.extend(sixth.iter().map(|id| person(3, *id, Profile::Pupil, COLLEGE, Some("2111"))));
        people.push(person(4, spare, Profile::Pupil, ECOLE, Some("1125")));
        let mut tx = store.db().begin().await.expect("a transaction");
        store.apply(&mut tx, "establishments", &places).await.expect("applied");
        store.apply(&mut tx, "users", &people).await.expect("applied");
        tx.commit().await.expect("committed");
        let folder = tempfile::tempdir().expect("a folder");
        let content = Content::in_folder(&folder.path().join("content")).expect("content");
        let front = Front {
            store: store.clone(),
            content: content.clone(),
            links: Links::new(SecretKeys::at(&folder.path().join("key")).expect("keys")),
            public_url: "https://api.example.fr".to_owned(),
            clock: CLOCK,
        };
        let subgraph = TestSubgraph::new(|verifier| productions::subgraph(front, verifier, &SubgraphLimits::default()));
        Self { subgraph, store, content, teacher, cm2, sixth, spare, _database: database, _folder: folder }
    }

    /// A mind map of both classes, published for this audience.
    pub(crate) async fn shared(&self, title: &str, audience: Audience) -> Uuid {
        self.made(title, Kind::MindMap, &[&self.cm2, &self.sixth], audience).await
    }

    /// Something that these classes make with the teacher of the école, published for this audience.
    pub(crate) async fn made(&self, title: &str, kind: Kind, classes: &[&[Uuid]], audience: Audience) -> Uuid {
        let by =
            |person_id, uai: &str| Contributor { person_id, uai: uai.parse().expect("a UAI"), role: Role::Contribute };
        let id = Uuid::now_v7();
        let new = NewProduction {
            id,
            title: title.to_owned(),
            summary: None,
            kind,
            licence: None,
            school_year: YEAR.parse().expect("a year"),
            author: by(self.teacher, ECOLE),
        };
        productions::create(&self.store, &CLOCK, &new).await.expect("made");
        let of = |id: &Uuid| by(*id, if self.sixth.contains(id) { COLLEGE } else { ECOLE });
        let pupils: Vec<Contributor> = classes.iter().flat_map(|class| class.iter()).map(of).collect();
        productions::contribute(&self.store, &CLOCK, id, &pupils).await.expect("joined");
        let content = NewContent {
            format: "mm".to_owned(),
            media_type: "application/xml".to_owned(),
            bytes: format!("<map><node TEXT=\"{title}\"/></map>").into_bytes(),
        };
        let saved = productions::save_version(&self.store, &self.content, &CLOCK, (id, self.teacher), &[content]).await;
        assert_eq!(saved.expect("saved"), 1);
        productions::publish(&self.store, &CLOCK, id, audience).await.expect("published");
        id
    }
}

fn person(seq: i64, id: Uuid, profile: Profile, uai: &str, mefstat4: Option<&str>) -> Event {
    let affiliation = Affiliation {
        uai: uai.to_owned(),
        profile,
        school_year: YEAR.to_owned(),
        mefstat4: mefstat4.map(str::to_owned),
        classes: Vec::new(),
    };
    let change = AffiliationChanged { person_id: id.to_string(), affiliations: vec![affiliation] };
    Event {
        seq,
        aggregate: id.to_string(),
        kind: AffiliationChanged::KIND.to_owned(),
        payload: Json(json!(change)),
        occurred_at: "2018-09-01T00:00:00Z".parse().expect("a moment"),
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
