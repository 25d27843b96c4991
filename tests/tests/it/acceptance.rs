//! The tables of the roadmaps, figure by figure: the dashboards' queries run verbatim, in both shapes, on both databases.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::client::data;
use testkit::stack::{Database, Site};

const PIX_ORGA: &str = include_str!("../../queries/pix_orga.graphql");
const MONTPELLIER: &str = include_str!("../../queries/montpellier_labels.graphql");
const DEPLOYMENT: &str = include_str!("../../queries/ent_deployment.graphql");

#[tokio::test]
async fn on_sqlite() {
    both_shapes(Database::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql() {
    both_shapes(Database::Postgres).await;
}

async fn both_shapes(database: Database) {
    let site = Site::new(database);
    let mut serve = site.in_process(true);
    check(&serve.url).await;
    let in_process =
        [data(&serve.url, PIX_ORGA).await, data(&serve.url, MONTPELLIER).await, data(&serve.url, DEPLOYMENT).await];
    assert!(serve.stop(), "it ends well when asked to");

    let roles = site.over_http();
    check(&roles.url()).await;
    let over_http = [
        data(&roles.url(), PIX_ORGA).await,
        data(&roles.url(), MONTPELLIER).await,
        data(&roles.url(), DEPLOYMENT).await,
    ];
    assert_eq!(in_process, over_http, "both shapes answer the same");
}

async fn check(url: &str) {
    pix_orga(&data(url, PIX_ORGA).await["territory"]);
    montpellier(&data(url, MONTPELLIER).await["territory"]);
    deployment(&data(url, DEPLOYMENT).await);
}

fn pair(measure: &Value) -> Value {
    json!([measure["numerator"], measure["denominator"]])
}

fn states(measure: &Value) -> BTreeMap<&str, i64> {
    let rows = measure["breakdown"].as_array().expect("a breakdown");
    let row = |row: &'_ Value| Some((row["status"].as_str()?.to_owned(), row["count"].as_i64()?));
    rows.iter().filter_map(row).filter(|(_, count)| *count > 0).map(|(status, count)| (leak(status), count)).collect()
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Académie, the four states, activated, campaign launched, all.
const ACADEMIES: [(&str, [i64; 4], f64, f64, f64); 3] = [
    ("ACA-04", [20, 17, 55, 457], 529.0, 457.0, 549.0),
    ("ACA-13", [11, 35, 40, 217], 292.0, 250.0, 303.0),
    ("ACA-22", [4, 11, 20, 104], 135.0, 109.0, 139.0),
];

fn four(counts: [i64; 4]) -> BTreeMap<&'static str, i64> {
    ["NOT_ACTIVATED", "NOT_IMPORTED", "IMPORTED", "ACTIVE"].into_iter().zip(counts).collect()
}

fn pix_orga(region: &Value) {
    assert_eq!(region["name"], "Nouvelle-Aquitaine");
    assert_eq!(region["state"]["denominator"], 991.0);
    assert_eq!(states(&region["state"]), four([35, 63, 115, 778]));
    assert_eq!((pair(&region["activated"]), pair(&region["campaign"])), (json!([956.0, 991.0]), json!([816.0, 991.0])));
    let nodes = region["children"]["nodes"].as_array().expect("académies");
    assert_eq!(nodes.len(), 3);
    for (id, counts, activated, launched, all) in ACADEMIES {
        let academy = nodes.iter().find(|node| node["id"] == id).expect("there");
        assert_eq!(academy["state"]["denominator"], all, "{id}");
        assert_eq!(states(&academy["state"]), four(counts), "{id}");
        assert_eq!(academy["state"]["observedOn"].as_str().map(|date| &date[..7]), Some("2021-01"));
        assert_eq!(academy["state"]["provenance"], "OFFICIAL");
        assert_eq!(pair(&academy["activated"]), json!([activated, all]), "{id}");
        assert_eq!(academy["activated"]["rate"], activated / all);
        assert_eq!(pair(&academy["campaign"]), json!([launched, all]), "{id}");
        let active = f64::from(i32::try_from(counts[3]).expect("small"));
        assert_eq!(
            (pair(&academy["active"]), academy["active"]["rate"].clone()),
            (json!([active, all]), json!(active / all))
        );
        let targets = academy["activated"]["targets"].as_array().expect("targets");
        assert_eq!(
            (targets.len(), &targets[0]["value"], &targets[0]["gap"]),
            (1, &json!(1.0), &json!(1.0 - activated / all))
        );
    }
}

type Department = (&'static str, [f64; 2], [f64; 2], f64, f64);

/// Département: écoles numériques of all écoles, labelled and numériques of all collèges, lycées.
const DEPARTMENTS: [Department; 5] = [
    ("DEP-11", [10.0, 265.0], [21.0, 28.0], 5.0, 10.0),
    ("DEP-30", [17.0, 358.0], [32.0, 54.0], 13.0, 19.0),
    ("DEP-34", [10.0, 391.0], [43.0, 77.0], 4.0, 32.0),
    ("DEP-48", [2.0, 75.0], [11.0, 12.0], 2.0, 4.0),
    ("DEP-66", [27.0, 178.0], [25.0, 31.0], 18.0, 13.0),
];

fn montpellier(academy: &Value) {
    assert_eq!(academy["name"], "Montpellier");
    assert_eq!(academy["ecoles"]["totalCount"], 1267);
    let levels: BTreeMap<&str, i64> = [("LEVEL_1", 48), ("LEVEL_2", 59), ("LEVEL_3", 25), ("NONE", 70)].into();
    assert_eq!((states(&academy["collegeLevels"]), pair(&academy["collegeLevels"])), (levels, json!([132.0, 202.0])));
    let levels: BTreeMap<&str, i64> = [("LEVEL_1", 54), ("LEVEL_2", 17), ("LEVEL_3", 7)].into();
    assert_eq!((states(&academy["lyceeLevels"]), pair(&academy["lyceeLevels"])), (levels, json!([78.0, 78.0])));
    assert_eq!(pair(&academy["ecolesNumeriques"]), json!([66.0, 1267.0]));
    assert_eq!(pair(&academy["collegesNumeriques"]), json!([42.0, 202.0]));
    let nodes = academy["children"]["nodes"].as_array().expect("départements");
    assert_eq!(nodes.len(), 5);
    for (id, ecoles, colleges, numeriques, lycees) in DEPARTMENTS {
        let department = nodes.iter().find(|node| node["id"] == id).expect("there");
        assert_eq!(pair(&department["ecolesNumeriques"]), json!(ecoles), "{id}");
        assert_eq!(pair(&department["colleges"]), json!(colleges), "{id}");
        assert_eq!(pair(&department["collegesNumeriques"]), json!([numeriques, colleges[1]]), "{id}");
        assert_eq!(pair(&department["lycees"]), json!([lycees, lycees]), "{id}");
    }
}

fn deployment(answer: &Value) {
    let alienor = &answer["bordeaux"]["alienor"];
    assert_eq!((pair(alienor), &alienor["observedOn"]), (json!([1606.0, 2696.0]), &Value::Null));
    assert!(alienor["source"].as_str().is_some_and(|source| source.contains("1606")), "{alienor:#}");
    assert_eq!(
        answer["entProject"],
        json!({ "name": "Aliénor", "degrees": ["FIRST"], "establishments": { "totalCount": 1606 } })
    );
    let region = &answer["nouvelleAquitaine"];
    assert_eq!(region["sharedEnt"]["denominator"], 12.0);
    let values = |field: &str| -> Vec<f64> {
        let mut values: Vec<f64> = region[field]["targets"]
            .as_array()
            .expect("targets")
            .iter()
            .filter_map(|target| target["value"].as_f64())
            .collect();
        values.sort_by(f64::total_cmp);
        values
    };
    assert_eq!(
        (values("publicLycees"), values("publicEcoles"), values("sharedEnt")),
        (vec![1.0], vec![0.5], vec![4.0, 12.0])
    );
    assert_eq!(region["publicEcoles"]["provenance"], "SIMULATED");
}
