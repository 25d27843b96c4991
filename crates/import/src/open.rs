//! Opening a file whose first line must be a known header.

use std::path::{Path, PathBuf};

use crate::{BadHeader, Column, Header, ReadError, Record, RecordError, Records};

/// Nothing of the file can be imported.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is not there, or cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It has no line.
    #[error("{0} is empty")]
    Empty(PathBuf),
    /// Its first line cannot be read.
    #[error("{path}:1: {error}")]
    FirstLine {
        /// The file.
        path: PathBuf,
        /// Why.
        error: RecordError,
    },
    /// Its first line is not the header.
    #[error("{path}: {error}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is missing or doubled.
        error: BadHeader,
    },
    /// Its first line is none of the headers that are known here.
    #[error("{path}: the header is none of: {known}")]
    NoHeader {
        /// The file.
        path: PathBuf,
        /// The headers that are known here.
        known: String,
    },
}

/// Opens a file and finds `columns` in its first line.
///
/// # Errors
/// When the file cannot be read, is empty, or lacks a required column.
pub fn open(path: &Path, columns: &[Column]) -> Result<(Records, Header), OpenError> {
    let (records, fields) = first_line(path)?;
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let header = Header::find(columns, &fields).map_err(|error| OpenError::Header { path: path.to_owned(), error })?;
    Ok(with_width(records, header))
}

/// Opens a file whose first line is one of several known headers; returns which one.
///
/// # Errors
/// As [`open`], and when the header is none of `shapes`.
pub fn open_one_of(path: &Path, shapes: &[&[Column]]) -> Result<(usize, Records, Header), OpenError> {
    let (records, fields) = first_line(path)?;
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let found =
        shapes.iter().enumerate().find_map(|(shape, columns)| Some((shape, Header::find(columns, &fields).ok()?)));
    if let Some((shape, header)) = found {
        let (records, header) = with_width(records, header);
        Ok((shape, records, header))
    } else {
        let names = |columns: &&[Column]| {
            let required = columns.iter().filter(|column| column.required);
            required.map(|column| column.names[0]).collect::<Vec<_>>().join(";")
        };
        let known = shapes.iter().map(names).collect::<Vec<_>>().join(" | ");
        Err(OpenError::NoHeader { path: path.to_owned(), known })
    }
}

fn first_line(path: &Path) -> Result<(Records, Vec<String>), OpenError> {
    let mut records = Records::open(path)?;
    let mut record = Record::default();
    match records.read(&mut record)? {
        None => Err(OpenError::Empty(path.to_owned())),
        Some(Err(error)) => Err(OpenError::FirstLine { path: path.to_owned(), error }),
        Some(Ok(())) => Ok((records, record.fields().into_iter().map(str::to_owned).collect())),
    }
}

fn with_width(mut records: Records, header: Header) -> (Records, Header) {
    records.expect_width(header.width);
    (records, header)
}
