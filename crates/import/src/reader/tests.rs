use std::io::Write;

use super::*;

type Row = (u64, Result<Vec<String>, RecordError>);

fn rows(content: &[u8], width: Option<usize>) -> Vec<Row> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(content).expect("written");
    let mut records = Records::open(file.path()).expect("opens");
    if let Some(width) = width {
        records.expect_width(width);
    }
    let mut record = Record::default();
    let mut rows = Vec::new();
    while let Some(outcome) = records.read(&mut record).expect("readable") {
        rows.push((record.line, outcome.map(|()| record.fields().into_iter().map(str::to_owned).collect())));
    }
    rows
}

fn good(line: u64, fields: &[&str]) -> Row {
    (line, Ok(fields.iter().map(|field| (*field).to_owned()).collect()))
}

#[test]
fn marks_quotes_and_line_ends_of_the_field() {
    let content = "\u{feff}a;b\r\n\r\n\"x;\"\"y\"\"\nz\"; é \r\nlast;line".as_bytes();
    assert_eq!(rows(content, None), [good(1, &["a", "b"]), good(3, &["x;\"y\"\nz", "é"]), good(5, &["last", "line"])]);
}

#[test]
fn a_row_of_another_width_or_another_encoding_costs_only_itself() {
    let rows = rows(b"a;b\n1\ncaf\xe9;2\n3;4\nx\0;5\n", Some(2));
    assert_eq!(rows[1], (2, Err(RecordError::Width { found: 1, expected: 2 })));
    assert_eq!(rows[2], (3, Err(RecordError::NotUtf8 { column: 1 })));
    assert_eq!(rows[3], good(4, &["3", "4"]));
    assert_eq!(rows[4], (5, Err(RecordError::Nul { column: 1 })));
}

#[test]
fn a_quote_that_is_never_closed_costs_one_line() {
    let mut content = b"a;b\n\"open;1\n".to_vec();
    for number in 0..20_000 {
        content.extend_from_slice(format!("{number};x\n").as_bytes());
    }
    let rows = rows(&content, Some(2));
    assert_eq!(rows[1], (2, Err(RecordError::TooLong)));
    assert_eq!(rows.len(), 20_002);
    assert_eq!(rows[2], good(3, &["0", "x"]));
    assert_eq!(rows[20_001], good(20_002, &["19999", "x"]));
}

#[test]
fn a_line_without_end_costs_itself() {
    let mut content = b"a;b\n".to_vec();
    content.extend(std::iter::repeat_n(b'x', 300_000));
    content.extend_from_slice(b"\n1;2\n");
    let rows = rows(&content, Some(2));
    assert_eq!(rows[1], (2, Err(RecordError::TooLong)));
    assert_eq!(rows[2], good(3, &["1", "2"]));
}

#[test]
fn a_file_cut_off_within_quotes_says_so() {
    let rows = rows(b"a;b\n1;\"two\n3;4\nfive", Some(2));
    assert_eq!(rows[1], (2, Err(RecordError::CutOff)));
    assert_eq!(rows[2], good(3, &["3", "4"]), "what the open quote had swallowed is not lost");
    assert_eq!(rows[3], (4, Err(RecordError::Width { found: 1, expected: 2 })));
    assert_eq!(rows.len(), 4);
}

#[test]
fn a_last_line_without_an_end_is_whole_unless_its_quote_is_open() {
    assert_eq!(rows(b"a;b\n1;\"two\nlines\"", Some(2))[1..], [good(2, &["1", "two\nlines"])]);
    assert_eq!(rows(b"a;b\n1;\"tw", Some(2))[1..], [(2, Err(RecordError::CutOff))]);
    assert_eq!(rows(b"a;b\n1;", Some(2))[1..], [good(2, &["1", ""])]);
    assert_eq!(rows(b"a;b\n\n\n", Some(2)).len(), 1);
    assert_eq!(rows(b"", None).len(), 0);
}
