//! Where each type of the schema is looked at.

mod found;

use service_kit::access::ACCESS;

use super::callers::{Caller, Pseudonyms, Thing};
use super::scene::Scene;

/// An object that the schema reaches.
pub(super) struct Place {
    /// Its type.
    pub(super) of: &'static str,
    query: String,
    /// Where it stands in the data.
    pub(super) pointer: String,
    /// What it is to callers.
    pub(super) thing: Thing,
    /// Rules of the table that lead to it, each towards a thing: who is not admitted by all of them does not see it.
    gates: Vec<(Gate, Thing)>,
    /// Of a participant: who that is.
    who: Option<(Gate, Thing)>,
    ecole: String,
    public: String,
}

/// A rule of the table.
#[derive(Clone, Copy)]
enum Gate {
    Value(&'static str),
    Field(&'static str, &'static str),
}

impl Gate {
    fn admits(self, caller: &Caller, thing: Thing) -> bool {
        match self {
            Self::Value(value) => ACCESS.admits(value, &caller.seers(thing)),
            Self::Field(of, name) => ACCESS.permits(of, name, &caller.seers(thing)),
        }
    }
}

const STAFF: Gate = Gate::Value("User: staff");
const PUPIL: Gate = Gate::Value("User: a pupil or a guardian");
const SHARED: Gate = Gate::Value("Production: TERRITORY_STAFF");
/// By what productions give a person away.
const USER_OF: Gate = Gate::Field("Participant", "user");
const AUTHOR_OF: Gate = Gate::Field("Production", "author");

impl Place {
    fn open(scene: &Scene, of: &'static str, query: &str, pointer: &str) -> Self {
        Self {
            of,
            query: query.to_owned(),
            pointer: pointer.to_owned(),
            thing: Thing::Nothing,
            gates: Vec::new(),
            who: None,
            ecole: scene.ecole.clone(),
            public: scene.public.clone(),
        }
    }

    /// The question that selects this of the object.
    pub(super) fn query(&self, selection: &str) -> String {
        self.query.replace("HOLE", selection)
    }

    pub(super) fn is_seen_by(&self, caller: &Caller) -> bool {
        self.gates.iter().all(|(gate, thing)| gate.admits(caller, *thing))
    }

    /// Towards what the field's rule is meant.
    pub(super) fn thing_of(&self, field: &str) -> Thing {
        match (field, self.who) {
            ("user", Some((_, thing))) => thing,
            ("author", _) => Thing::Author,
            _ => self.thing,
        }
    }

    /// Whether the field's value is for this caller, beyond the field's own rule.
    pub(super) fn gives(&self, field: &str, caller: &Caller) -> bool {
        match (field, self.who) {
            // Only the pupil has left.
            ("departure", _) if self.of == "User" => match self.thing {
                Thing::Author | Thing::NamedAuthor => false,
                Thing::Me => PUPIL.admits(caller, Thing::Own),
                _ => true,
            },
            ("user", Some((gate, thing))) => gate.admits(caller, thing),
            // A teacher has no level.
            ("level", Some((_, Thing::Author))) => false,
            ("author", _) => STAFF.admits(caller, Thing::Author),
            _ => true,
        }
    }

