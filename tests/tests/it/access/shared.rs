//! Rules on values: who sees a production by its audience and state, and who gets more out of the same field.

use std::collections::BTreeSet;

use serde_json::Value;
use service_kit::access::ACCESS;
use testkit::stack::Site;

use super::ask;
use super::callers::{Caller, Thing};
use super::scene::Scene;

/// Productions asked for at once.
const AT_ONCE: usize = 50;

/// Those of `ids` that the caller sees.
async fn seen(url: &str, caller: &Caller, ids: &[String]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for ids in ids.chunks(AT_ONCE) {
        let fields: Vec<String> =
            ids.iter().enumerate().map(|(at, id)| format!("p{at}: production(id: \"{id}\") {{ id }}")).collect();
        let (data, _) = ask(url, caller, &format!("{{ {} }}", fields.join(" "))).await;
        let found = data.as_object().expect("data").values().filter_map(|node| node["id"].as_str());
        seen.extend(found.map(str::to_owned));
    }
    seen
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

pub(super) async fn audiences(site: &Site, url: &str, callers: &[Caller], scene: &Scene) {
    // In Bordeaux alone, with Aliénor, and without anybody who is looked at here.
    let where_to = format!(
        "EXISTS (SELECT 1 FROM productions.participants a JOIN productions.place_deployments d ON d.uai = a.uai \
         AND d.project_id = 'alienor' AND d.school_year = p.school_year WHERE a.production_id = p.id) \
         AND NOT EXISTS (SELECT 1 FROM productions.participants a JOIN productions.participants b ON b.person_id = a.person_id \
         WHERE a.production_id = p.id AND b.production_id = '{}') \
         AND NOT EXISTS (SELECT 1 FROM productions.participants a JOIN productions.place_periods e ON e.uai = a.uai \
         WHERE a.production_id = p.id AND e.academy_id <> 'ACA-04')",
        scene.production
    );
    for (condition, value) in [
        ("p.status = 'DRAFT'", "Production: not published"),
        ("p.status = 'WITHDRAWN'", "Production: not published"),
        ("p.status = 'PUBLISHED' AND p.audience = 'PARTICIPANTS'", "Production: PARTICIPANTS"),
        ("p.status = 'PUBLISHED' AND p.audience = 'TERRITORY_STAFF'", "Production: TERRITORY_STAFF"),
        ("p.status = 'PUBLISHED' AND p.audience = 'TERRITORY_MEMBERS'", "Production: TERRITORY_MEMBERS"),
        ("p.status = 'PUBLISHED' AND p.audience = 'PUBLIC'", "Production: PUBLIC"),
    ] {
        let ids =
            lines(&site.psql(&format!("SELECT p.id FROM productions.productions p WHERE {condition} AND {where_to}")));
        assert!(!ids.is_empty(), "the demonstration has one with {condition}");
        for caller in callers {
            let seers = caller.seers(Thing::Other);
            let wanted: BTreeSet<String> =
                if ACCESS.admits(value, &seers) { ids.iter().cloned().collect() } else { BTreeSet::new() };
            assert_eq!(seen(url, caller, &ids).await, wanted, "{}: {condition}", caller.name);
        }
    }
}

/// A list and a single look-up say the same: they are two ways of the code.
pub(super) async fn lists_hold_what_may_be_seen(site: &Site, url: &str, callers: &[Caller]) {
    let shared = "SELECT id FROM productions.productions WHERE status = 'PUBLISHED' AND audience <> 'PARTICIPANTS'";
    let ids = lines(&site.psql(shared));
    for caller in callers {
        let mut listed = BTreeSet::new();
        let mut after = String::new();
        let total: Value = loop {
            let list = format!(
                "{{ sharedProductions(territory: \"FR\", first: 100{after}) {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ id }} }} }} }}"
            );
            let (data, _) = ask(url, caller, &list).await;
            let page = &data["sharedProductions"];
            let edges = page["edges"].as_array().expect("edges").iter();
            listed.extend(edges.filter_map(|edge| Some(edge["node"]["id"].as_str()?.to_owned())));
            let total = page["totalCount"].clone();
            if page["pageInfo"]["hasNextPage"] != true {
                break total;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        };
        assert_eq!(listed, seen(url, caller, &ids).await, "{}", caller.name);
        assert_eq!(total, listed.len(), "{}", caller.name);
    }
}

pub(super) async fn values(url: &str, callers: &[Caller], scene: &Scene) {
    let (rare, at) = &scene.rare;
    let mut seen = [0; 3];
    for caller in callers {
        let (data, _) =
            ask(url, caller, &format!("{{ production(id: \"{}\") {{ author {{ displayName }} }} }}", scene.production))
                .await;
        if let Some(name) = data["production"]["author"]["displayName"].as_str() {
            let told = ACCESS.admits("User.displayName: the name, and not a label", &caller.seers(Thing::Author));
            assert_eq!(name != "Enseignant ou enseignante", told, "{}: {name}", caller.name);
            seen[0] += 1;
        }
        let figure = format!(
            "{{ establishment(uai: \"{}\") {{ indicator(code: ACCOUNT_ACTIVATION, schoolYear: \"2018-2019\") {{ rounded }} }} }}",
            scene.ecole
        );
        let (data, _) = ask(url, caller, &figure).await;
        if let Some(rounded) = data["establishment"]["indicator"]["rounded"].as_bool() {
            let exactly = ACCESS.admits("Measure: counts of people exactly", &caller.seers(Thing::Ecole));
            assert_eq!(!rounded, exactly, "{}", caller.name);
            seen[1] += 1;
        }
        let (data, _) =
            ask(url, caller, &format!("{{ production(id: \"{rare}\") {{ participants {{ level {{ name }} }} }} }}"))
                .await;
        if let Some(participants) = data["production"]["participants"].as_array() {
            let told = ACCESS.admits("Participant.level: shared by fewer than 5", &caller.seers(Thing::Other));
            assert_eq!(participants[*at]["level"].is_object(), told, "{}", caller.name);
            seen[2] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 3), "several callers see each: {seen:?}");
}
