//! What was read of a directory until all of it is there: in a file without a name, sealed, gone with the process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

use feed::FeedPerson;

use crate::app::Secrets;

/// Where what is sealed may be opened.
const PLACE: &str = "spool";

pub(super) struct Spool<'a> {
    secrets: &'a Secrets,
    file: BufWriter<File>,
}

pub(super) struct Reading<'a> {
    secrets: &'a Secrets,
    file: BufReader<File>,
}

impl<'a> Spool<'a> {
    pub(super) fn new(secrets: &'a Secrets) -> io::Result<Self> {
        Ok(Self { secrets, file: BufWriter::new(tempfile::tempfile()?) })
    }

    pub(super) fn add(&mut self, person: &FeedPerson) -> io::Result<()> {
        let written = serde_json::to_vec(person)?;
        writeln!(self.file, "{}", self.secrets.vault.seal(PLACE, &written))
    }

    /// What was added, from the beginning.
    pub(super) fn read(self) -> io::Result<Reading<'a>> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Reading { secrets: self.secrets, file: BufReader::new(file) })
    }
}

impl Reading<'_> {
    /// The next person, and what is kept of them word by word.
    pub(super) fn next(&mut self) -> io::Result<Option<(FeedPerson, Vec<u8>)>> {
        let mut line = String::new();
        if self.file.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "a temporary file was altered");
        let opened = self.secrets.vault.open(PLACE, line.trim_end()).ok_or_else(broken)?;
        Ok(Some((serde_json::from_slice(&opened)?, opened)))
    }
}
