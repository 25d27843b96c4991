//! Observations and targets.

use std::collections::{BTreeMap, HashSet};

use kernel::TerritoryId;

use super::{Row, demo, is_college, is_ecole, is_lycee, tally};

/// The observed establishments that `is` holds for, by status.
fn statuses<'a>(observed: &[(&'a Row, &'a Row)], is: impl Fn(&Row) -> bool) -> BTreeMap<&'a str, usize> {
    tally(observed.iter().filter(|(establishment, _)| is(establishment)).map(|(_, row)| row["status"].as_str()))
}

/// The counts that a source's table gives.
fn table_of<const N: usize>(words: [&str; N], counts: [usize; N]) -> BTreeMap<&str, usize> {
    words.into_iter().zip(counts).collect()
}

/// Numbers by département of Montpellier.
fn by_department(observed: &[(&Row, &Row)], is: fn(&Row) -> bool) -> Vec<usize> {
    let found = observed.iter().filter(|(establishment, _)| is(establishment));
    tally(found.map(|(establishment, _)| establishment["Code_departement"].clone())).into_values().collect()
}

#[test]
fn pix_orga_is_the_table_of_the_roadmap() {
    let demo = demo();
    let (state, campaign) = (demo.observed("PIX_ORGA_STATE"), demo.observed("PIX_ORGA_CAMPAIGN"));
    let table = [("4", [20, 17, 55, 457], 457), ("22", [4, 11, 20, 104], 109), ("13", [11, 35, 40, 217], 250)];
    for (academy, counts, launched) in table {
        let here = |row: &Row| row["Code_academie"] == academy;
        let words = ["NOT_ACTIVATED", "NOT_IMPORTED", "IMPORTED", "ACTIVE"];
        assert_eq!(statuses(&state, here), table_of(words, counts));
        let total: usize = counts.iter().sum();
        let wanted = BTreeMap::from([("LAUNCHED", launched), ("NOT_LAUNCHED", total - launched)]);
        assert_eq!(statuses(&campaign, here), wanted);
    }
    for observed in [&state, &campaign] {
        let second_degree =
            demo.annuaire.iter().filter(|row| row["Code_region"] == "75" && (is_college(row) || is_lycee(row)));
        let uais: HashSet<&str> = observed.iter().map(|(_, row)| row["uai"].as_str()).collect();
        assert_eq!((uais.len(), observed.len(), second_degree.count()), (991, 991, 991));
        assert!(observed.iter().all(|(establishment, _)| is_college(establishment) || is_lycee(establishment)));
        let dated = |row: &Row| row["school_year"] == "2020-2021" && row["observed_on"] == "2021-01-31";
        assert!(observed.iter().all(|(_, row)| dated(row) && row["provenance"] == "OFFICIAL"));
    }
}

#[test]
fn who_launched_a_campaign_is_active_or_has_imported() {
    let demo = demo();
    let with = |indicator: &str, academy: &str, statuses: &[&str]| -> HashSet<String> {
        let rows =
            demo.observed(indicator).into_iter().filter(|(establishment, _)| establishment["Code_academie"] == academy);
        rows.filter(|(_, row)| statuses.contains(&row["status"].as_str())).map(|(_, row)| row["uai"].clone()).collect()
    };
    for academy in ["4", "22", "13"] {
        let (active, launched) =
            (with("PIX_ORGA_STATE", academy, &["ACTIVE"]), with("PIX_ORGA_CAMPAIGN", academy, &["LAUNCHED"]));
        assert!(active.is_subset(&launched));
        assert!(launched.is_subset(&with("PIX_ORGA_STATE", academy, &["ACTIVE", "IMPORTED"])));
        assert_eq!(active == launched, academy == "4");
    }
}

#[test]
fn the_label_is_the_table_of_the_roadmap() {
    let demo = demo();
    let label = demo.observed("DIGITAL_LABEL");
    let levels = |counts| table_of(["LEVEL_1", "LEVEL_2", "LEVEL_3"], counts);
    assert_eq!(statuses(&label, is_college), levels([48, 59, 25]));
    assert_eq!(statuses(&label, is_lycee), levels([54, 17, 7]));
    assert_eq!(by_department(&label, is_college), [21, 32, 43, 11, 25]);
    assert_eq!(by_department(&label, is_lycee), [10, 19, 32, 4, 13]);
    assert_eq!(label.len(), 132 + 78, "one row each, and none for a section");
}

#[test]
fn the_programmes_are_the_table_of_the_roadmap() {
    let demo = demo();
    let programme = demo.observed("DIGITAL_PROGRAMME");
    assert_eq!(by_department(&programme, is_ecole), [10, 17, 10, 2, 27]);
    assert_eq!(by_department(&programme, is_college), [5, 13, 4, 2, 18]);
    assert_eq!(statuses(&programme, |_| true), BTreeMap::from([("YES", 66 + 42)]));
    assert!(
        programme
            .iter()
            .all(|(establishment, _)| ["151", "153", "340"].contains(&establishment["code_nature"].as_str()))
    );
    for (establishment, row) in programme.iter().chain(&demo.observed("DIGITAL_LABEL")) {
        assert_eq!(establishment["Code_academie"], "11");
        assert_eq!((row["school_year"].as_str(), row["observed_on"].as_str()), ("2017-2018", "2018-06-28"));
        assert!(row["provenance"] == "OFFICIAL" && row["source"].contains("Montpellier"));
    }
}

