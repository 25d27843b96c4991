//! A record read by its header.

use chrono::NaiveDate;

use crate::{Header, Record};

/// The date that `text` writes as `2018-06-28`, and in no other way.
pub fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && date.to_string() == text).then_some(date)
}

/// A record, its fields found by the index of their column.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Where the columns stand.
    pub header: &'a Header,
    /// The fields.
    pub record: &'a Record,
}

impl<'a> Row<'a> {
    /// Its first line in the file, from 1.
    pub fn line(&self) -> u64 {
        self.record.line
    }

    /// The field of a column without surrounding spaces; empty where the file has no such column.
    pub fn text(&self, column: usize) -> &'a str {
        self.header.position(column).map_or("", |position| self.record.field(position))
    }

    /// The field of a column, if there is anything in it.
    pub fn some(&self, column: usize) -> Option<&'a str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// The date of a column, if there is one.
    ///
    /// # Errors
    /// When there is something that is no date.
    pub fn date(&self, column: usize) -> Result<Option<NaiveDate>, String> {
        let read = |text| date(text).ok_or_else(|| format!("a date is written 2018-06-28; got {text:?}"));
        self.some(column).map(read).transpose()
    }
}
