//! Lists: search, filters, orders, pages that stay right while rows come and go, and the feed of changes.

use db::testing::Backend;
use rstest::rstest;
use serde_json::{Value, json};

use crate::files::{Line, directory_2023};
use crate::house::House;

async fn names(house: &House, arguments: &str) -> Vec<String> {
    let answer = house.data(&format!("{{ establishments({arguments}) {{ nodes {{ name }} }} }}")).await;
    let nodes = answer["establishments"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().filter_map(|node| node["name"].as_str()).map(str::to_owned).collect()
}

#[rstest]
#[tokio::test]
async fn search_and_filters(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house
        .import(
            directory_2023(&[
                Line::ecole(350_001, "École maternelle Françoise-DOLTO").clone(),
                Line { nature: "101", ..Line::ecole(350_002, "École maternelle du Cœur") },
                Line::college(350_003, "Collège Françoise Dolto"),
                Line {
                    legal: "Privé", kind: "Lycée", nature: "302", ..Line::college(350_004, "Lycée Saint-Vincent")
                },
                Line { legal: "", kind: "", nature: "400", ..Line::college(350_005, "STS isolée") },
            ])
            .path(),
        )
        .await;
    let dolto = ["Collège Françoise Dolto", "École maternelle Françoise-DOLTO"];
    assert_eq!(names(&house, r#"filter: { text: "francoise dolto" }"#).await, dolto);
    assert_eq!(names(&house, r#"filter: { text: "DÖLT" }"#).await, dolto);
    assert_eq!(
        names(&house, r#"filter: { text: "dolto malo" }"#).await,
        ["Collège Françoise Dolto"],
        "the commune counts too"
    );
    assert_eq!(names(&house, r#"filter: { text: "coeur" }"#).await, ["École maternelle du Cœur"]);
    assert_eq!(
        names(&house, r#"filter: { text: "olto" }"#).await,
        Vec::<String>::new(),
        "words are found from their beginning"
    );
    assert_eq!(names(&house, r#"filter: { text: "0350004p" }"#).await, ["Lycée Saint-Vincent"]);
    assert_eq!(names(&house, r#"filter: { text: "%_'" }"#).await.len(), 5, "nothing but punctuation restricts nothing");
    assert_eq!(
        names(&house, r#"filter: { kinds: [ECOLE, LYCEE], natures: ["151", "302"] }"#).await,
        ["École maternelle Françoise-DOLTO", "Lycée Saint-Vincent"]
    );
    assert_eq!(names(&house, "filter: { degree: SECOND, legalStatus: PRIVATE }").await, ["Lycée Saint-Vincent"]);
    assert_eq!(
        names(&house, r#"filter: { uais: ["0350005R", "0350001L", "0000000A"] }, orderBy: UAI"#).await,
        ["École maternelle Françoise-DOLTO", "STS isolée"]
    );
    assert_eq!(names(&house, r#"filter: { territory: "COM-35288" }, orderBy: UAI"#).await.len(), 3);
    assert_eq!(names(&house, r#"filter: { territory: "REG-75" }"#).await, Vec::<String>::new());
    assert_eq!(
        names(&house, "orderBy: COMMUNE, first: 2").await,
        ["École maternelle du Cœur", "École maternelle Françoise-DOLTO"]
    );
    assert_eq!(names(&house, "last: 1").await, ["STS isolée"]);
    assert_eq!(names(&house, "orderBy: null, last: 1").await, ["STS isolée"], "null is the default order");
}

#[rstest]
#[tokio::test]
async fn bad_arguments_have_their_code(#[values(Backend::Sqlite)] backend: Backend) {
    let house = House::new(backend).await;
    for query in [
        r#"{ establishment(uai: "35") { name } }"#,
        r#"{ territory(id: "ACA-4") { name } }"#,
        "{ establishments(first: 101) { totalCount } }",
        "{ establishments(first: 1, last: 1) { totalCount } }",
        r#"{ establishments(after: "nonsense") { totalCount } }"#,
        r#"{ establishments(filter: { schoolYear: "2017-2019" }) { totalCount } }"#,
        r#"{ establishments(filter: { territory: "nowhere" }) { totalCount } }"#,
        r#"{ establishmentChanges(after: "WyJ4Il0") { totalCount } }"#,
    ] {
        assert_eq!(house.error_code(query).await, "BAD_USER_INPUT", "{query}");
    }
    let many = (0..1001)
        .map(|number| format!("\"{}\"", kernel::Uai::with_number(number).expect("small")))
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(
        house.error_code(&format!("{{ establishments(filter: {{ uais: [{many}] }}) {{ totalCount }} }}")).await,
        "LIMIT_EXCEEDED"
    );
}

#[rstest]
#[tokio::test]
async fn pages_stay_right_while_rows_come_and_go(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let lines: Vec<Line> = (0..9).map(|number| Line::ecole(350_100 + number, &format!("École {number}"))).collect();
    house.import(directory_2023(&lines).path()).await;
    let page = |after: &Value| {
        let after = after.as_str().map(|cursor| format!(", after: \"{cursor}\"")).unwrap_or_default();
        format!(
            "{{ establishments(first: 3{after}) {{ totalCount nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
        )
    };
    let first = house.data(&page(&Value::Null)).await["establishments"].clone();
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    // Before the next page: one row of the first page closes, the cursor's own row is renamed away, one is inserted before it.
    let date = "2024-01-01";
    house
        .import(
            directory_2023(&[
                Line { state: "FERME", date, ..Line::ecole(350_100, "École 0") },
                Line { date, ..Line::ecole(350_102, "Zéro") },
                Line { date, ..Line::ecole(350_200, "École 00") },
            ])
            .path(),
        )
        .await;
    let mut seen: Vec<String> = Vec::new();
    let mut cursor = first["pageInfo"]["endCursor"].clone();
    loop {
        let next = house.data(&page(&cursor)).await["establishments"].clone();
        assert_eq!(next["pageInfo"]["hasPreviousPage"], true);
        seen.extend(
            next["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["name"].as_str()).map(str::to_owned),
        );
        cursor = next["pageInfo"]["endCursor"].clone();
        if next["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let expected: Vec<String> = (3..9).map(|number| format!("École {number}")).chain(["Zéro".to_owned()]).collect();
    assert_eq!(seen, expected, "nothing twice, nothing skipped");
}

#[rstest]
#[tokio::test]
async fn backward_pages_mirror_forward_ones(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let lines: Vec<Line> = (0..5).map(|number| Line::ecole(350_100 + number, &format!("École {number}"))).collect();
    house.import(directory_2023(&lines).path()).await;
    let last = house
        .data("{ establishments(last: 2) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }")
        .await;
    let last = &last["establishments"];
    assert_eq!(last["edges"][0]["node"]["name"], "École 3");
    assert_eq!(last["pageInfo"], json!({ "hasNextPage": false, "hasPreviousPage": true }));
    let before = last["edges"][0]["cursor"].as_str().expect("a cursor");
    assert_eq!(names(&house, &format!("last: 2, before: \"{before}\"")).await, ["École 1", "École 2"]);
}

#[rstest]
#[tokio::test]
async fn the_feed_of_changes_lets_one_keep_a_copy(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house
        .import(
            directory_2023(&[Line::ecole(350_001, "A"), Line::ecole(350_002, "B"), Line::ecole(350_003, "C")]).path(),
        )
        .await;
    let query = |after: &str| {
        format!(
            "{{ establishmentChanges(first: 2{after}) {{ totalCount nodes {{ name status }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
    };
    let first = house.data(&query("")).await["establishmentChanges"].clone();
    assert_eq!((first["totalCount"].as_i64(), first["pageInfo"]["hasNextPage"].as_bool()), (Some(3), Some(true)));
    let cursor = format!(", after: \"{}\"", first["pageInfo"]["endCursor"].as_str().expect("a cursor"));
    // "A", already read, closes: it comes again, after "C".
    house
        .import(directory_2023(&[Line { state: "FERME", date: "2024-01-01", ..Line::ecole(350_001, "A") }]).path())
        .await;
    let second = house.data(&query(&cursor)).await["establishmentChanges"].clone();
    assert_eq!(second["nodes"], json!([{ "name": "C", "status": "OPEN" }, { "name": "A", "status": "CLOSED" }]));
    let end = format!(", after: \"{}\"", second["pageInfo"]["endCursor"].as_str().expect("a cursor"));
    let nothing = house.data(&query(&end)).await["establishmentChanges"].clone();
    assert_eq!(nothing["nodes"], json!([]));
    assert_eq!(nothing["pageInfo"]["endCursor"], second["pageInfo"]["endCursor"], "who is up to date keeps its place");
}

#[rstest]
#[tokio::test]
async fn territories_lie_in_each_other(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "A"), Line::college(350_002, "B")]).path()).await;
    let epci = crate::files::file(
        "CODGEO;LIBGEO;EPCI;LIBEPCI\n35238;Rennes;243500139;Rennes Métropole\n35001;Acigné;243500139;Rennes Métropole\n35002;Nulle part;ZZZZZZZZZ;Sans objet\nXX;;;\n",
    );
    let report = establishments::import_intercommunalites(
        &house.store,
        epci.path(),
        &establishments::ImportOptions::default(),
        |_| {},
    )
    .await
    .expect("imported");
    assert_eq!(
        (report.counted("communes changed"), report.counted("without intercommunalité"), report.refused),
        (2, 1, 1)
    );
    let answer = house.data(r#"{
        region: territory(id: "REG-53") { level zone children(level: ACADEMY) { nodes { id zone } } departments: children(level: DEPARTMENT, first: 2) { totalCount nodes { id } pageInfo { hasNextPage } } }
        commune: territory(id: "COM-35238") { ancestors { id } establishments { totalCount nodes { name } } }
        epci: territory(id: "EPCI-243500139") { name children { nodes { id } } establishments { totalCount } }
        all: territories(level: COMMUNE, within: "ACA-14") { nodes { id } }
        nothing: territory(id: "COM-99999") { id }
    }"#).await;
    assert_eq!(
        answer["region"],
        json!({
            "level": "REGION", "zone": null, "children": { "nodes": [{ "id": "ACA-14", "zone": "B" }] },
            "departments": { "totalCount": 4, "nodes": [{ "id": "DEP-22" }, { "id": "DEP-29" }], "pageInfo": { "hasNextPage": true } },
        })
    );
    assert_eq!(
        answer["commune"],
        json!({
            "ancestors": [{ "id": "DEP-35" }, { "id": "ACA-14" }, { "id": "REG-53" }, { "id": "FR" }],
            "establishments": { "totalCount": 1, "nodes": [{ "name": "A" }] },
        })
    );
    assert_eq!(
        answer["epci"],
        json!({
            "name": "Rennes Métropole", "children": { "nodes": [{ "id": "COM-35001" }, { "id": "COM-35238" }] },
            "establishments": { "totalCount": 1 },
        })
    );
    assert_eq!(answer["all"]["nodes"], json!([{ "id": "COM-35001" }, { "id": "COM-35238" }, { "id": "COM-35288" }]));
    assert_eq!(answer["nothing"], json!(null));
    assert_eq!(house.events().await, 3, "two establishments imported, one whose commune joined an intercommunalité");
}
