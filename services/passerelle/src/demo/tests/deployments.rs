//! Organisations, projects and deployments.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::TerritoryId;

use super::{Row, demo, is_college, is_ecole, is_lycee, is_public, tally};

/// UAI of the establishments that `is` holds for.
fn uais<'a>(rows: impl IntoIterator<Item = &'a Row>, is: impl Fn(&Row) -> bool) -> HashSet<&'a str> {
    rows.into_iter().filter(|row| is(row)).map(|row| row["Identifiant_de_l_etablissement"].as_str()).collect()
}

#[test]
fn projects_name_what_stands_before_them() {
    let demo = demo();
    let organisations: HashSet<&str> = demo.organisations.iter().map(|row| row["organisation"].as_str()).collect();
    assert_eq!(organisations.len(), demo.organisations.len());
    assert!(demo.organisations.iter().all(|row| row["territory"].parse::<TerritoryId>().is_ok()));
    let mut before = HashSet::new();
    for row in &demo.projects {
        assert!(row["owners"].split(',').all(|owner| organisations.contains(owner)), "{row:?}");
        let next = row["succeeded_by"].as_str();
        assert!(next.is_empty() || before.contains(next), "{row:?}");
        assert!(row["vendor"].is_empty() && row["url"].is_empty());
        assert!(before.insert(row["project"].as_str()), "{row:?}");
    }
    assert!(demo.deployments.iter().all(|row| before.contains(row["project"].as_str()) && row["status"] == "OPEN"));
    let keys = tally(demo.deployments.iter().map(|row| (&row["uai"], &row["project"], &row["school_year"])));
    assert!(keys.values().all(|count| *count == 1));
}

#[test]
fn a_project_is_open_where_its_degree_is() {
    let demo = demo();
    let degrees: HashMap<&str, &str> =
        demo.projects.iter().map(|row| (row["project"].as_str(), row["degrees"].as_str())).collect();
    let by_uai = demo.by_uai();
    for row in &demo.deployments {
        let degree = if is_ecole(by_uai[row["uai"].as_str()]) { "FIRST" } else { "SECOND" };
        assert_eq!(degrees[row["project"].as_str()], degree, "{row:?}");
    }
    let per_year = tally(demo.deployments.iter().map(|row| (&row["uai"], &row["school_year"])));
    assert!(per_year.values().all(|count| *count == 1), "no establishment has two ENTs in one year");
}

#[test]
fn alienor_is_open_in_1606_of_2696_ecoles() {
    let demo = demo();
    let said: Vec<&Row> = demo
        .deployments
        .iter()
        .filter(|row| row["project"] == "alienor" && row["school_year"] == "2017-2018")
        .collect();
    assert_eq!(said.len(), 1606);
    let undated =
        |row: &&Row| row["observed_on"].is_empty() && row["provenance"] == "OFFICIAL" && row["source"].contains("1606");
    assert!(said.iter().all(undated));
    let first = demo.open(Some("alienor"), "2017-2018");
    assert!(first.is_subset(&uais(demo.of_academy("04"), is_ecole)));
    for year in ["2018-2019", "2020-2021"] {
        let later = demo.open(Some("alienor"), year);
        assert!(first.is_subset(&later) && first.len() < later.len(), "{year}");
    }
}

#[test]
fn argos_is_open_in_the_public_colleges_of_bordeaux() {
    let demo = demo();
    let colleges = uais(demo.of_academy("04"), |row| is_college(row) && is_public(row));
    assert_eq!(demo.open(Some("argos"), "2017-2018"), colleges);
    assert_eq!(demo.open(Some("argos"), "2018-2019"), colleges);
}

#[test]
fn montpellier_has_its_ent_everywhere_in_the_second_degree_and_in_three_ecoles_of_five() {
    let demo = demo();
    let all = uais(demo.of_academy("11"), |row| is_college(row) || is_lycee(row));
    assert_eq!((all.len(), demo.open(Some("ent-2d-montpellier"), "2017-2018")), (280, all));
    let ecoles = uais(demo.of_academy("11"), is_ecole);
    let open = demo.open(Some("ent-ecole-montpellier"), "2018-2019");
    let permille = 1000 * open.len() / ecoles.len();
    assert!(open.is_subset(&ecoles) && (601..620).contains(&permille), "{permille}");
}

#[test]
fn the_region_is_under_way() {
    let demo = demo();
    let region: Vec<&Row> = demo.annuaire.iter().filter(|row| row["Code_region"] == "75" && is_public(row)).collect();
    let any = demo.open(None, "2020-2021");
    let permille = |all: &HashSet<&str>, some: &HashSet<&str>| 1000 * all.intersection(some).count() / all.len();
    let ecoles = permille(&uais(region.iter().copied(), is_ecole), &any);
    assert!((430..470).contains(&ecoles), "{ecoles}");
    let connected = demo.open(Some("lycee-connecte"), "2020-2021");
    let lycees = permille(&uais(region.iter().copied(), is_lycee), &connected);
    assert!((880..920).contains(&lycees), "{lycees}");
    let departments: BTreeSet<&str> = region.iter().map(|row| row["Code_departement"].as_str()).collect();
    assert_eq!(departments.len(), 12);
    for department in departments {
        let here = || region.iter().copied().filter(|row| row["Code_departement"] == department);
        let share = |is: fn(&Row) -> bool| permille(&uais(here(), is), &connected);
        assert!(share(is_lycee) > 0, "{department}");
        let wanted = if ["016", "086"].contains(&department) { 600..1000 } else { 0..1 };
        assert!(wanted.contains(&share(is_college)), "{department}");
    }
}

#[test]
fn only_what_a_roadmap_counts_is_official() {
    let demo = demo();
    let official = tally(
        demo.deployments
            .iter()
            .filter(|row| row["provenance"] != "SIMULATED")
            .map(|row| (row["project"].as_str(), row["school_year"].as_str(), row["provenance"].as_str())),
    );
    let wanted = [(("alienor", "2017-2018", "OFFICIAL"), 1606), (("ent-2d-montpellier", "2017-2018", "OFFICIAL"), 280)];
    assert_eq!(official, BTreeMap::from(wanted));
}
