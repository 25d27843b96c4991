//! Files for a test, and what is read of them.

use std::path::PathBuf;

use aaf::{FileHead, ReadError, Record, RecordError, Records};
use tempfile::TempDir;

/// What stands before the first record.
pub(crate) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n";
/// What stands after the last.
pub(crate) const TAIL: &str = "</ficAlimMENESR>\n";

/// A record of one line and its end.
pub(crate) fn record(id: &str) -> String {
    named(id, "DUVAL")
}

/// A record whose family name is this.
pub(crate) fn named(id: &str, name: &str) -> String {
    format!(
        "<addRequest><operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr></operationalAttributes>\
         <identifier><id>{id}</id></identifier><attributes><attr name=\"sn\"><value>{name}</value></attr></attributes></addRequest>\n"
    )
}

/// A file with these bytes, in a folder of its own.
pub(crate) struct Written {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

pub(crate) fn write(bytes: impl AsRef<[u8]>) -> Written {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ENT_Complet_20250901_Eleve_0000.xml");
    std::fs::write(&path, bytes).expect("written");
    Written { _folder: folder, path }
}

/// Everything that a file gives.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) head: FileHead,
    pub(crate) all: Vec<(u64, Result<Record, RecordError>)>,
    pub(crate) ended_well: bool,
}

impl Read {
    /// The ids of the records that can be used.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.all.iter().filter_map(|(_, read)| read.as_ref().ok()).map(|record| record.id.as_str()).collect()
    }

    /// The lines and reasons of those that cannot.
    pub(crate) fn errors(&self) -> Vec<(u64, RecordError)> {
        self.all.iter().filter_map(|(line, read)| Some((*line, read.clone().err()?))).collect()
    }
}

pub(crate) fn try_read(bytes: impl AsRef<[u8]>) -> Result<Read, ReadError> {
    let file = write(bytes);
    let (mut records, head) = Records::open(&file.path)?;
    let mut all = Vec::new();
    assert!(!records.ended_well(), "known before it was read");
    while let Some(read) = records.next()? {
        assert!(read.as_ref().map_or(true, |record| record.line == records.line()));
        all.push((records.line(), read));
    }
    assert!(records.next()?.is_none(), "ended once and for all");
    Ok(Read { head, all, ended_well: records.ended_well() })
}

pub(crate) fn read(bytes: impl AsRef<[u8]>) -> Read {
    try_read(bytes).expect("a file that can be read")
}

/// A whole file with this between its tags.
pub(crate) fn of(inner: &str) -> Read {
    read(format!("{HEAD}{inner}{TAIL}"))
}
