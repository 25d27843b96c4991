//! The official files themselves, where `PASSERELLE_REAL_DATA` names their folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aaf::{Category, Change, Degree, FileKind, Record, Records, mef, person, structure};
use rstest::rstest;

#[expect(clippy::disallowed_methods, reason = "the test command hands the folder over in the environment")]
fn official(name: &str) -> PathBuf {
    let folder =
        std::env::var("PASSERELLE_REAL_DATA").expect("PASSERELLE_REAL_DATA names the folder of the official files");
    Path::new(&folder).join("aaf").join(name)
}

fn records(name: &str, category: Category) -> Vec<Record> {
    let path = official(name);
    let (mut records, head) = Records::open(&path).expect("an AAF file");
    assert_eq!(head.category, Some(category));
    let mut all = Vec::new();
    while let Some(record) = records.next().expect("reads") {
        let record = record.expect("usable");
        assert_eq!((record.change, record.category), (Change::Put, Some(category)));
        all.push(record);
    }
    assert!(records.ended_well());
    // An independent count.
    let text = std::fs::read_to_string(&path).expect("UTF-8");
    assert_eq!(all.len(), text.matches("<addRequest>").count());
    all
}

const COURSES: &str = "FULL_ENTTSSERVICES_Complet_20130117_MefEducNat_0000.xml";

#[rstest]
#[case(COURSES, Category::MefEducNat, 2504)]
#[case("FULL_ENTTSSERVICES_Complet_20130117_MatiereEducNat_0000.xml", Category::MatEducNat, 718)]
#[case("FULL_ENTTSSERVICES_Complet_20130117_EtabEducNat_0000.xml", Category::EtabEducNat, 10)]
#[case("ENT_Complet_20200101_EtabEducNat_0000.xml", Category::EtabEducNat, 1)]
#[case("ENT_Complet_20200101_Eleve_0000.xml", Category::Eleve, 1)]
#[case("SAMPLE_Eleve_0000.synthetic60.xml", Category::Eleve, 60)]
fn real_data_is_read_whole(#[case] name: &str, #[case] category: Category, #[case] expected: usize) {
    assert_eq!(records(name, category).len(), expected);
}

#[test]
fn real_data_names_say_what_the_files_are() {
    let (_, head) = Records::open(&official(COURSES)).expect("an AAF file");
    let day = head.generated_on.map(|date| date.to_string());
    assert_eq!((head.kind, day.as_deref()), (Some(FileKind::Complete), Some("2013-01-17")));
    assert_eq!((head.degree, head.academy), (None, None));
}

#[test]
fn real_data_of_courses_gives_levels() {
    let all = records(COURSES, Category::MefEducNat);
    let levels: BTreeMap<String, String> = all.iter().filter_map(|record| mef(&record.attributes)).collect();
    // Two courses have no MEFSTAT11.
    assert_eq!(levels.len(), 2502);
    let of = |level: &str| levels.values().filter(|known| *known == level).count();
    assert_eq!((of("2111"), of("2431"), of("1124"), of("1125")), (21, 1, 1, 1));
}

#[test]
fn real_data_of_structures_has_numbers_and_names() {
    for name in
        ["FULL_ENTTSSERVICES_Complet_20130117_EtabEducNat_0000.xml", "ENT_Complet_20200101_EtabEducNat_0000.xml"]
    {
        for record in records(name, Category::EtabEducNat) {
            let structure = structure(&record.id, &record.attributes).expect("usable");
            assert!(structure.key == record.id && structure.uai.is_some() && structure.name.is_some());
        }
    }
}

#[test]
fn real_data_of_pupils_gives_people() {
    let courses = records(COURSES, Category::MefEducNat);
    let levels: BTreeMap<String, String> = courses.iter().filter_map(|record| mef(&record.attributes)).collect();
    let of = |record: &Record| {
        let attributes = record.attributes.clone().reduced(Category::Eleve);
        let read = person(Degree::Second, Category::Eleve, &record.id, &attributes, &|mef| levels.get(mef).cloned());
        let read = read.expect("usable");
        assert!(read.notes.is_empty(), "{:?}", read.notes);
        read.person
    };
    let pupils: Vec<_> = records("SAMPLE_Eleve_0000.synthetic60.xml", Category::Eleve).iter().map(of).collect();
    assert!(
        pupils.iter().all(|pupil| pupil.birth_date.is_some() && pupil.family_name.is_some() && pupil.ine.is_none())
    );
    let levels: Vec<_> =
        pupils.iter().flat_map(|pupil| &pupil.places).filter_map(|place| place.mefstat4.as_deref()).collect();
    let count = |level: &str| levels.iter().filter(|known| **known == level).count();
    assert_eq!((levels.len(), count("2111"), count("2431"), count("2112"), count("2433")), (60, 39, 1, 7, 1));
    let ties: Vec<_> = pupils.iter().flat_map(|pupil| &pupil.guardians).collect();
    assert_eq!((ties.len(), ties.iter().filter(|tie| tie.legal).count()), (121, 104));
}
