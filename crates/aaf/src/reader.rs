//! The records of a file, one after the other.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::encoding::Encoding;
use crate::mark::Mark;
use crate::parse::{Record, parse};
use crate::scan::{Extent, Scan};
use crate::{FileHead, ReadError, RecordError};

mod prolog;

/// The records of a file, in order. What is held of it is bounded by [`crate::MAX_RECORD_BYTES`].
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    scan: Scan,
    encoding: Encoding,
    line: u64,
    /// `</ficAlimMENESR>` was read, and nothing after it.
    closed: bool,
    ended: bool,
}

impl Records {
    /// Opens a file and reads what stands before its first record.
    ///
    /// # Errors
    /// When it is not there, is no AAF file, is in an encoding that is not read here, or declares entities.
    pub fn open(path: &Path) -> Result<(Self, FileHead), ReadError> {
        let mut scan = Scan::new(file(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })?);
        let prolog = prolog::read(&mut scan).map_err(|error| error.of(path, scan.window.line()))?;
        let mut head = FileHead::of_name(path);
        prolog.comments.iter().for_each(|comment| head.add(comment));
        let (encoding, line) = (prolog.encoding, scan.window.line());
        Ok((Self { path: path.to_owned(), scan, encoding, line, closed: prolog.closed, ended: false }, head))
    }

    /// The line on which begins what [`Self::next`] gave last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether the file was read to its end and ends with `</ficAlimMENESR>`. A file that does not was cut off, or is none: it
    /// never tells who has left.
    pub fn ended_well(&self) -> bool {
        self.ended && self.closed
    }

    /// The next record: nothing at the end, an inner error for one that cannot be used. The others can.
    ///
    /// # Errors
    /// The outer error: the file itself cannot be read on.
    #[expect(
        clippy::should_implement_trait,
        reason = "two sorts of errors, of which one ends the file and the other does not"
    )]
    pub fn next(&mut self) -> Result<Option<Result<Record, RecordError>>, ReadError> {
        self.read().map_err(|source| ReadError::Io { path: self.path.clone(), source })
    }

    fn read(&mut self) -> io::Result<Option<Result<Record, RecordError>>> {
        loop {
            if !self.scan.pass_white()? {
                self.ended = true;
                self.line = self.scan.window.line();
                return Ok(None);
            }
            self.line = self.scan.window.line();
            match self.scan.mark()? {
                Mark::Record(_) => {
                    self.closed = false;
                    return self.record().map(Some);
                }
                Mark::RootEnd if !self.closed && self.close()? => {}
                Mark::Comment if self.comment()? => {}
                _ => {
                    self.closed = false;
                    self.scan.pass_stray()?;
                    return Ok(Some(Err(RecordError::Stray)));
                }
            }
        }
    }

    fn close(&mut self) -> io::Result<bool> {
        let end = self.scan.find(0, b'>')?;
        if let Some(end) = end {
            self.scan.window.pass(end + 1);
            self.closed = true;
        }
        Ok(end.is_some())
    }

    fn comment(&mut self) -> io::Result<bool> {
        let end = self.scan.beyond(0, Mark::Comment)?;
        if let Some(end) = end {
            self.scan.window.pass(end);
        }
        Ok(end.is_some())
    }

    fn record(&mut self) -> io::Result<Result<Record, RecordError>> {
        match self.scan.extent()? {
            Extent::Whole(length) => {
                let bytes = &self.scan.window.ahead()[..length];
                let text = self.encoding.decode(bytes).ok_or(RecordError::NotText { encoding: self.encoding.name() });
                let record = text.and_then(|text| parse(&text, self.line));
                self.scan.window.pass(length);
                Ok(record)
            }
            Extent::Unclosed(length) => {
                self.scan.window.pass(length);
                Ok(Err(RecordError::Unclosed))
            }
            Extent::CutOff => {
                self.scan.pass_all()?;
                Ok(Err(RecordError::CutOff))
            }
            Extent::TooLong => {
                self.scan.pass_stray()?;
                Ok(Err(RecordError::TooLong))
            }
        }
    }
}

fn file(path: &Path) -> io::Result<File> {
    // Looked at first: opening a pipe would wait for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    File::open(path)
}
