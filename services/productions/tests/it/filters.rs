//! Lists: which productions, in which order.

use db::testing::Backend;
use kernel::Principal;
use productions::{Audience, Kind};
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{House, application};

fn titles(answer: &Value) -> Vec<&str> {
    let edges = answer["data"]["sharedProductions"]["edges"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    edges.iter().filter_map(|edge| edge["node"]["title"].as_str()).collect()
}

async fn listed(house: &House, arguments: &str) -> Value {
    let list = format!("{{ sharedProductions({arguments}) {{ totalCount edges {{ node {{ title }} }} }} }}");
    house.subgraph.ask(&list, json!({})).await
}

#[rstest]
#[tokio::test]
async fn each_filter_narrows(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let (both, ecole, college): (&[&[_]], &[&[_]], &[&[_]]) =
        (&[&house.cm2, &house.sixth], &[&house.cm2], &[&house.sixth]);
    house.made("Les volcans d'Auvergne", Kind::MindMap, both, Audience::TerritoryStaff).await;
    house.made("Élevage en classe", Kind::Blog, ecole, Audience::TerritoryStaff).await;
    house.made("Vivre à 100 %", Kind::Wiki, college, Audience::TerritoryStaff).await;
    house.subgraph.by(application("p", Some("ACA-04"), None, &[]));
    let all = ["Vivre à 100 %", "Élevage en classe", "Les volcans d'Auvergne"];
    for (arguments, wanted) in [
        ("territory: \"ACA-04\"", &all[..]),
        ("territory: \"COM-33063\"", &all),
        ("territory: \"REG-75\"", &all),
        ("territory: \"FR\"", &all),
        ("territory: \"ACA-22\"", &[]),
        ("territory: \"FR\", cycle: CYCLE_3", &all),
        ("territory: \"FR\", cycle: CYCLE_4", &[]),
        ("territory: \"FR\", crossesDegrees: true", &["Vivre à 100 %", "Les volcans d'Auvergne"][1..]),
        ("territory: \"FR\", crossesDegrees: false", &all[..2]),
        ("territory: \"FR\", kinds: [BLOG, WIKI]", &all[..2]),
        ("territory: \"FR\", kinds: [PAD]", &[]),
        ("territory: \"FR\", kinds: []", &[]),
        ("territory: \"FR\", schoolYear: \"2018-2019\"", &all),
        ("territory: \"FR\", schoolYear: \"2019-2020\"", &[]),
        ("territory: \"FR\", entProject: \"argos\"", &["Vivre à 100 %", "Les volcans d'Auvergne"]),
        ("territory: \"FR\", entProject: \"none\"", &[]),
        ("territory: \"FR\", text: \"VOLCAN auver\"", &all[2..]),
        ("territory: \"FR\", text: \"elevage\"", &all[1..2]),
        ("territory: \"FR\", text: \"olcans\"", &[]),
        // What is no letter restricts nothing, and is no wildcard.
        ("territory: \"FR\", text: \"%_\"", &all),
        ("territory: \"FR\", text: \"v%\"", &["Vivre à 100 %", "Les volcans d'Auvergne"]),
    ] {
        let answer = listed(&house, arguments).await;
        assert_eq!(titles(&answer), wanted, "{arguments}");
        assert_eq!(answer["data"]["sharedProductions"]["totalCount"], wanted.len(), "{arguments}");
    }
    for bad in [
        "territory: \"BORDEAUX\"",
        "territory: \"FR\", schoolYear: \"2018\"",
        "territory: \"FR\", first: 101",
        "territory: \"FR\", first: -1",
    ] {
        let answer = listed(&house, bad).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{bad}: {answer:#}");
    }
}

#[rstest]
#[tokio::test]
async fn by_title_page_by_page(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    // Three bear one title: their places differ all the same.
    for title in ["Zoo", "école", "Été", "Zoo", "arbre", "Zoo"] {
        house.shared(title, Audience::Public).await;
    }
    house.subgraph.by(Principal::anonymous());
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = house
            .subgraph
            .ask(
                "query ($after: String) { sharedProductions(territory: \"FR\", orderBy: TITLE, first: 2, after: $after) \
                 { pageInfo { hasNextPage endCursor } edges { node { title } } } }",
                json!({ "after": after }),
            )
            .await;
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        let info = &page["data"]["sharedProductions"]["pageInfo"];
        if info["hasNextPage"] != true {
            break;
        }
        after = info["endCursor"].clone();
    }
    assert_eq!(seen, ["arbre", "école", "Été", "Zoo", "Zoo", "Zoo"]);
    let answer = listed(&house, &format!("territory: \"FR\", after: {after}")).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "a cursor of another order: {answer:#}");
}
