//! One service down: every production is still listed, and errors name what is missing.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::client::ask_as;
use testkit::stack::{Database, Site};

use super::TERRITORY;
use super::answer::{QUERY, nodes};

async fn page(url: &str, token: &str) -> Value {
    ask_as(url, Some(token), QUERY, json!({ "territory": TERRITORY, "first": 50 })).await
}

/// What is there whatever else is not: productions alone tell it.
fn own(node: &Value) -> Value {
    let participants = node["participants"].as_array().expect("participants");
    let participants: Vec<Value> =
        participants.iter().map(|one| json!([one["label"], one["level"], one["establishment"]["uai"]])).collect();
    let exports = node["exports"].as_array().map(Vec::len);
    json!([
        node["id"],
        node["title"],
        node["cycles"],
        node["audience"],
        node["establishmentUais"],
        participants,
        exports
    ])
}

/// The fields that a service gives.
fn of_service(service: &str, node: &Value) -> Vec<Value> {
    let places = || node["establishments"].as_array().expect("establishments").iter();
    match service {
        "users" => vec![node["author"]["id"].clone(), node["author"]["displayName"].clone()],
        "establishments" => places().flat_map(|place| [place["name"].clone(), place["degree"].clone()]).collect(),
        _ => places().map(|place| place["accounts"].clone()).collect(),
    }
}

#[tokio::test]
async fn each_service_in_turn() {
    let site = Site::new(Database::Sqlite);
    assert!(site.in_process(true).stop());
    let token = site.token(&["demo", "portail-bordeaux"]);
    let mut roles = site.over_http();
    let whole = page(&roles.url(), &token).await;
    assert_eq!(whole["errors"], Value::Null, "{whole:#}");
    let whole = nodes(&whole["data"]["sharedProductions"]);
    let services = ["users", "establishments", "activation"];
    for stopped in services {
        let name = *roles.subgraphs.keys().find(|name| **name == stopped).expect("a service of this house");
        roles.subgraph(stopped).kill();
        let answer = page(&roles.url(), &token).await;
        let left = nodes(&answer["data"]["sharedProductions"]);
        let told = |nodes: &[Value]| -> Vec<Value> { nodes.iter().map(own).collect() };
        assert_eq!(told(&left), told(&whole), "without {stopped} every production is listed");
        for service in services {
            let given =
                |nodes: &[Value]| -> Vec<Value> { nodes.iter().flat_map(|node| of_service(service, node)).collect() };
            // An establishment without its name, which is never null, is null itself, with what others say of it.
            if service == stopped || (stopped, service) == ("establishments", "activation") {
                assert!(given(&left).iter().all(Value::is_null) && !given(&whole).iter().all(Value::is_null));
            } else {
                assert_eq!(given(&left), given(&whole), "without {stopped}, {service} answers all the same");
            }
        }
        let errors = answer["errors"].as_array().expect("errors");
        let named: BTreeSet<(&str, &str)> = errors
            .iter()
            .map(|error| &error["extensions"])
            .filter_map(|extensions| Some((extensions["code"].as_str()?, extensions["service"].as_str()?)))
            .collect();
        assert_eq!(named, [("UPSTREAM_UNAVAILABLE", stopped)].into(), "{errors:#?}");
        assert!(errors.iter().all(|error| error["path"][0] == "sharedProductions"), "{errors:#?}");

        // It comes back at another address: a gateway that knows it answers whole again.
        roles.subgraphs.insert(name, vec![site.subgraph(name)]);
        roles.gateways = vec![site.gateway(roles.subgraphs.iter().map(|(name, all)| (*name, &all[0])))];
        assert_eq!(page(&roles.url(), &token).await["errors"], Value::Null, "{stopped} is back");
    }
    roles.subgraph("productions").kill();
    let answer = page(&roles.url(), &token).await;
    assert_eq!(answer["data"], Value::Null, "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"], json!({ "code": "UPSTREAM_UNAVAILABLE", "service": "productions" }));
}
