use std::collections::{BTreeMap, BTreeSet};

use kernel::Profile;
use rstest::rstest;

use super::*;
use crate::{FileKind, Record, Records, mef, person, structure};

fn academy(degree: Degree) -> Academy {
    Academy {
        academy: "04".to_owned(),
        degree,
        structures: 5,
        people: 600,
        date: "2025-09-01".parse().expect("a date"),
        seed: 7,
        files_of: 100,
    }
}

fn read(paths: &[PathBuf]) -> BTreeMap<&'static str, Vec<Record>> {
    let mut all: BTreeMap<&str, Vec<Record>> = BTreeMap::new();
    for path in paths {
        let (mut records, head) = Records::open(path).expect("a file");
        assert_eq!((head.academy.as_deref(), head.kind), (Some("ACA-04"), Some(FileKind::Complete)));
        let category = head.category.expect("named");
        let of_file = all.entry(category.as_str()).or_default();
        while let Some(record) = records.next().expect("reads") {
            let record = record.expect("usable");
            assert_eq!(record.category, Some(category));
            of_file.push(record);
        }
        assert!(records.ended_well());
    }
    all
}

#[rstest]
#[case(Degree::First)]
#[case(Degree::Second)]
fn an_academie_is_whole(#[case] degree: Degree) {
    let folder = tempfile::tempdir().expect("a folder");
    let academy = academy(degree);
    let paths = generate(folder.path(), &academy).expect("written");
    let all = read(&paths);
    let counts: BTreeMap<&str, usize> = all.iter().map(|(category, records)| (*category, records.len())).collect();
    let courses = if degree == Degree::Second { vec![("MefEducNat", 8)] } else { vec![] };
    let others = [("EtabEducNat", 5), ("Eleve", 270), ("PersRelEleve", 270), ("PersEducNat", 60)];
    assert_eq!(counts, others.into_iter().chain(courses).collect());
    assert_eq!(paths.iter().filter(|path| path.to_string_lossy().contains("_Eleve_")).count(), 3);

    let structures: Vec<_> =
        all["EtabEducNat"].iter().map(|record| structure(&record.id, &record.attributes).expect("usable")).collect();
    let numbers: Vec<String> = structures.iter().filter_map(|structure| structure.uai.clone()).collect();
    assert_eq!(numbers, uais(&academy).collect::<Vec<_>>());
    assert!(numbers.iter().all(|uai| uai.parse::<Uai>().expect("a UAI").has_right_letter()));
    let keys: BTreeSet<&str> = structures.iter().map(|structure| structure.key.as_str()).collect();

    let levels: BTreeMap<String, String> =
        all.get("MefEducNat").into_iter().flatten().filter_map(|record| mef(&record.attributes)).collect();
    let people = |category: Category| -> Vec<_> {
        let of = |record: &Record| {
            let read = person(degree, category, &record.id, &record.attributes, &|mef| levels.get(mef).cloned())
                .expect("usable");
            assert!(read.notes.is_empty(), "{:?}", read.notes);
            assert!(read.person.family_name.is_some() && read.person.given_name.is_some());
            read.person
        };
        all[category.as_str()].iter().map(of).collect()
    };
    let (pupils, guardians, staff) =
        (people(Category::Eleve), people(Category::PersRelEleve), people(Category::PersEducNat));
    let ines: BTreeSet<_> = pupils.iter().filter_map(|pupil| pupil.ine.clone()).collect();
    assert_eq!(ines.len(), pupils.len());
    let known: BTreeSet<&str> = guardians.iter().map(|guardian| guardian.key.as_str()).collect();
    let named: BTreeSet<&str> =
        pupils.iter().flat_map(|pupil| &pupil.guardians).map(|tie| tie.guardian.as_str()).collect();
    assert_eq!(named, known);
    for pupil in &pupils {
        assert!(pupil.guardians.len() == 2 && pupil.guardians.iter().all(|tie| tie.legal));
        assert!(pupil.birth_date.is_some() && pupil.places.len() == 1);
        let place = &pupil.places[0];
        assert!(place.mefstat4.is_some() && place.classes.len() == 1 && keys.contains(place.structure.as_str()));
    }
    assert_eq!(staff.iter().filter(|one| one.places.iter().any(|place| place.profile == Profile::Head)).count(), 5);
    assert!(staff.iter().flat_map(|one| &one.places).all(|place| keys.contains(place.structure.as_str())));
    let siblings = pupils.iter().filter(|pupil| pupil.guardians[0].guardian == pupils[3].guardians[0].guardian).count();
    assert_eq!(siblings, 3);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let bytes = |seed: u64| {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = generate(folder.path(), &Academy { seed, ..academy(Degree::Second) }).expect("written");
        paths.iter().map(|path| std::fs::read(path).expect("reads")).collect::<Vec<_>>()
    };
    assert!(bytes(7) == bytes(7));
    assert!(bytes(7) != bytes(8));
}

#[rstest]
#[case(Academy { structures: 0, ..academy(Degree::First) })]
#[case(Academy { structures: MAX_STRUCTURES + 1, ..academy(Degree::First) })]
#[case(Academy { people: MAX_PEOPLE + 1, ..academy(Degree::First) })]
#[case(Academy { files_of: 0, ..academy(Degree::First) })]
#[case(Academy { academy: "BORDEAUX".to_owned(), ..academy(Degree::First) })]
fn what_cannot_be_written_is_refused(#[case] academy: Academy) {
    let folder = tempfile::tempdir().expect("a folder");
    let error = generate(folder.path(), &academy).expect_err("refused");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn small_academies_are_whole_too() {
    for people in [0, 1, 2, 3, 10, 19] {
        let folder = tempfile::tempdir().expect("a folder");
        let academy = Academy { people, structures: 1, ..academy(Degree::Second) };
        let all = read(&generate(folder.path(), &academy).expect("written"));
        let count: usize =
            ["Eleve", "PersRelEleve", "PersEducNat"].iter().filter_map(|name| all.get(name)).map(Vec::len).sum();
        assert_eq!(count, people);
    }
}
