//! Entities: fifty keys cost what two cost, and a bad key empties nothing.

use db::testing::{Backend, statements_run};
use kernel::EstablishmentKind;
use kernel::events::PlacePeriod;
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{House, client, period, place, uai};

/// Three measures and the targets of one: a statement to know the place, one for each measure, two more for targets.
const FIELDS: &str = r#"label: indicator(code: DIGITAL_LABEL, schoolYear: "2020-2021") { numerator denominator targets { value } }
    programme: indicator(code: DIGITAL_PROGRAMME, schoolYear: "2020-2021", perimeter: { kinds: [ECOLE] }) { rate }
    shared: indicator(code: ENT_DEPLOYMENT, schoolYear: "2020-2021") { rate }"#;

async fn filled(backend: Backend) -> House {
    let place = |number: u32| {
        let commune = Some(format!("COM-33{number:03}"));
        place(number, PlacePeriod { commune, ..period(EstablishmentKind::Ecole, "151") })
    };
    let mut house = House::with(backend, &(0..60).map(place).collect::<Vec<_>>()).await;
    house.subgraph.by(client(&[]));
    house
}

fn keys(entity: &str, count: u32) -> Vec<Value> {
    let key = |number: u32| match entity {
        "Territory" => json!({ "__typename": entity, "id": format!("COM-33{number:03}") }),
        _ => json!({ "__typename": entity, "uai": uai(number) }),
    };
    (0..count).map(key).collect()
}

#[rstest]
#[case::territory("Territory", 6)]
#[case::establishment("Establishment", 4)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_keys_cost_what_two_cost(
    #[case] entity: &str,
    #[case] most: usize,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    statements_run();
    let house = filled(backend).await;
    statements_run();
    for count in [2, 50] {
        let answer =
            house.subgraph.entities(&format!("... on {entity} {{ {FIELDS} }}"), json!(keys(entity, count))).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let entities = answer["data"]["_entities"].as_array().expect("entities");
        assert!(
            entities.len() == count as usize && entities.iter().all(|found| found["label"]["denominator"] == 1.0),
            "{answer:#}"
        );
        let statements = statements_run();
        assert!((1..=most).contains(&statements), "{statements} statements for {count} keys, {most} at most");
    }
}

#[rstest]
#[case::territory("Territory", "id", "COM-99999")]
#[case::establishment("Establishment", "uai", "0999999Z")]
#[tokio::test]
async fn an_unknown_and_a_malformed_key_empty_nothing(
    #[case] entity: &str,
    #[case] key: &str,
    #[case] unknown: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let mut representations = keys(entity, 50);
    representations[3] = json!({ "__typename": entity, key: unknown });
    representations[9] = json!({ "__typename": entity, key: "'; DROP TABLE places; --" });
    representations[27] = json!({ "__typename": entity, key: ["list"] });
    let answer = house.subgraph.entities(&format!("... on {entity} {{ {FIELDS} }}"), json!(representations)).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    let entities = answer["data"]["_entities"].as_array().expect("entities");
    assert_eq!((0..50).filter(|at| entities[*at].is_null()).collect::<Vec<_>>(), [3, 9, 27]);
}

#[rstest]
#[tokio::test]
async fn bad_arguments_have_their_code(#[values(Backend::Sqlite)] backend: Backend) {
    let house = filled(backend).await;
    for field in [
        r#"indicator(code: DIGITAL_LABEL, schoolYear: "2020") { rate }"#.to_owned(),
        "indicator(code: NO_SUCH_CODE) { rate }".to_owned(),
        format!("indicator(code: DIGITAL_LABEL, perimeter: {{ natures: [{}] }}) {{ rate }}", "\"1\",".repeat(101)),
    ] {
        let answer =
            house.subgraph.entities(&format!("... on Territory {{ {field} }}"), json!(keys("Territory", 1))).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{answer:#}"));
        assert!(["BAD_USER_INPUT", "LIMIT_EXCEEDED"].contains(&code), "{field}: {code}");
    }
}
