//! A stream of CSV records with a bound on each: a quote that is never closed costs one record, not the rest of the file.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use csv_core::ReadRecordResult;

/// A record's bytes at most, its fields together. The longest of the official directory has some 800.
pub const MAX_RECORD_BYTES: usize = 64 << 10;
/// A record's fields at most.
const MAX_FIELDS: usize = 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The file cannot be read on.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}")]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// One record that cannot be used; the next ones can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 (column {column}); save the file as UTF-8")]
    NotUtf8 {
        /// The column, from 1.
        column: usize,
    },
    /// A NUL, which no text has.
    #[error("the character U+0000 (column {column}), which no text has")]
    Nul {
        /// The column, from 1.
        column: usize,
    },
    /// More or fewer fields than the header has.
    #[error("{found} columns where the header has {expected}")]
    Width {
        /// Fields of this row.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// A quote that is not closed, or a field beyond all measure.
    #[error("longer than {MAX_RECORD_BYTES} bytes or {MAX_FIELDS} columns; a quote that is never closed does this")]
    TooLong,
    /// The last line has no end and its quote is open.
    #[error("the file ends within a quoted field: it was cut off")]
    CutOff,
}

/// A record and the line on which it begins.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Its first line, from 1.
    pub line: u64,
    // Both are as long as a record may be and only their beginning is used: no byte is cleared between records.
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

impl Record {
    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.fields
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.fields == 0
    }

    /// A copy that holds its own bytes and no more, for a batch.
    #[must_use]
    pub fn compact(&self) -> Self {
        let end = if self.fields == 0 { 0 } else { self.ends[self.fields - 1] };
        let (text, ends) = (self.text[..end].to_vec(), self.ends[..self.fields].to_vec());
        Self { line: self.line, text, ends, fields: self.fields }
    }

    fn bytes(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    /// The field at `index`, without surrounding spaces; empty where the row has none.
    pub fn field(&self, index: usize) -> &str {
        if index >= self.len() {
            return "";
        }
        std::str::from_utf8(self.bytes(index)).map_or("", str::trim)
    }

    /// Every field, for a header.
    pub fn fields(&self) -> Vec<&str> {
        (0..self.len()).map(|index| self.field(index)).collect()
    }

    fn check(&self, width: Option<usize>) -> Result<(), RecordError> {
        for index in 0..self.len() {
            if std::str::from_utf8(self.bytes(index)).is_err() {
                return Err(RecordError::NotUtf8 { column: index + 1 });
            }
            if self.bytes(index).contains(&0) {
                return Err(RecordError::Nul { column: index + 1 });
            }
        }
        match width {
            Some(expected) if expected != self.len() => Err(RecordError::Width { found: self.len(), expected }),
            _ => Ok(()),
        }
    }
}

/// The records of a file, `;` between fields, in order.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    input: BufReader<File>,
    reader: csv_core::Reader,
    line: u64,
    offset: u64,
    width: Option<usize>,
}

