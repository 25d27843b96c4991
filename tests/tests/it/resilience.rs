//! A subgraph that is down leaves gaps that say so, and comes back.

use serde_json::Value;
use testkit::client::{ask, get};
use testkit::stack::{Database, Site};

const QUERY: &str = r#"{ territory(id: "ACA-04") { name
    state: indicator(code: PIX_ORGA_STATE, schoolYear: "2020-2021") { denominator } } }"#;

fn import_one(site: &Site) {
    let directory = site.folder().join("annuaire.csv");
    let header = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;\
        Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;date_maj_ligne;etat;code_nature";
    let row = "0330001A;Collège;Collège;Public;1 rue;33000;33063;Bordeaux;033;4;75;2024-01-01;OUVERT;340";
    std::fs::write(&directory, format!("{header}\n{row}\n")).expect("written");
    let observations = site.folder().join("pix.csv");
    std::fs::write(&observations, "indicator;uai;school_year;status\nPIX_ORGA_STATE;0330001A;2020-2021;ACTIVE\n")
        .expect("written");
    for (kind, file) in [("annuaire", &directory), ("indicators", &observations)] {
        let arguments = ["import", kind, &file.display().to_string(), "--data", &site.data().display().to_string()];
        let ended = testkit::process::run(arguments, &site.environment);
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[tokio::test]
async fn each_subgraph_in_turn() {
    let site = Site::new(Database::Sqlite);
    import_one(&site);
    let mut roles = site.over_http();
    let url = roles.url();
    let whole = ask(&url, QUERY).await;
    assert_eq!(whole["data"]["territory"]["state"]["denominator"], 1.0, "{whole:#}");

    roles.subgraph("activation").kill();
    let answer = ask(&url, QUERY).await;
    assert_eq!(
        (&answer["data"]["territory"]["name"], &answer["data"]["territory"]["state"]),
        (&Value::from("Bordeaux"), &Value::Null)
    );
    let error = &answer["errors"][0];
    assert_eq!(error["path"], serde_json::json!(["territory"]), "{answer:#}");
    assert_eq!(
        (&error["extensions"]["code"], &error["extensions"]["service"]),
        (&Value::from("UPSTREAM_UNAVAILABLE"), &Value::from("activation"))
    );
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1));

    roles.subgraph("establishments").kill();
    let answer = ask(&url, QUERY).await;
    assert_eq!(answer["data"]["territory"], Value::Null, "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"]["service"], "establishments");
    assert_eq!(get(&format!("{url}/livez")).await.0, 200, "the gateway stays up");
}

#[tokio::test]
async fn a_subgraph_answers_nobody_but_its_gateway() {
    let site = Site::new(Database::Sqlite);
    let mut roles = site.over_http();
    let establishments = roles.subgraph("establishments").url.clone();
    let answer = ask(&establishments, "{ __typename }").await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(get(&format!("{establishments}/readyz")).await.0, 200);
}

#[tokio::test]
async fn a_gateway_that_a_subgraph_does_not_know_is_no_fault_of_the_client() {
    let (site, elsewhere) = (Site::new(Database::Sqlite), Site::new(Database::Sqlite));
    let roles = site.over_http();
    let stranger = elsewhere.gateway(roles.subgraphs.iter().map(|(name, all)| (*name, &all[0])));
    let answer = ask(&stranger.url, QUERY).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UPSTREAM_UNAVAILABLE", "{answer:#}");
    assert!(stranger.log().contains("--gateway-key"), "the operator is told: {}", stranger.log());
}

#[tokio::test]
async fn lists_within_lists_are_bounded_before_anything_is_asked() {
    let site = Site::new(Database::Sqlite);
    let serve = site.in_process(false);
    let mut query = "ancestors { name }".to_owned();
    for _ in 0..3 {
        query = format!("children(level: DEPARTMENT, first: 100) {{ nodes {{ {query} }} }}");
    }
    let answer = ask(&serve.url, &format!("{{ territory(id: \"FR\") {{ {query} }} }}")).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{answer:#}");
    assert!(answer.get("data").is_none());
    let whole = "{ territories(level: DEPARTMENT, first: 100) { nodes { name ancestors { id name } establishments(first: 20) { nodes { uai name } } } } }";
    assert!(ask(&serve.url, whole).await.get("errors").is_none(), "what a dashboard asks is far below");
}

#[tokio::test]
async fn a_nul_in_a_text_is_the_callers_mistake_on_every_database() {
    for database in [Database::Sqlite, Database::Postgres] {
        let serve_at = Site::new(database);
        let serve = serve_at.in_process(false);
        let answer = ask(&serve.url, r#"{ entProject(id: "\u0000") { name } }"#).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
    }
}
