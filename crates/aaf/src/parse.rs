//! One record, parsed by itself.

use std::fmt;

use crate::attributes::Attributes;
use crate::{Category, Change, MAX_ATTRIBUTES, MAX_VALUES, RecordError};

mod source;

use source::{Names, Source, Tag};

/// Bytes of an id at most.
const MAX_ID_BYTES: usize = 255;

/// One thing that a file says: of a person, an establishment, a course or a subject.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// What it asks for.
    pub change: Change,
    /// What it is about; nothing where it says so in a word that is not known here, or not at all.
    pub category: Option<Category>,
    /// Its key within the feed.
    pub id: String,
    /// All attributes, or those that a [`Change::Modify`] replaces; none of a [`Change::Delete`].
    pub attributes: Attributes,
    /// The line on which it begins, from 1.
    pub line: u64,
}

impl fmt::Debug for Record {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Record({:?} {:?} at line {}, {:?})", self.change, self.category, self.line, self.attributes)
    }
}

/// Parses one record, from its `<` to its last `>`.
pub(crate) fn parse(text: &str, line: u64) -> Result<Record, RecordError> {
    let mut source = Source::of(text)?;
    let (change, own_part) = match source.tag()? {
        Tag::Open(root) if root.name().as_ref() == b"addRequest" => (Change::Put, "attributes"),
        Tag::Open(root) if root.name().as_ref() == b"modifyRequest" => (Change::Modify, "modifications"),
        Tag::Open(root) if root.name().as_ref() == b"deleteRequest" => (Change::Delete, ""),
        _ => return Err(RecordError::Malformed),
    };
    let (mut operational, mut id, mut attributes) = (None, None, None);
    while let Tag::Open(part) = source.tag()? {
        match part.name().as_ref() {
            b"operationalAttributes" => {
                let read = read_attributes(&mut source, b"attr", "operationalAttributes")?;
                once(&mut operational, read, "operationalAttributes")?;
            }
            b"identifier" => once(&mut id, identifier(&mut source)?, "identifier")?,
            name if !own_part.is_empty() && name == own_part.as_bytes() => {
                let element: &[u8] = if change == Change::Put { b"attr" } else { b"modification" };
                once(&mut attributes, read_attributes(&mut source, element, own_part)?, own_part)?;
            }
            _ => return Err(RecordError::Element { within: "the record" }),
        }
    }
    source.end()?;
    if attributes.is_none() && change != Change::Delete {
        return Err(RecordError::Missing { part: own_part });
    }
    Ok(Record {
        change,
        category: operational.as_ref().and_then(category),
        id: id.ok_or(RecordError::Missing { part: "identifier" })?,
        attributes: attributes.unwrap_or_default(),
        line,
    })
}

fn once<T>(place: &mut Option<T>, read: T, part: &'static str) -> Result<(), RecordError> {
    match place.replace(read) {
        None => Ok(()),
        Some(_) => Err(RecordError::Twice { part }),
    }
}

/// `categoriePersonne`, `categorieStructure`, `categorieMef` or `categorieMatiere`.
fn category(operational: &Attributes) -> Option<Category> {
    let name = operational.names().find(|name| name.starts_with("categorie"))?;
    operational.first(name).and_then(Category::named)
}

fn identifier(source: &mut Source<'_>) -> Result<String, RecordError> {
    let mut id = None;
    while let Tag::Open(element) = source.tag()? {
        if element.name().as_ref() != b"id" {
            return Err(RecordError::Element { within: "identifier" });
        }
        once(&mut id, source.text()?.trim().to_owned(), "id")?;
    }
    let usable = |id: &String| !id.is_empty() && id.len() <= MAX_ID_BYTES;
    id.filter(usable).ok_or(RecordError::Missing { part: "usable id" })
}

fn read_attributes(source: &mut Source<'_>, element: &[u8], within: &'static str) -> Result<Attributes, RecordError> {
    let mut attributes = Attributes::default();
    while let Tag::Open(start) = source.tag()? {
        if start.name().as_ref() != element {
            return Err(RecordError::Element { within });
        }
        let Names { name, operation } = Names::of(&start)?;
        if element == b"modification" && operation.as_deref() != Some("replace") {
            return Err(RecordError::Operation);
        }
        if attributes.len() == MAX_ATTRIBUTES {
            return Err(RecordError::TooManyAttributes);
        }
        if !attributes.add(name, values(source)?) {
            return Err(RecordError::Twice { part: "an attribute of one name" });
        }
    }
    Ok(attributes)
}

fn values(source: &mut Source<'_>) -> Result<Vec<String>, RecordError> {
    let mut values = Vec::new();
    while let Tag::Open(element) = source.tag()? {
        if element.name().as_ref() != b"value" {
            return Err(RecordError::Element { within: "attr" });
        }
        if values.len() == MAX_VALUES {
            return Err(RecordError::TooManyValues);
        }
        values.push(source.text()?);
    }
    Ok(values)
}

#[cfg(test)]
mod tests;
