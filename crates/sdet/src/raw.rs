//! An entry as it came, before anything is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ldap3::ResultEntry;

use crate::{EntryError, EntryFault, Note};

/// Attributes of every entry that is read.
pub(crate) const OPERATIONAL: [&str; 2] = [ENTRY_UUID, MODIFIED];
const ENTRY_UUID: &str = "entryUUID";
const MODIFIED: &str = "modifyTimestamp";

/// Name and texts of an entry.
pub(crate) struct Raw {
    pub(crate) dn: String,
    /// By names in small letters; trimmed, and none of them empty.
    values: BTreeMap<String, Vec<String>>,
    /// Names, in small letters, of attributes with values that are no text.
    not_text: BTreeSet<String>,
}

impl fmt::Debug for Raw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Raw({} attributes)", self.values.len())
    }
}

impl Raw {
    /// Reads an answer's entry.
    ///
    /// The client's own reading of entries panics on what is none, and keeps a whole attribute back for one value that is not UTF-8.
    pub(crate) fn read(entry: ResultEntry, most_bytes: usize) -> Result<Self, EntryError> {
        let read = Self::taken(entry).ok_or(EntryError { entry_uuid: None, fault: EntryFault::NotLdap })?;
        let (raw, bytes) = read;
        if bytes > most_bytes {
            return Err(raw.refused(EntryFault::TooLong));
        }
        Ok(raw)
    }

    fn taken(entry: ResultEntry) -> Option<(Self, usize)> {
        let mut parts = entry.0.match_id(4)?.expect_constructed()?.into_iter();
        let dn = parts.next()?.expect_primitive()?;
        let mut bytes = dn.len();
        let mut raw = Self { dn: String::from_utf8(dn).ok()?, values: BTreeMap::new(), not_text: BTreeSet::new() };
        for attribute in parts.next()?.expect_constructed()? {
            let mut parts = attribute.expect_constructed()?.into_iter();
            let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?.to_ascii_lowercase();
            bytes += name.len();
            for value in parts.next()?.expect_constructed()? {
                let value = value.expect_primitive()?;
                bytes += value.len();
                raw.add(&name, value);
            }
        }
        Some((raw, bytes))
    }

    fn add(&mut self, name: &str, value: Vec<u8>) {
        let Ok(text) = String::from_utf8(value) else {
            self.not_text.insert(name.to_owned());
            return;
        };
        let text = text.trim();
        if !text.is_empty() {
            self.values.entry(name.to_owned()).or_default().push(text.to_owned());
        }
    }

    /// The values of an attribute, in the order of the server, which means nothing.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.values.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// A note for each of these attributes that has a value which is no text.
    pub(crate) fn not_text(&self, names: &[&'static str]) -> Vec<Note> {
        let broken = names.iter().filter(|name| self.not_text.contains(&name.to_ascii_lowercase()));
        broken.map(|name| Note::NotText(name)).collect()
    }

    /// What is told of the entry where it cannot be used; text that is no UUID is not passed on.
    pub(crate) fn entry_uuid(&self) -> Option<String> {
        let uuid = self.first(ENTRY_UUID)?;
        let fits = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        (uuid.len() == 36 && uuid.bytes().all(fits)).then(|| uuid.to_ascii_lowercase())
    }

    pub(crate) fn modified(&self) -> Option<&str> {
        self.first(MODIFIED)
    }

    pub(crate) fn refused(&self, fault: EntryFault) -> EntryError {
        EntryError { entry_uuid: self.entry_uuid(), fault }
    }

    #[cfg(test)]
    pub(crate) fn of(dn: &str, attributes: &[(&str, &[&str])]) -> Self {
        let mut raw = Self { dn: dn.to_owned(), values: BTreeMap::new(), not_text: BTreeSet::new() };
        for (name, values) in attributes {
            for value in *values {
                raw.add(&name.to_ascii_lowercase(), value.as_bytes().to_vec());
            }
        }
        raw
    }
}
