//! A broken record costs itself alone.

use aaf::{MAX_RECORD_BYTES, RecordError};
use rstest::rstest;

use crate::files::{HEAD, TAIL, named, of, read, record};

#[test]
fn records_are_read_with_the_line_on_which_they_begin() {
    let read = of(&format!("\n<!-- one\n<addRequest> -->\n{}{}\n\t{}", record("1"), record("2"), record("3")));
    assert_eq!(read.all.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [7, 8, 10]);
    assert_eq!((read.ids(), read.errors(), read.ended_well), (vec!["1", "2", "3"], vec![], true));
}

#[test]
fn line_ends_and_spaces_of_every_sort_are_white() {
    let file = format!("{HEAD}{}\t \r{TAIL}", record("1"))
        .replace('\n', "\r\n")
        .replace("</addRequest>", "</addRequest \r\n>");
    let read = read(file);
    assert_eq!((read.ids(), read.errors(), read.ended_well), (vec!["1"], vec![], true));
}

#[rstest]
#[case::unclosed(record("2").replace("</addRequest>", ""), RecordError::Unclosed)]
#[case::cut_in_a_tag("<addRequest><identifier><id".to_owned(), RecordError::Unclosed)]
#[case::cut_in_its_own_tag("<addRequest ".to_owned(), RecordError::Unclosed)]
#[case::cut_in_a_value("<addRequest><attributes><attr name=\"sn\"><value>DUV".to_owned(), RecordError::Unclosed)]
#[case::crossed(named("2", "x</attr></value>"), RecordError::Malformed)]
#[case::closed_by_another(record("2").replace("</addRequest>", "</deleteRequest>"), RecordError::Malformed)]
#[case::unknown_entity(named("2", "&lol9;"), RecordError::Entity)]
#[case::lone_ampersand(named("2", "AT&T"), RecordError::Malformed)]
#[case::lone_less_than(named("2", "a < b"), RecordError::Element { within: "value or id" })]
#[case::no_id(record("2").replace("<id>2</id>", ""), RecordError::Missing { part: "usable id" })]
#[case::empty("<addRequest/>".to_owned(), RecordError::Missing { part: "attributes" })]
#[case::other_element(record("2").replace("attributes>", "attributs>"), RecordError::Element { within: "the record" })]
#[case::an_attribute_twice(named("2", "x</value></attr><attr name=\"sn\"><value>y"), RecordError::Twice { part: "an attribute of one name" })]
#[case::a_quote_open(named("2", "x</value></attr><attr name=\"mail><value>y"), RecordError::Malformed)]
#[case::a_comment_open(named("2", "x <!-- y"), RecordError::Malformed)]
#[case::cdata_open(named("2", "x <![CDATA[ y"), RecordError::Malformed)]
#[case::a_doctype(named("2", "<!DOCTYPE x [<!ENTITY a 'b'>]>"), RecordError::Malformed)]
#[case::an_instruction(named("2", "<?xml version='1.0'?>"), RecordError::Malformed)]
#[case::a_root_within(named("2", "<ficAlimMENESR>"), RecordError::Element { within: "value or id" })]
#[case::a_nul(named("2", "\0"), RecordError::Character)]
#[case::too_long(named("2", &"x".repeat(MAX_RECORD_BYTES)), RecordError::TooLong)]
#[case::far_too_long(named("2", &"<value>x".repeat(MAX_RECORD_BYTES)), RecordError::TooLong)]
#[case::a_long_value(named("2", &"x".repeat(70_000)), RecordError::LongValue)]
#[case::too_long_and_unclosed(format!("<addRequest>{}", "x\n".repeat(MAX_RECORD_BYTES)), RecordError::TooLong)]
#[case::stray("</addRequest> & so on <value>".to_owned(), RecordError::Stray)]
#[case::other_record("<searchRequest><id>2</id></searchRequest>".to_owned(), RecordError::Stray)]
#[case::a_longer_name("<addRequests><id>2</id></addRequests>".to_owned(), RecordError::Stray)]
#[case::comment_never_closed("<!-- 2".to_owned(), RecordError::Stray)]
#[case::late_doctype("<!DOCTYPE x [<!ENTITY a 'b'>]>".to_owned(), RecordError::Stray)]
fn the_neighbours_of_a_broken_record_are_read(#[case] broken: String, #[case] expected: RecordError) {
    let read = of(&format!("{}{broken}\n{}", record("1"), record("3")));
    assert_eq!((read.ids(), read.errors()), (vec!["1", "3"], vec![(5, expected)]));
    assert!(read.ended_well);
    assert_eq!(read.all.last().map(|(line, _)| *line), Some(6 + broken.matches('\n').count() as u64));
}