    /// The arguments that a field needs here.
    pub(super) fn arguments(&self, field: &str) -> String {
        match (self.of, field) {
            ("Territory", "children") => "(level: DEPARTMENT)".to_owned(),
            ("Territory", "indicators") => "(schoolYear: \"2020-2021\")".to_owned(),
            ("Territory" | "Establishment", "indicator") => {
                "(code: ACCOUNT_ACTIVATION, schoolYear: \"2018-2019\")".to_owned()
            }
            ("Establishment", "entProject") => "(schoolYear: \"2018-2019\")".to_owned(),
            ("Query", "territory") => "(id: \"ACA-04\")".to_owned(),
            ("Query", "territories") => "(level: ACADEMY)".to_owned(),
            ("Query", "establishment") => format!("(uai: \"{}\")", self.ecole),
            ("Query", "entProject") => "(id: \"alienor\")".to_owned(),
            ("Query", "organisation") => "(id: \"rectorat-bordeaux\")".to_owned(),
            ("Query", "sharedProductions") => "(territory: \"ACA-04\")".to_owned(),
            ("Query", "production") => format!("(id: \"{}\")", self.public),
            ("Query", "user") => "(id: \"1-AAAAAAAAAAAAAAAAAAAAAA\")".to_owned(),
            ("Query", "userByIdentifier") => "(system: \"alienor\", value: \"alienor-00001\")".to_owned(),
            _ => String::new(),
        }
    }
}

/// Every place.
pub(super) fn places(scene: &Scene, pseudonyms: &Pseudonyms) -> Vec<Place> {
    [of_the_directory(scene), of_productions(scene), found::places(scene, pseudonyms)].into_iter().flatten().collect()
}

/// What everybody finds.
fn of_the_directory(scene: &Scene) -> Vec<Place> {
    let ecole = &scene.ecole;
    let open = |of, query: &str, pointer: &str| Place::open(scene, of, query, pointer);
    let of_ecole = |of, inner: &str, pointer: &str| {
        open(of, &format!("{{ establishment(uai: \"{ecole}\") {{ {inner} }} }}"), &format!("/establishment{pointer}"))
    };
    let measure = |of, inner: &str, pointer: &str| {
        let figure = "indicator(code: PIX_ORGA_ACTIVATED, schoolYear: \"2020-2021\")";
        open(
            of,
            &format!("{{ territory(id: \"REG-75\") {{ {figure} {{ {inner} }} }} }}"),
            &format!("/territory/indicator{pointer}"),
        )
    };
    vec![
        open("Query", "{ HOLE }", ""),
        open("EntProject", "{ entProject(id: \"alienor\") { HOLE } }", "/entProject"),
        open("Organisation", "{ entProject(id: \"alienor\") { owners { HOLE } } }", "/entProject/owners/0"),
        open("EstablishmentConnection", "{ establishments(first: 1) { HOLE } }", "/establishments"),
        open("EstablishmentEdge", "{ establishments(first: 1) { edges { HOLE } } }", "/establishments/edges/0"),
        open("PageInfo", "{ establishments(first: 1) { pageInfo { HOLE } } }", "/establishments/pageInfo"),
        open("Territory", "{ territory(id: \"ACA-04\") { HOLE } }", "/territory"),
        open("TerritoryConnection", "{ territories(level: ACADEMY) { HOLE } }", "/territories"),
        open("TerritoryEdge", "{ territories(level: ACADEMY) { edges { HOLE } } }", "/territories/edges/0"),
        open("Indicator", "{ indicatorCatalogue { HOLE } }", "/indicatorCatalogue/0"),
        open("ProductionConnection", "{ sharedProductions(territory: \"ACA-04\") { HOLE } }", "/sharedProductions"),
        open(
            "ProductionEdge",
            "{ sharedProductions(territory: \"ACA-04\", first: 1) { edges { HOLE } } }",
            "/sharedProductions/edges/0",
        ),
        of_ecole("Establishment", "HOLE", ""),
        of_ecole("Deployment", "deployments { HOLE }", "/deployments/0"),
        of_ecole("EstablishmentPeriod", "history { HOLE }", "/history/0"),
        of_ecole("Site", "sites { HOLE }", "/sites/0"),
        measure("Measure", "HOLE", ""),
        measure("Perimeter", "perimeter { HOLE }", "/perimeter"),
        measure("StatusCount", "breakdown { HOLE }", "/breakdown/0"),
        measure("Target", "targets { HOLE }", "/targets/0"),
    ]
}

/// A production, and the people that it leads to.
fn of_productions(scene: &Scene) -> Vec<Place> {
    let open = |of, query: &str, pointer: &str| Place::open(scene, of, query, pointer);
    let shared = |of, inner: &str, pointer: &str| Place {
        thing: Thing::Production,
        gates: vec![(SHARED, Thing::Production)],
        ..open(
            of,
            &format!("{{ production(id: \"{}\") {{ {inner} }} }}", scene.production),
            &format!("/production{pointer}"),
        )
    };
    let versions = |of, inner: &str, pointer: &str| {
        let mut place = shared(of, &format!("versions {{ {inner} }}"), &format!("/versions{pointer}"));
        place.gates.push((Gate::Field("Production", "versions"), Thing::Production));
        place
    };
    let person = |of, inner: &str, pointer: &str, (gate, thing): (Gate, Thing)| {
        let mut place = shared(of, inner, pointer);
        place.thing = thing;
        place.gates.push((gate, thing));
        place
    };
    let participant = |at: usize, who| Place {
        who: Some(who),
        ..shared("Participant", "participants { HOLE }", &format!("/participants/{at}"))
    };
    vec![
        shared("Production", "HOLE", ""),
        shared("Export", "exports { HOLE }", "/exports/0"),
        participant(0, (STAFF, Thing::Author)),
        participant(scene.at, (PUPIL, Thing::Pupil)),
        versions("VersionConnection", "HOLE", ""),
        versions("VersionEdge", "edges { HOLE }", "/edges/0"),
        versions("Version", "edges { node { HOLE } }", "/edges/0/node"),
        by(AUTHOR_OF, Thing::Author, person("User", "author { HOLE }", "/author", (STAFF, Thing::Author))),
        by(
            USER_OF,
            Thing::Pupil,
            person(
                "User",
                "participants { user { HOLE } }",
                &format!("/participants/{}/user", scene.at),
                (PUPIL, Thing::Pupil),
            ),
        ),
        by(
            Gate::Field("User", "affiliations"),
            Thing::Pupil,
            by(
                USER_OF,
                Thing::Pupil,
                person(
                    "Affiliation",
                    "participants { user { affiliations { HOLE } } }",
                    &format!("/participants/{}/user/affiliations/0", scene.at),
                    (PUPIL, Thing::Pupil),
                ),
            ),
        ),
        // Seen by who sees levels at all: for the rest there is no object.
        by(
            Gate::Field("Participant", "level"),
            Thing::Production,
            shared("Level", "participants { level { HOLE } }", &format!("/participants/{}/level", scene.at)),
        ),
    ]
}

/// The same behind one more rule.
fn by(gate: Gate, thing: Thing, mut place: Place) -> Place {
    place.gates.push((gate, thing));
    place
}
