//! Files that mean harm: they are refused soon, and memory and time stay small.

use aaf::{MAX_RECORD_BYTES, ReadError, RecordError};
use rstest::rstest;

use crate::files::{HEAD, TAIL, named, of, read, record, try_read};

const LAUGHS: &str = r#"<?xml version="1.0"?>
<!DOCTYPE ficAlimMENESR [
 <!ENTITY lol "lol">
 <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
]>
"#;
const EXTERNAL: &str = r#"<!DOCTYPE ficAlimMENESR SYSTEM "a.dtd" [ <!ENTITY x SYSTEM "file:///etc/hostname"> ]>"#;
const PARAMETER: &str = r#"<!DOCTYPE ficAlimMENESR [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>"#;
const BARE: &str = r#"<!ENTITY x "y">"#;
const LATE: &str = "<!-- > [ --><?x?>\n\n<!DOCTYPE ficAlimMENESR\n\n[\n]>";

#[rstest]
#[case(LAUGHS, 2)]
#[case(EXTERNAL, 1)]
#[case(PARAMETER, 1)]
#[case(BARE, 1)]
#[case(LATE, 3)]
fn declarations_of_its_own_refuse_the_file(#[case] prolog: &str, #[case] expected: u64) {
    let file = format!("{prolog}<ficAlimMENESR>{}{TAIL}", named("1", "&lol2;"));
    let error = try_read(file).expect_err("refused");
    assert!(matches!(error, ReadError::Declarations { line, .. } if line == expected), "{error}");
    assert!(error.to_string().contains("ficAlimMENESR.dtd"), "{error}");
}

#[test]
fn a_bracket_in_a_quoted_name_declares_nothing() {
    let file = format!("<!DOCTYPE ficAlimMENESR PUBLIC '-//[>//' \"a[b>.dtd\">\n<ficAlimMENESR>{}{TAIL}", record("1"));
    assert_eq!(read(file).ids(), ["1"]);
}

#[test]
fn no_value_can_hold_a_record() {
    let smuggled = record("666");
    let escaped = smuggled.replace('&', "&amp;").replace('<', "&lt;");
    for text in [escaped, format!("<![CDATA[{smuggled}]]>"), format!("<![CDATA[<![CDATA[{smuggled}]]>")] {
        let read = of(&format!("{}{}", named("1", &text), record("2")));
        assert_eq!((read.ids(), read.errors()), (vec!["1", "2"], vec![]));
    }
}

#[test]
fn sections_that_never_end_are_looked_through_once() {
    // Looked through again for each, this would be a million times a million bytes.
    for opening in ["<addRequest><![CDATA[", "<addRequest><!--", "<![CDATA[", "<!--", "<!---", "]]", "<", "<addRequest"]
    {
        let count = 4 * MAX_RECORD_BYTES / opening.len();
        let read = of(&format!("{}{}\n{}", record("1"), opening.repeat(count), record("2")));
        assert_eq!(read.ids(), ["1", "2"], "{opening}");
        assert!(!read.errors().is_empty(), "{opening}");
    }
}

#[test]
fn a_comment_that_ends_far_away_hides_one_record_at_most() {
    let many = "<!-- <addRequest>".repeat(MAX_RECORD_BYTES / 16);
    let read = of(&format!("{}{many} -->\n{}", record("1"), record("2")));
    assert_eq!(read.ids(), ["1", "2"]);
}

#[test]
fn a_line_of_gigabytes_is_no_more_than_a_line() {
    let blank = " ".repeat(8 * MAX_RECORD_BYTES);
    let read = of(&format!("{}{blank}{}", record("1"), record("2")));
    assert_eq!((read.ids(), read.errors()), (vec!["1", "2"], vec![]));
}

#[test]
fn ten_thousand_broken_records_are_ten_thousand_errors() {
    let read = of(&format!("{}{}", named("1", "&x;").repeat(10_000), record("2")));
    assert_eq!((read.ids(), read.errors().len()), (vec!["2"], 10_000));
}

#[test]
fn bytes_of_any_sort_end() {
    // Every piece after every other, in an order that follows from the seed.
    let pieces = [
        "<addRequest>",
        "</addRequest>",
        "<deleteRequest/>",
        "<modifyRequest ",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x [",
        "]>",
        "<?",
        "?>",
        "&x;",
        "\"",
        "'",
        "<value>",
        "</value>",
        "</ficAlimMENESR>",
        "<ficAlimMENESR>",
        "\n",
        "\0",
        "é",
        "<",
        ">",
        "--",
        "x",
    ];
    let mut state = 7_u64;
    for _ in 0..300 {
        let mut inner = String::new();
        for _ in 0..200 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            inner += pieces[usize::try_from(state >> 33).expect("small") % pieces.len()];
        }
        let read = of(&inner);
        let lines = read.all.iter().map(|(line, _)| *line).collect::<Vec<_>>();
        assert!(lines.is_sorted() && lines.last().is_none_or(|line| *line <= 4 + inner.matches('\n').count() as u64));
    }
}

#[test]
fn no_error_repeats_what_a_record_says() {
    let broken = ["<SECRET/>", "&SECRET;", "</SECRET>", "\u{1}SECRET"].map(|text| named("SECRET", text)).concat();
    let read = of(&format!("SECRET\n{broken}"));
    assert_eq!(read.errors().len(), 5);
    for (_, error) in read.errors() {
        assert!(!format!("{error} {error:?}").contains("SECRET"));
    }
    assert!(matches!(read.errors()[0], (4, RecordError::Stray)));
    assert!(!format!("{read:?}").contains("SECRET") && HEAD.len() < 200);
}