impl Records {
    /// Opens a file; a byte order mark is passed over.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let fail = |source| ReadError { path: path.to_owned(), source };
        // Looked at first: opening a pipe would wait for its writer.
        if !std::fs::metadata(path).map_err(fail)?.is_file() {
            let reason = "not a regular file; a file is read more than once, and a pipe cannot be";
            return Err(fail(std::io::Error::new(std::io::ErrorKind::InvalidInput, reason)));
        }
        let file = File::open(path).map_err(fail)?;
        let mut input = BufReader::with_capacity(64 << 10, file);
        let mut offset = 0;
        if input.fill_buf().map_err(fail)?.starts_with(BOM) {
            input.consume(BOM.len());
            offset = BOM.len() as u64;
        }
        Ok(Self { path: path.to_owned(), input, reader: new_reader(), line: 1, offset, width: None })
    }

    /// From here on, a row of another width is an error of that row.
    pub fn expect_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Reads the next record into `record`: false at the end of the file, an inner error for a record that cannot be used
    /// (`record.line` tells where).
    ///
    /// # Errors
    /// The outer error: the file itself cannot be read on.
    pub fn read(&mut self, record: &mut Record) -> Result<Option<Result<(), RecordError>>, ReadError> {
        record.text.resize(MAX_RECORD_BYTES, 0);
        record.ends.resize(MAX_FIELDS, 0);
        record.fields = 0;
        let (mut written, mut ended) = (0, 0);
        // Where the record begins, and where its first line ends: from there reading goes on after a runaway quote.
        let start_offset = self.offset;
        let mut begun = false;
        let mut second_line: Option<(u64, u64)> = None;
        record.line = self.line;
        let mut consumed_in_record = 0_u64;
        loop {
            let buffer = self.input.fill_buf().map_err(|source| ReadError { path: self.path.clone(), source })?;
            let at_end = buffer.is_empty();
            // A last line without an end gets one: it ends the record, unless a quote is open.
            let given = if at_end && begun { b"\n" } else { buffer };
            let (result, read, wrote, ends) =
                self.reader.read_record(given, &mut record.text[written..], &mut record.ends[ended..]);
            let taken = if at_end { &[] } else { &buffer[..read] };
            if !begun {
                // Blank lines before the record belong to none.
                let blank = taken.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
                let newlines = newlines(&taken[..blank]);
                record.line += newlines;
                begun = blank < taken.len();
            }
            if second_line.is_none()
                && begun
                && let Some(end) = first_line_end(taken, consumed_in_record == 0)
            {
                second_line = Some((self.offset + end as u64, 1));
            }
            self.line += newlines(taken);
            self.offset += taken.len() as u64;
            consumed_in_record += taken.len() as u64;
            written += wrote;
            ended += ends;
            let consumed = taken.len();
            self.input.consume(consumed);
            match result {
                ReadRecordResult::InputEmpty if at_end && begun => {
                    // Whatever its open quote has swallowed is read again, a line further on.
                    self.reader = new_reader();
                    if let Some((offset, _)) = second_line {
                        self.resume(record.line, offset, true)?;
                    }
                    return Ok(Some(Err(RecordError::CutOff)));
                }
                // At the end it is asked once more, and then ends the file.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record => {
                    record.fields = ended;
                    return Ok(Some(record.check(self.width)));
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    let (offset, _) = second_line.unwrap_or((start_offset, 0));
                    self.resume(record.line, offset, second_line.is_some())?;
                    return Ok(Some(Err(RecordError::TooLong)));
                }
            }
        }
    }

    /// Goes on at the line after the one on which a runaway record began.
    fn resume(&mut self, record_line: u64, offset: u64, line_known: bool) -> Result<(), ReadError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |source| ReadError { path, source }
        };
        self.reader = new_reader();
        if line_known {
            self.input.seek(SeekFrom::Start(offset)).map_err(fail(&self.path))?;
            self.offset = offset;
        } else {
            // One line without end: drop the rest of it, a buffer at a time.
            loop {
                let buffer = self.input.fill_buf().map_err(fail(&self.path))?;
                if buffer.is_empty() {
                    break;
                }
                let end = buffer.iter().position(|byte| *byte == b'\n');
                let taken = end.map_or(buffer.len(), |end| end + 1);
                self.offset += taken as u64;
                self.input.consume(taken);
                if end.is_some() {
                    break;
                }
            }
        }
        self.line = record_line + 1;
        Ok(())
    }
}

/// The offset in `taken` just after the end of the record's first line, if it ends there.
fn first_line_end(taken: &[u8], at_start: bool) -> Option<usize> {
    let skip = if at_start { taken.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count() } else { 0 };
    taken[skip..].iter().position(|byte| *byte == b'\n').map(|end| skip + end + 1)
}

/// How many lines end in these bytes.
#[expect(clippy::naive_bytecount, reason = "a buffer of 64 KB does not need a library")]
fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn new_reader() -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(b';').build()
}

#[cfg(test)]
mod tests;
