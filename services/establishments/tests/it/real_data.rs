//! The official files themselves, where `PASSERELLE_REAL_DATA` names their folder.

use std::collections::{HashMap, HashSet};
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

/// A plain split of a file's lines: a list of fields for each row, by the names of the header.
fn plain(path: &std::path::Path, columns: &[&str]) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("UTF-8");
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().expect("a header").split(';').collect();
    let places: Vec<usize> = columns
        .iter()
        .map(|column| header.iter().position(|name| name == column).unwrap_or_else(|| panic!("no {column}")))
        .collect();
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(';').collect();
            places.iter().map(|place| fields[*place].to_owned()).collect()
        })
        .collect()
}

/// How many écoles have one collège, two, and three or more.
fn by_size<'a>(sizes: impl IntoIterator<Item = &'a usize>) -> (usize, usize, usize) {
    sizes.into_iter().fold((0, 0, 0), |(one, two, more), size| match size {
        0 => (one, two, more),
        1 => (one + 1, two, more),
        2 => (one, two + 1, more),
        _ => (one, two, more + 1),
    })
}

#[rstest]
#[tokio::test]
async fn the_carte_scolaire_of_ille_et_vilaine(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let annuaire = official("annuaire/fr-en-annuaire-education.dept35.csv");
    let carte = official("annuaire/fr-en-carte-scolaire-colleges-publics.dept35.csv");
    let house = House::new(backend).await;
    house.import(&annuaire).await;
    let before = house.events().await;
    let imported = house.sector(&carte).await;
    assert_eq!(imported.report.outcome(), import::Outcome::Complete);
    assert_eq!((imported.report.rows, imported.report.warnings), (5416, 0));
    assert_eq!(imported.report.counted("écoles changed"), 315);
    assert_eq!(house.events_of("SectorChanged", before).await.len(), 315);

    // An independent count: the distinct collèges of each commune, over the public écoles of the directory.
    let mut communes: HashMap<String, HashSet<String>> = HashMap::new();
    for row in plain(&carte, &["code_insee", "Code_RNE"]) {
        communes.entry(row[0].clone()).or_default().insert(row[1].clone());
    }
    assert_eq!(communes.len(), 340);
    assert_eq!(communes.values().flatten().collect::<HashSet<_>>().len(), 62);
    let columns =
        ["Identifiant_de_l_etablissement", "Code_commune", "code_nature", "Type_etablissement", "Statut_public_prive"];
    let ecoles: HashMap<String, Vec<String>> = plain(&annuaire, &columns)
        .into_iter()
        .filter(|row| row[3] == "Ecole" && row[4] == "Public")
        .map(|row| (row[0].clone(), row))
        .collect();
    let size = |row: &Vec<String>| communes.get(&row[1]).map_or(0, HashSet::len);
    // With the 106 maternelles, which lie in no sector, since they feed no collège.
    let all: Vec<usize> = ecoles.values().map(size).collect();
    assert_eq!((all.len(), by_size(&all)), (421, (297, 26, 98)));
    let wanted: HashMap<&String, HashSet<String>> = ecoles
        .values()
        .filter(|row| row[2] != "101")
        .map(|row| (&row[0], communes.get(&row[1]).cloned().unwrap_or_default()))
        .collect();

    let mut found: HashMap<String, HashSet<String>> = HashMap::new();
    let mut after = String::new();
    loop {
        let answer = house
            .data(&format!(
                r"{{ establishments(filter: {{ kinds: [ECOLE], legalStatus: PUBLIC }}, first: 100{after}) {{
                    nodes {{ uai sectorColleges {{ uai kind }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
            ))
            .await;
        let page = &answer["establishments"];
        for node in page["nodes"].as_array().expect("nodes") {
            let colleges = node["sectorColleges"].as_array().expect("a list");
            assert!(colleges.iter().all(|college| college["kind"] == "COLLEGE"));
            let uais = colleges.iter().filter_map(|college| college["uai"].as_str()).map(str::to_owned).collect();
            found.insert(node["uai"].as_str().expect("a UAI").to_owned(), uais);
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(found.len(), 421);
    for (uai, colleges) in &found {
        assert_eq!(*colleges, wanted.get(uai).cloned().unwrap_or_default(), "{uai}");
    }
    let sizes: Vec<usize> = found.values().map(HashSet::len).collect();
    assert_eq!(by_size(&sizes), (238, 23, 54));
    let fed: HashSet<&String> = found.values().flatten().collect();
    println!("{} collèges have écoles; {}", fed.len(), imported.report);

    let again = house.sector(&carte).await.report;
    assert_eq!((again.counted("écoles unchanged"), again.counted("écoles changed")), (315, 0));
}
