//! What stands before the records: encodings, comments, and files that are none.

use aaf::{Category, Degree, FileHead, FileKind, ReadError, Records};
use rstest::rstest;

use crate::files::{TAIL, named, read, record, try_read, write};

#[test]
fn a_file_says_what_it_is() {
    let comments = "<!-- codeAcademieExport=\"4\" -->\n<!--degre = '1D'--><!-- dateGenerationExport=\"02/09/2025\" -->";
    let head = FileHead {
        degree: Some(Degree::First),
        academy: Some("ACA-04".to_owned()),
        generated_on: Some("2025-09-02".parse().expect("a date")),
        kind: Some(FileKind::Complete),
        category: Some(Category::Eleve),
    };
    for file in [format!("{comments}<ficAlimMENESR>{TAIL}"), format!("<ficAlimMENESR>{comments}{}{TAIL}", record("1"))]
    {
        let read = read(file);
        assert_eq!((read.head, read.ended_well), (head.clone(), true));
    }
}

#[test]
fn comments_far_down_or_within_the_records_say_nothing_of_the_file() {
    let far = format!("<ficAlimMENESR>{}<!-- degre=\"1D\" -->{TAIL}", " ".repeat(64 << 10));
    let later = format!("<ficAlimMENESR>{}<!-- degre=\"1D\" -->{}{TAIL}", record("1"), record("2"));
    let within = format!("<ficAlimMENESR>{}{TAIL}", named("1", "<!-- degre=\"1D\" -->"));
    for file in [far, later, within] {
        assert_eq!(read(file).head.degree, None);
    }
}

#[test]
fn an_empty_element_is_a_whole_file() {
    for file in [
        "<ficAlimMENESR/>",
        "<?xml version=\"1.0\"?>\n<ficAlimMENESR />\n<!-- x -->",
        "<ficAlimMENESR></ficAlimMENESR >",
    ] {
        let read = read(file);
        assert!(read.ended_well && read.all.is_empty(), "{file}");
    }
}

#[rstest]
#[case::nothing("", 1)]
#[case::white("\n\n ", 3)]
#[case::declaration("<?xml version=\"1.0\"?>\n", 2)]
#[case::open_declaration("<?xml version=\"1.0\"", 1)]
#[case::open_doctype("<!DOCTYPE ficAlimMENESR \"x", 1)]
#[case::open_comment("\n<!-- <ficAlimMENESR>", 2)]
#[case::open_root("<ficAlimMENESR ", 1)]
#[case::text("x<ficAlimMENESR></ficAlimMENESR>", 1)]
#[case::other_root("<?xml version=\"1.0\"?>\n<export><ficAlimMENESR/></export>", 2)]
#[case::longer_root("<ficAlimMENESR2/>", 1)]
#[case::a_record_alone("<addRequest/>", 1)]
#[case::csv("Nom;Prenom\nx;y", 1)]
#[case::zip("PK\u{3}\u{4}", 1)]
fn what_does_not_begin_as_aaf_does_is_no_aaf(#[case] file: &str, #[case] expected: u64) {
    let error = try_read(file).expect_err("refused");
    assert!(matches!(error, ReadError::NotAaf { line, .. } if line == expected), "{error}");
}

/// A file in this encoding whose only name is these bytes.
fn in_encoding(mark: &[u8], encoding: &str, name: &[u8]) -> Vec<u8> {
    let file = format!("<?xml version='1.0' encoding='{encoding}'?><ficAlimMENESR>{}{TAIL}", named("1", "?NAME"));
    let (before, after) = file.split_once("?NAME").expect("it is there");
    [mark, before.as_bytes(), name, after.as_bytes()].concat()
}

#[rstest]
#[case(b"", "UTF-8", "Élie €".as_bytes())]
#[case(b"", "utf8", "Élie €".as_bytes())]
#[case(b"\xEF\xBB\xBF", "UTF-8", "Élie €".as_bytes())]
#[case::the_mark_knows_better(b"\xEF\xBB\xBF", "ISO-8859-1", "Élie €".as_bytes())]
#[case(b"", "ISO-8859-15", b"\xC9lie \xA4")]
#[case(b"", "iso-8859-15", b"\xC9lie \xA4")]
#[case(b"", "windows-1252", b"\xC9lie \x80")]
fn names_are_read_in_their_encoding(#[case] mark: &[u8], #[case] encoding: &str, #[case] name: &[u8]) {
    let read = read(in_encoding(mark, encoding, name));
    let record = read.all[0].1.as_ref().expect("usable");
    assert_eq!(record.attributes.first("sn"), Some("Élie €"));
}

#[test]
fn latin_1_has_no_euro() {
    let read = read(in_encoding(b"", "ISO-8859-1", b"\xC9lie \xA4"));
    assert_eq!(read.all[0].1.as_ref().expect("usable").attributes.first("sn"), Some("Élie ¤"));
}

#[rstest]
#[case("UTF-16", "UTF-16")]
#[case("Shift_JIS", "Shift_JIS")]
#[case("IBM-1047\u{7}é", "IBM-1047")]
fn other_encodings_refuse_the_file(#[case] encoding: &str, #[case] expected: &str) {
    let error = try_read(in_encoding(b"", encoding, b"x")).expect_err("refused");
    assert!(matches!(&error, ReadError::Encoding { name, .. } if name == expected), "{error}");
}

#[test]
fn utf_16_is_told_by_its_mark_and_by_its_zeros() {
    let text = "<?xml version=\"1.0\"?><ficAlimMENESR/>";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [[b"\xFF\xFE", little.as_slice()].concat(), [b"\xFE\xFF", big.as_slice()].concat(), little, big] {
        assert!(matches!(try_read(bytes), Err(ReadError::Encoding { .. })));
    }
}

#[test]
fn what_is_no_file_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in [folder.path().to_owned(), folder.path().join("missing.xml")] {
        let error = Records::open(&path).expect_err("refused");
        assert!(matches!(&error, ReadError::Io { path: told, .. } if *told == path), "{error}");
    }
    assert!(Records::open(&write("<ficAlimMENESR/>").path).is_ok());
}
