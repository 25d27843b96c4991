//! All pages of the portal's query, and what must hold for each production of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::client::ask_as;

use super::TERRITORY;

pub(crate) const QUERY: &str = include_str!("../../../queries/cycle3_portal.graphql");

/// What a portal lists.
#[derive(Debug, PartialEq)]
pub(crate) struct Listed {
    pub(crate) nodes: Vec<Value>,
    total: Value,
}

/// Fetches page by page; no answer may have an error.
pub(crate) async fn list(url: &str, token: &str, first: usize) -> Listed {
    let mut listed = Listed { nodes: Vec::new(), total: Value::Null };
    let mut after = Value::Null;
    loop {
        let variables = json!({ "territory": TERRITORY, "first": first, "after": after });
        let answer = ask_as(url, Some(token), QUERY, variables).await;
        assert_eq!(answer["errors"], Value::Null, "{answer:#}");
        let page = &answer["data"]["sharedProductions"];
        listed.total = page["totalCount"].clone();
        listed.nodes.extend(nodes(page).into_iter().map(without_host));
        if page["pageInfo"]["hasNextPage"] != true {
            return listed;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

pub(crate) fn nodes(page: &Value) -> Vec<Value> {
    page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect()
}

/// Links begin with the address of whoever answers.
fn without_host(mut node: Value) -> Value {
    for export in node["exports"].as_array_mut().expect("exports") {
        let url = export["url"].as_str().expect("a link");
        export["url"] = json!(&url[url.find("/files/").expect("under /files")..]);
    }
    node
}

impl Listed {
    /// Pseudonyms of the authors who are known to the portal, by production.
    pub(crate) fn authors(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.nodes.iter().filter_map(|node| Some((text(&node["id"])?, text(&node["author"]["id"])?))).collect()
    }

    pub(crate) fn check(&self) {
        let ids: BTreeSet<&str> = self.nodes.iter().filter_map(|node| node["id"].as_str()).collect();
        assert_eq!(
            (ids.len(), &self.total),
            (self.nodes.len(), &json!(self.nodes.len())),
            "each once, and all of them"
        );
        assert!(self.nodes.len() > 200, "{}", self.nodes.len());
        for node in &self.nodes {
            production(node);
        }
        let places: Vec<&Value> = self.nodes.iter().flat_map(|node| items(&node["establishments"])).collect();
        let projects: BTreeSet<&str> = places.iter().filter_map(|place| place["entProject"]["name"].as_str()).collect();
        assert!(projects.is_superset(&["Aliénor", "Argos"].into()), "{projects:?}");
        let counted: Vec<&Value> =
            places.iter().map(|place| &place["accounts"]).filter(|figure| figure["rate"].is_number()).collect();
        assert!(counted.len() * 5 >= places.len() * 4, "{} of {} have accounts", counted.len(), places.len());
        let rates: BTreeSet<String> = counted.iter().map(|figure| figure["rate"].to_string()).collect();
        assert!(rates.len() > 10, "{}", rates.len());
        self.levels();
        assert!(self.authors().len() * 2 > self.nodes.len(), "most authors are teachers, whom a portal may know");
        assert!(self.nodes.iter().any(|node| node["author"].is_null()), "some are pupils, whom it may not");
    }

    /// A level that fewer than five pupils of a school share is not shown, and one that five share is.
    fn levels(&self) {
        let (mut shown, mut withheld) = (0, 0);
        for node in &self.nodes {
            let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
            for one in items(&node["participants"]) {
                match one["level"]["name"].as_str() {
                    Some(level) => {
                        *seen.entry((one["establishment"]["uai"].as_str().expect("a place"), level)).or_default() += 1;
                    }
                    None if one["label"].as_str().is_some_and(|label| label.starts_with("Élève")) => withheld += 1,
                    None => {}
                }
            }
            assert!(seen.values().all(|count| *count >= 5), "{node:#}");
            shown += seen.len();
        }
        assert!(shown > 0 && withheld > 0, "{shown} {withheld}");
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().expect("a list").iter()
}

fn production(node: &Value) {
    let uais: BTreeSet<&str> = items(&node["establishmentUais"]).filter_map(Value::as_str).collect();
    let places: BTreeSet<&str> = items(&node["establishments"]).filter_map(|place| place["uai"].as_str()).collect();
    assert_eq!(uais, places, "{node:#}");
    let degrees: BTreeSet<&str> = items(&node["establishments"]).filter_map(|place| place["degree"].as_str()).collect();
    assert_eq!(degrees, ["FIRST", "SECOND"].into(), "{node:#}");
    assert!(items(&node["cycles"]).any(|cycle| cycle == "CYCLE_3"), "{node:#}");
    assert!(items(&node["establishments"]).any(|place| place["academy"]["id"] == TERRITORY), "{node:#}");
    assert_ne!(node["audience"], "PARTICIPANTS");
    assert!(items(&node["exports"]).count() > 0, "{node:#}");
    let labels: BTreeSet<&str> = items(&node["participants"]).filter_map(|one| one["label"].as_str()).collect();
    assert!(labels.len() > 1 && labels.len() == items(&node["participants"]).count(), "numbered, each once: {node:#}");
    if node["author"].is_object() {
        assert_eq!(node["author"]["displayName"], "Enseignant ou enseignante", "a portal learns no name");
        assert_eq!(node["author"]["profiles"], json!(["TEACHER"]), "and no pupil");
    }
    for place in items(&node["establishments"]) {
        assert!(place["name"].is_string() && place["commune"]["name"].is_string(), "{place:#}");
        accounts(&place["accounts"]);
    }
}

fn accounts(figure: &Value) {
    for count in [&figure["numerator"], &figure["denominator"]] {
        assert!(
            count.is_null() || count.as_f64().is_some_and(|count| count >= 5.0 && count % 5.0 == 0.0),
            "{figure:#}"
        );
    }
    if let (Some(part), Some(whole)) = (figure["numerator"].as_f64(), figure["denominator"].as_f64()) {
        assert_eq!(figure["rate"].as_f64(), Some(part / whole), "of the rounded pair: {figure:#}");
        assert!(part <= whole);
    } else {
        assert_eq!(figure["rate"], Value::Null);
    }
}
