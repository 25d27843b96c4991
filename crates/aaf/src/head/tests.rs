use rstest::rstest;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[rstest]
#[case("ENT_Complet_20250901_Eleve_0000.xml", Some(FileKind::Complete), Some("2025-09-01"), Some(Category::Eleve))]
#[case(
    "ent_delta_20250902_perseducnat_0012.xml",
    Some(FileKind::Delta),
    Some("2025-09-02"),
    Some(Category::PersEducNat)
)]
#[case(
    "FULL_X_Complet_20130117_MatiereEducNat_0000.xml",
    Some(FileKind::Complete),
    Some("2013-01-17"),
    Some(Category::MatEducNat)
)]
#[case(
    "20200101_Delta_Complet_20250901_MefEducNat_0000.xml",
    Some(FileKind::Complete),
    Some("2025-09-01"),
    Some(Category::MefEducNat)
)]
#[case("SAMPLE_Eleve_0000.synthetic.xml", None, None, Some(Category::Eleve))]
#[case("ENT_Complet_20251301_Eleves_0000.xml", Some(FileKind::Complete), None, None)]
#[case("data.xml", None, None, None)]
fn a_name_is_read_from_its_end(
    #[case] name: &str,
    #[case] kind: Option<FileKind>,
    #[case] generated_on: Option<&str>,
    #[case] category: Option<Category>,
) {
    let head = FileHead::of_name(&Path::new("/some/folder").join(name));
    let generated_on = generated_on.map(day);
    assert_eq!(head, FileHead { generated_on, kind, category, ..FileHead::default() });
}

#[rstest]
#[case(r#" versionAF="AAF-VE2407" codeAcademieExport="13" degre="2D" dateGenerationExport="01/09/2025" "#)]
#[case("dateGenerationExport = '2025-09-01T03:12:00'\n degre\t=\t'2d' codeAcademieExport='013'")]
#[case(r#"DATEGENERATIONEXPORT="20250901 03:12" codeacademieexport="13" Degre="2D""#)]
fn order_and_spacing_of_a_comment_are_free(#[case] comment: &str) {
    let mut head = FileHead::default();
    head.add(comment);
    let expected = FileHead {
        degree: Some(Degree::Second),
        academy: Some("ACA-13".to_owned()),
        generated_on: Some(day("2025-09-01")),
        ..FileHead::default()
    };
    assert_eq!(head, expected);
}

#[test]
fn a_comment_that_says_nothing_usable_changes_nothing() {
    let mut head = FileHead { generated_on: Some(day("2025-09-01")), ..FileHead::default() };
    let before = head.clone();
    for comment in [
        "",
        "degre",
        "degre=2D",
        r#"degre="3D" codeAcademieExport="0" dateGenerationExport="32/01/2025""#,
        r#"codeAcademieExport="100" dateGenerationExport="1/9/25""#,
        r#"codeAcademieExport="1é" sousdegre="2D" degre="2D"#,
        "degreé=\"2D\" é codeAcademieExport=\"+4\"",
    ] {
        head.add(comment);
        assert_eq!(head, before, "{comment}");
    }
}

#[test]
fn an_academie_has_two_digits() {
    assert_eq!(academy("4").as_deref(), Some("ACA-04"));
    assert_eq!(academy("04").as_deref(), Some("ACA-04"));
    assert_eq!(academy("31").as_deref(), Some("ACA-31"));
}
