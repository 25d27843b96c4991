//! The directory and the communes.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Row, demo, is_college, is_ecole, is_lycee, is_public, tally};

/// Départements of each académie of Nouvelle-Aquitaine.
const NOUVELLE_AQUITAINE: [(&str, &[&str]); 3] = [
    ("04", &["024", "033", "040", "047", "064"]),
    ("22", &["019", "023", "087"]),
    ("13", &["016", "017", "079", "086"]),
];

#[test]
fn the_header_is_that_of_2026() {
    let demo = demo();
    let row = &demo.annuaire[0];
    assert_eq!(row.len(), 71);
    assert!(
        row.contains_key("Code_postal") && row.contains_key("code_circonscription") && row.contains_key("multi_uai")
    );
    assert!(!row.contains_key("Nombre_d_eleves") && !row.contains_key("Code postal"));
}

#[test]
fn the_academies_have_the_sizes_of_their_roadmaps() {
    let demo = demo();
    let count = |academy: &str, is: fn(&Row) -> bool| demo.of_academy(academy).filter(|row| is(row)).count();
    assert_eq!(count("04", is_ecole), 2696);
    let second_degree = |academy| count(academy, |row| is_college(row) || is_lycee(row));
    assert_eq!((second_degree("04"), second_degree("22"), second_degree("13")), (549, 139, 303));
    assert!((600..700).contains(&count("22", is_ecole)) && (1150..1300).contains(&count("13", is_ecole)));
    assert!((7_300..8_500).contains(&demo.annuaire.len()), "{}", demo.annuaire.len());
    for (academy, departments) in NOUVELLE_AQUITAINE {
        let found: HashSet<&str> = demo.of_academy(academy).map(|row| row["Code_departement"].as_str()).collect();
        assert_eq!(found, departments.iter().copied().collect());
        assert!(demo.of_academy(academy).all(|row| row["Code_region"] == "75"));
        // A section would be counted among the lycées where no perimeter is given.
        assert!(demo.of_academy(academy).all(|row| row["Type_etablissement"] != "Lycée" || is_lycee(row)));
        for department in departments {
            let has = |is: fn(&Row) -> bool| {
                let public =
                    demo.of_academy(academy).filter(|row| is_public(row) && row["Code_departement"] == *department);
                public.filter(|row| is(row)).count() > 0
            };
            assert!(has(is_college) && has(is_lycee), "{department}");
        }
    }
}

#[test]
fn montpellier_has_the_numbers_of_its_table() {
    let demo = demo();
    let by_department = |is: fn(&Row) -> bool| -> BTreeMap<&str, usize> {
        tally(demo.of_academy("11").filter(|row| is(row)).map(|row| row["Code_departement"].as_str()))
    };
    let table = |numbers: [usize; 5]| -> BTreeMap<&str, usize> {
        ["011", "030", "034", "048", "066"].into_iter().zip(numbers).collect()
    };
    let elementaires = by_department(|row| is_ecole(row) && ["151", "153"].contains(&row["code_nature"].as_str()));
    assert_eq!(elementaires, table([265, 358, 391, 75, 178]));
    assert_eq!(by_department(is_college), table([28, 54, 77, 12, 31]));
    assert_eq!(by_department(is_lycee), table([10, 19, 32, 4, 13]));
    let maternelles = by_department(|row| is_ecole(row) && row["code_nature"] == "101");
    let sections = by_department(|row| row["Type_etablissement"] == "Lycée" && !is_lycee(row));
    assert_eq!((maternelles.len(), sections.len()), (5, 5));
    assert!(demo.of_academy("11").all(|row| row["Code_region"] == "76"));
}

#[test]
fn every_ecole_names_a_circonscription_of_its_departement() {
    let demo = demo();
    let of_nature = |nature: &'static str| demo.annuaire.iter().filter(move |row| row["code_nature"] == nature);
    let circonscriptions: HashMap<&str, &Row> =
        of_nature("809").map(|row| (row["Identifiant_de_l_etablissement"].as_str(), row)).collect();
    for ecole in demo.annuaire.iter().filter(|row| is_ecole(row)) {
        let circonscription = circonscriptions[ecole["code_circonscription"].as_str()];
        assert_eq!(circonscription["Nom_etablissement"], ecole["nom_circonscription"]);
        assert_eq!(circonscription["Code_departement"], ecole["Code_departement"]);
    }
    let names: HashSet<(&str, &str)> = circonscriptions
        .values()
        .map(|row| (row["Code_departement"].as_str(), row["Nom_etablissement"].as_str()))
        .collect();
    assert_eq!(names.len(), circonscriptions.len(), "a name stands for one circonscription of its département");
    let departments: HashSet<&str> = names.iter().map(|(department, _)| *department).collect();
    assert_eq!(departments.len(), 17);
    assert!(circonscriptions.values().all(|row| row["Type_etablissement"] == "Service Administratif"));
}

#[test]
fn flags_natures_and_dates_agree() {
    let demo = demo();
    for row in &demo.annuaire {
        let flags = (row["Ecole_maternelle"].as_str(), row["Ecole_elementaire"].as_str());
        match row["code_nature"].as_str() {
            "101" => assert_eq!(flags, ("1", "0")),
            "151" | "153" => assert_eq!(flags.1, "1"),
            _ => assert_eq!(flags, ("", "")),
        }
        assert!(row["date_ouverture"].as_str() < "2010", "{row:?}");
        assert_eq!((row["date_maj_ligne"].as_str(), row["etat"].as_str()), ("2026-05-15", "OUVERT"));
        assert_eq!(row["Code_departement"], row["Identifiant_de_l_etablissement"][..3]);
        assert_eq!(row["Code_commune"][..2], row["Code_departement"][1..]);
        assert_eq!(row["position"], format!("{}, {}", row["latitude"], row["longitude"]));
        let (latitude, longitude): (f64, f64) =
            (row["latitude"].parse().expect("a number"), row["longitude"].parse().expect("a number"));
        assert!((42.0..47.5).contains(&latitude) && (-2.0..5.0).contains(&longitude), "{row:?}");
    }
    let natures = tally(demo.annuaire.iter().map(|row| row["code_nature"].as_str()));
    assert!(["153", "302", "306", "320"].iter().all(|nature| natures[nature] > 10));
}

#[test]
fn no_name_stands_twice_in_a_commune() {
    let demo = demo();
    let names = tally(demo.annuaire.iter().map(|row| (&row["Code_commune"], &row["Nom_etablissement"])));
    assert!(names.values().all(|count| *count == 1));
}

#[test]
fn every_commune_has_one_intercommunalite() {
    let demo = demo();
    let communes = tally(demo.intercommunalites.iter().map(|row| row["CODGEO"].as_str()));
    assert!(communes.values().all(|count| *count == 1));
    assert!(demo.annuaire.iter().all(|row| communes.contains_key(row["Code_commune"].as_str())));
    let by_department = tally(communes.keys().map(|commune| &commune[..2]));
    assert!(
        by_department.len() == 17 && by_department.values().all(|count| (6..=12).contains(count)),
        "{by_department:?}"
    );
    let names: HashMap<&str, &str> =
        demo.intercommunalites.iter().map(|row| (row["EPCI"].as_str(), row["LIBEPCI"].as_str())).collect();
    assert!(demo.intercommunalites.iter().all(|row| names[row["EPCI"].as_str()] == row["LIBEPCI"]));
    assert!(names.keys().all(|siren| siren.len() == 9 && siren.bytes().all(|byte| byte.is_ascii_digit())));
}
