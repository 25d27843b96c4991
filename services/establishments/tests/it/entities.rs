//! Entities: fifty keys cost what one costs, and a bad key empties nothing.

use db::testing::{Backend, statements_run};
use rstest::rstest;
use serde_json::{Value, json};

use crate::deployments::{PROJECTS, deployments, organisations};
use crate::files::{Line, directory_2023, file};
use crate::house::House;

/// Selections of each entity that go through every loader.
const ESTABLISHMENT: &str = "__typename ... on Establishment { name sites { address } history { name commune { name } } commune { name } \
    department { name } academy { name } region { name } circonscription { name } deployments { status project { name } establishment { uai } } \
    entProject(schoolYear: \"2023-2024\") { name vendor { name } owners { name } } }";
const TERRITORY: &str = "__typename ... on Territory { name parent { name } ancestors { name } children { totalCount nodes { name } } \
    establishments(first: 3) { totalCount nodes { name } } }";
const PROJECT: &str = "__typename ... on EntProject { name owners { name territory { name } } vendor { name } succeededBy { name } \
    establishments(schoolYear: \"2023-2024\", first: 2) { totalCount nodes { name } } }";
const ORGANISATION: &str = "__typename ... on Organisation { name kind territory { name } }";

async fn filled(backend: Backend) -> House {
    let house = House::new(backend).await;
    let names: Vec<String> = (0..60).map(|number| format!("Commune {number}")).collect();
    let lines: Vec<Line> = (0..60)
        .map(|number| {
            let commune: (&'static str, &'static str) =
                (leak(format!("35{number:03}")), leak(names[number as usize].clone()));
            Line { commune, ..Line::ecole(350_100 + number, &format!("École {number}")) }
        })
        .collect();
    house.import(directory_2023(&lines).path()).await;
    let many: String = (0..60).map(|number| format!("org-{number};OTHER;Organisation {number};DEP-35\n")).collect();
    house.deploy(file(&format!("{}{many}", organisations())).path()).await;
    let many: String =
        (0..60).map(|number| format!("ent-{number};ENT {number};FIRST;org-{number};org-{number};;alienor\n")).collect();
    house.deploy(file(&format!("{PROJECTS}{many}")).path()).await;
    house
        .deploy(
            deployments(&lines.iter().map(|line| line.uai.as_str()).collect::<Vec<_>>(), "alienor", "2023-2024").path(),
        )
        .await;
    house
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn keys(entity: &str, count: u32) -> Vec<Value> {
    (0..count)
        .map(|number| match entity {
            "Establishment" => json!({ "__typename": entity, "uai": kernel::Uai::with_number(350_100 + number).expect("small").to_string() }),
            "Territory" => json!({ "__typename": entity, "id": format!("COM-35{number:03}") }),
            "EntProject" => json!({ "__typename": entity, "id": format!("ent-{number}") }),
            _ => json!({ "__typename": entity, "id": format!("org-{number}") }),
        })
        .collect()
}

#[rstest]
#[case::establishment("Establishment", ESTABLISHMENT, 14)]
#[case::territory("Territory", TERRITORY, 7)]
#[case::ent_project("EntProject", PROJECT, 7)]
#[case::organisation("Organisation", ORGANISATION, 2)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_keys_cost_what_two_cost(
    #[case] entity: &str,
    #[case] selection: &str,
    // One for each loader on each way through the selection; two ways that meet at the same moment share one.
    #[case] most: usize,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    statements_run();
    let house = filled(backend).await;
    statements_run();
    for count in [2, 50] {
        let answer = house.subgraph.entities(selection, json!(keys(entity, count))).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let entities = answer["data"]["_entities"].as_array().expect("entities");
        assert!(
            entities.len() == count as usize && entities.iter().all(|found| found["name"].is_string()),
            "{answer:#}"
        );
        let statements = statements_run();
        assert!((1..=most).contains(&statements), "{statements} statements for {count} keys, {most} at most");
    }
}

#[rstest]
#[case::establishment("Establishment", ESTABLISHMENT, "uai")]
#[case::territory("Territory", TERRITORY, "id")]
#[case::ent_project("EntProject", PROJECT, "id")]
#[case::organisation("Organisation", ORGANISATION, "id")]
#[tokio::test]
async fn an_unknown_and_a_malformed_key_empty_nothing(
    #[case] entity: &str,
    #[case] selection: &str,
    #[case] key: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let mut representations = keys(entity, 50);
    representations[7] = json!({ "__typename": entity, key: "0999999Z" });
    representations[20] = json!({ "__typename": entity, key: "not a key; DROP TABLE establishments" });
    representations[30] = json!({ "__typename": entity, key: { "nested": [1, 2] } });
    representations[40] = json!({ "__typename": entity, key: 12 });
    let answer = house.subgraph.entities(selection, json!(representations)).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    let entities = answer["data"]["_entities"].as_array().expect("entities");
    let missing: Vec<usize> = (0..50).filter(|at| entities[*at].is_null()).collect();
    assert_eq!(missing, [7, 20, 30, 40]);
}

#[tokio::test]
async fn nobody_but_the_gateway_is_answered() {
    let house = House::new(Backend::Sqlite).await;
    let body = r#"{"query":"{ __typename }"}"#;
    for token in [None, Some(""), Some("eyJhbGciOiJub25lIn0.e30.")] {
        let (status, answer) = house.subgraph.post(token, body).await;
        assert_eq!((status, answer["errors"][0]["extensions"]["code"].as_str()), (401, Some("UNAUTHENTICATED")));
    }
}