#[test]
fn what_no_document_gives_is_simulated() {
    let demo = demo();
    let schematic = demo.observed("SCHEMATIC_USE");
    let used = statuses(&schematic, |_| true);
    assert_eq!((used.len(), used["USED"] + used["NOT_USED"]), (2, 991));
    let certification = demo.observed("PIX_CERTIFICATION");
    assert_eq!(certification.len(), 991);
    for (establishment, row) in certification {
        let (part, whole): (u32, u32) =
            (row["numerator"].parse().expect("a number"), row["denominator"].parse().expect("a number"));
        assert!(part <= whole && whole > 0 && row["status"].is_empty());
        assert!(is_college(establishment) || is_lycee(establishment));
    }
    let simulated = ["SCHEMATIC_USE", "PIX_CERTIFICATION", "ACCOUNT_ACTIVATION"];
    for row in &demo.observations {
        assert_eq!(row["provenance"] == "SIMULATED", simulated.contains(&row["indicator"].as_str()));
        assert_eq!(row["numerator"].is_empty(), !simulated[1..].contains(&row["indicator"].as_str()));
    }
    let keys = tally(demo.observations.iter().map(|row| (&row["indicator"], &row["uai"], &row["school_year"])));
    assert!(keys.values().all(|count| *count == 1));
    let indicators = tally(demo.observations.iter().map(|row| row["indicator"].as_str()));
    assert_eq!(indicators.len(), 7, "{indicators:?}");
}

#[test]
fn accounts_are_those_of_both_ents_and_some_are_not_declared() {
    let demo = demo();
    let accounts = demo.observed("ACCOUNT_ACTIVATION");
    let open: HashSet<&str> =
        demo.open(Some("alienor"), "2018-2019").union(&demo.open(Some("argos"), "2018-2019")).copied().collect();
    assert!(accounts.len() * 10 > open.len() * 8 && accounts.len() < open.len(), "{} {}", accounts.len(), open.len());
    let (mut few, mut rates) = (0, HashSet::new());
    for (_, row) in &accounts {
        let count = |column: &str| -> u32 { row[column].parse().expect("a number") };
        let (activated, created) = (count("numerator"), count("denominator"));
        assert!(open.contains(row["uai"].as_str()) && row["school_year"] == "2018-2019" && activated < created);
        few += usize::from(activated < 5);
        rates.insert(activated * 1000 / created);
    }
    assert!(few > 0 && few * 20 < accounts.len() && rates.len() > 100, "{few} {}", rates.len());
}

#[test]
fn targets_are_found_by_their_perimeter() {
    let demo = demo();
    let find = |indicator: &str, territory: &str, kinds: &str, status: &str| -> Vec<(&str, &str, &str, &str)> {
        let asked = |row: &&Row| {
            let place = row["indicator"] == indicator && row["territory"] == territory;
            place && row["kinds"] == kinds && row["legal_status"] == status
        };
        let found = demo.targets.iter().filter(asked);
        found
            .map(|row| (row["kind"].as_str(), row["value"].as_str(), row["unit"].as_str(), row["due_on"].as_str()))
            .collect()
    };
    let establishments = |value, due| vec![("RATE", value, "ESTABLISHMENTS", due)];
    assert_eq!(find("PIX_ORGA_ACTIVATED", "REG-75", "", ""), establishments("1.0", "2021-12-31"));
    assert_eq!(find("SCHEMATIC_USE", "REG-75", "", ""), establishments("0.2", "2021-12-31"));
    assert_eq!(find("ENT_DEPLOYMENT", "REG-75", "LYCEE", "PUBLIC"), establishments("1.0", "2021-12-31"));
    assert_eq!(find("ENT_DEPLOYMENT", "REG-75", "ECOLE", "PUBLIC"), establishments("0.5", "2022-12-31"));
    assert_eq!(find("ENT_DEPLOYMENT", "ACA-04", "ECOLE", ""), [("COUNT", "", "ESTABLISHMENTS", "")]);
    assert_eq!(find("PIX_CERTIFICATION", "REG-75", "", ""), [("RATE", "1.0", "PEOPLE", "2021-12-31")]);
    assert_eq!(find("PIX_CERTIFICATION", "REG-75", "COLLEGE", ""), [("MEAN", "128", "PIX", "2021-12-31")]);
    assert_eq!(find("PIX_CERTIFICATION", "REG-75", "LYCEE", ""), [("MEAN", "256", "PIX", "2021-12-31")]);
    let shared = [("COUNT", "4", "DEPARTMENTS", "2021-09-01"), ("COUNT", "12", "DEPARTMENTS", "2022-09-01")];
    assert_eq!(find("ENT_SHARED_COLLEGE_LYCEE", "REG-75", "", ""), shared);
    assert_eq!(demo.targets.len(), 10);
    for row in &demo.targets {
        assert!(
            row["territory"].parse::<TerritoryId>().is_ok() && !row["wording"].is_empty() && !row["source"].is_empty()
        );
        assert!(row["natures"].is_empty() && row["degree"].is_empty() && row["ent_project"].is_empty());
        let interpreted = row["indicator"] == "PIX_ORGA_ACTIVATED";
        assert_eq!(
            (row["applies_below"] == "true", row["source"].contains("interprétation")),
            (interpreted, interpreted)
        );
    }
}
