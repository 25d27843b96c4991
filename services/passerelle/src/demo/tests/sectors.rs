//! The carte scolaire.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Row, demo, is_college, is_ecole, is_public, tally};

/// Écoles that have a sector: public, no maternelle, in Nouvelle-Aquitaine.
fn has_sector(row: &Row) -> bool {
    is_ecole(row) && is_public(row) && row["code_nature"] != "101" && row["Code_region"] == "75"
}

#[test]
fn every_public_ecole_of_nouvelle_aquitaine_has_a_sector_and_some_have_two() {
    let demo = demo();
    let mut sectors: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for row in &demo.sectors {
        assert!(sectors.entry(&row["ecole"]).or_default().insert(&row["college"]), "{row:?} twice");
    }
    let ecoles: Vec<&str> = demo
        .annuaire
        .iter()
        .filter(|row| has_sector(row))
        .map(|row| row["Identifiant_de_l_etablissement"].as_str())
        .collect();
    assert_eq!(sectors.keys().copied().collect::<HashSet<_>>(), ecoles.iter().copied().collect());
    let sizes = tally(sectors.values().map(HashSet::len));
    assert!(sizes.keys().eq(&[1, 2]) && sizes[&2] > 100 && sizes[&1] > 4 * sizes[&2], "{sizes:?}");
}

#[test]
fn a_sector_is_that_of_a_public_college_of_the_commune_or_else_of_the_departement() {
    let demo = demo();
    let by_uai = demo.by_uai();
    let colleges = || demo.annuaire.iter().filter(|row| is_college(row) && is_public(row));
    let with_college: HashSet<&str> = colleges().map(|row| row["Code_commune"].as_str()).collect();
    for row in &demo.sectors {
        let (ecole, college) = (by_uai[row["ecole"].as_str()], by_uai[row["college"].as_str()]);
        assert!(is_college(college) && is_public(college), "{row:?}");
        assert_eq!(ecole["Code_departement"], college["Code_departement"]);
        if with_college.contains(ecole["Code_commune"].as_str()) {
            assert_eq!(ecole["Code_commune"], college["Code_commune"]);
        }
    }
}

#[test]
fn every_public_college_of_a_commune_has_ecoles() {
    let demo = demo();
    let fed: HashMap<&str, usize> = demo.sectors.iter().fold(HashMap::new(), |mut fed, row| {
        *fed.entry(row["college"].as_str()).or_default() += 1;
        fed
    });
    let without = demo
        .annuaire
        .iter()
        .filter(|row| row["Code_region"] == "75" && is_college(row) && is_public(row))
        .filter(|row| !fed.contains_key(row["Identifiant_de_l_etablissement"].as_str()))
        .count();
    assert!(without * 20 < fed.len(), "{without} collèges without an école, {} with", fed.len());
}