#[test]
fn bytes_that_are_not_of_the_encoding_cost_their_record() {
    let file = format!("{HEAD}{}{}{}{TAIL}", record("1"), named("2", "\u{1}"), record("3"));
    let bytes: Vec<u8> = file.into_bytes().iter().map(|byte| if *byte == 1 { 0xE9 } else { *byte }).collect();
    let read = read(bytes);
    assert_eq!((read.ids(), read.errors()), (vec!["1", "3"], vec![(5, RecordError::NotText { encoding: "UTF-8" })]));
}

#[test]
fn a_record_within_a_record_ends_the_outer_one() {
    let inner = record("2");
    let outer = named("1", "x").replace("<value>x", &format!("<value>{inner}"));
    let read = of(&format!("{outer}{}", record("3")));
    assert_eq!(read.ids(), ["2", "3"]);
    assert_eq!(read.errors(), [(4, RecordError::Unclosed), (5, RecordError::Stray)]);
}

#[test]
fn tags_in_comments_and_cdata_are_text() {
    let text = format!("<![CDATA[</addRequest>{}]]>", record("9"));
    let comment = format!("<!-- </addRequest>{}</ficAlimMENESR> -->", record("8"));
    let inner = format!("{}{comment}\n{}{}", named("1", &text), named("2", &comment), record("3"));
    let read = of(&inner);
    assert_eq!((read.ids(), read.errors(), read.ended_well), (vec!["1", "2", "3"], vec![], true));
    let name = |index: usize| read.all[index].1.as_ref().ok().and_then(|record| record.attributes.first("sn"));
    assert_eq!((name(0), name(1)), (Some(format!("</addRequest>{}", record("9").trim_end()).as_str()), None));
}

#[test]
fn a_bound_falls_exactly_where_it_is_said() {
    // White space between the parts, so that no value is too long.
    let long = |length: usize| {
        let short = record("2");
        let padding = " ".repeat(length - short.trim_end().len());
        short.replace("<identifier>", &format!("{padding}<identifier>"))
    };
    assert_eq!(of(&long(MAX_RECORD_BYTES)).ids(), ["2"]);
    let read = of(&format!("{}{}", long(MAX_RECORD_BYTES + 1), record("3")));
    assert_eq!((read.ids(), read.errors()), (vec!["3"], vec![(4, RecordError::TooLong)]));
}

#[test]
fn records_of_every_length_meet_the_ends_of_what_is_read_at_once() {
    // Each record one byte longer than the last: marks lie across every border of the chunks.
    let records = 1500;
    let inner: String =
        (0..records).map(|n| named(&n.to_string(), &"é<![CDATA[]]]]>".repeat(n % 97)) + &" ".repeat(n % 7)).collect();
    let read = of(&inner);
    assert_eq!((read.ids().len(), read.errors(), read.ended_well), (records, vec![], true));
}

#[test]
fn a_file_cut_anywhere_says_so_and_loses_one_record_at_most() {
    let file = format!("{HEAD}{}{}<!-- x -->\n{}{TAIL}", record("1"), named("2", "<![CDATA[x]]>"), record("3"));
    let whole = file.trim_end().len();
    let ends: Vec<usize> = file.match_indices("</addRequest>").map(|(at, tag)| at + tag.len()).collect();
    for cut in HEAD.len()..whole {
        let read = read(&file.as_bytes()[..cut]);
        assert!(!read.ended_well, "{cut}");
        let complete = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(read.ids().len(), complete, "{cut}");
        assert!(read.errors().len() <= 1, "{cut}");
        let within = file[..cut]
            .rfind("<addRequest")
            .filter(|at| *at + "<addRequest".len() <= cut && ends[..complete].last().is_none_or(|end| end <= at));
        if within.is_some() {
            assert_eq!(read.errors()[0].1, RecordError::CutOff, "{cut}");
        }
    }
    assert!(read(&file.as_bytes()[..whole]).ended_well);
}

#[test]
fn only_white_space_and_comments_follow_a_file_that_ended_well() {
    let with = |after: &str| read(format!("{HEAD}{}{TAIL}{after}", record("1")));
    assert!(with("\n<!-- end -->\n").ended_well);
    let stray = with("x");
    assert_eq!((stray.ended_well, stray.errors()), (false, vec![(6, RecordError::Stray)]));
    let late = with(&record("2"));
    assert_eq!((late.ended_well, late.ids()), (false, vec!["1", "2"]));
    // Two files, one after the other: what is between them is told, and all records are read.
    let second = format!("{HEAD}{}{TAIL}", record("2"));
    let both = with(&second);
    assert_eq!((both.ids(), both.errors(), both.ended_well), (vec!["1", "2"], vec![(6, RecordError::Stray)], true));
    assert!(!read(format!("{HEAD}{}", record("1"))).ended_well);
}
