//! The official files themselves, where `PASSERELLE_REAL_DATA` names their folder.

use std::collections::HashMap;
use std::path::PathBuf;

use db::testing::Backend;
use rstest::rstest;
use serde_json::json;

use crate::house::House;

#[expect(clippy::disallowed_methods, reason = "the test command hands the folder over in the environment")]
fn official(name: &str) -> PathBuf {
    let folder =
        std::env::var("PASSERELLE_REAL_DATA").expect("PASSERELLE_REAL_DATA names the folder of the official files");
    PathBuf::from(folder).join(name)
}

#[rstest]
#[tokio::test]
async fn the_directory_of_ille_et_vilaine(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let path = official("annuaire/fr-en-annuaire-education.dept35.csv");
    let house = House::new(backend).await;
    let imported = house.import(&path).await;
    assert_eq!(imported.report.outcome(), import::Outcome::Complete);
    assert_eq!((imported.report.rows, imported.report.counted("added"), imported.report.warnings), (996, 993, 0));

    // An independent count: a plain split of the file's lines, the first row of each UAI.
    let text = std::fs::read_to_string(&path).expect("UTF-8");
    let mut kinds: HashMap<String, String> = HashMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(';').collect();
        kinds.entry(fields[0].to_owned()).or_insert_with(|| fields[2].to_owned());
    }
    assert_eq!(kinds.len(), 993);
    let words = [
        ("ECOLE", "Ecole"),
        ("COLLEGE", "Collège"),
        ("LYCEE", "Lycée"),
        ("EREA", "EREA"),
        ("MEDICO_SOCIAL", "Médico-social"),
        ("SERVICE_ADMINISTRATIF", "Service Administratif"),
        ("INFORMATION_ORIENTATION", "Information et orientation"),
        ("AUTRE", "Autre"),
    ];
    for (kind, word) in words {
        let counted = kinds.values().filter(|found| *found == word).count();
        let answer = house
            .data(&format!(
                "{{ establishments(filter: {{ kinds: [{kind}], territory: \"DEP-35\" }}) {{ totalCount }} }}"
            ))
            .await;
        assert_eq!(answer["establishments"]["totalCount"], json!(counted), "{kind}");
    }
    let answer = house.data(r#"{ two: establishment(uai: "0352072M") { sites { address } } annexe: establishment(uai: "0350852L") { name }
        circonscriptions: territories(level: CIRCONSCRIPTION, within: "ACA-14") { totalCount } }"#).await;
    assert_eq!(answer["two"]["sites"].as_array().map(Vec::len), Some(2));
    assert_eq!(answer["annexe"]["name"], "Collège Saint-Joseph");
    assert_eq!(answer["circonscriptions"]["totalCount"], 20);

    let again = house.import(&path).await.report;
    assert_eq!((again.counted("unchanged"), again.counted("changed")), (993, 0));
}
