//! The tags and texts of one record. The grammar is four levels deep: whatever would go deeper is an element where none may be.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::escape::EscapeError;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::{MAX_VALUE_BYTES, RecordError};

/// Bytes of an attribute's name at most.
const MAX_NAME_BYTES: usize = 128;

pub(super) struct Source<'a> {
    reader: Reader<&'a [u8]>,
}

pub(super) enum Tag<'a> {
    Open(BytesStart<'a>),
    Close,
}

impl<'a> Source<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, RecordError> {
        if !text.chars().all(is_allowed) {
            return Err(RecordError::Character);
        }
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader })
    }

    fn event(&mut self) -> Result<Event<'a>, RecordError> {
        self.reader.read_event().map_err(|error| reason(&error))
    }

    /// The next tag; only white space and comments may stand before it.
    pub(super) fn tag(&mut self) -> Result<Tag<'a>, RecordError> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Tag::Open(start)),
                Event::End(_) => return Ok(Tag::Close),
                Event::Comment(_) => {}
                Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => return Err(RecordError::Text),
                _ => return Err(RecordError::Malformed),
            }
        }
    }

    /// The text of the element that was opened, up to its closing tag.
    pub(super) fn text(&mut self) -> Result<String, RecordError> {
        let mut text = String::new();
        loop {
            match self.event()? {
                Event::Text(part) => text.push_str(&part.decode().map_err(|_| RecordError::Malformed)?),
                Event::CData(part) => text.push_str(&part.decode().map_err(|_| RecordError::Malformed)?),
                Event::GeneralRef(entity) => text.push(character(&entity)?),
                Event::Comment(_) => {}
                Event::End(_) => return Ok(text),
                Event::Start(_) => return Err(RecordError::Element { within: "value or id" }),
                _ => return Err(RecordError::Malformed),
            }
            if text.len() > MAX_VALUE_BYTES {
                return Err(RecordError::LongValue);
            }
        }
    }

    /// Nothing stands after the record.
    pub(super) fn end(&mut self) -> Result<(), RecordError> {
        match self.event()? {
            Event::Eof => Ok(()),
            _ => Err(RecordError::Malformed),
        }
    }
}

/// What `attr` and `modification` say of themselves.
pub(super) struct Names {
    pub(super) name: String,
    pub(super) operation: Option<String>,
}

impl Names {
    pub(super) fn of(start: &BytesStart<'_>) -> Result<Self, RecordError> {
        let (mut name, mut operation) = (None, None);
        for attribute in start.attributes() {
            // A name that stands there twice is an error of the parser's.
            let attribute = attribute.map_err(|_| RecordError::Malformed)?;
            let value = attribute.unescape_value().map_err(|error| reason(&error))?;
            match attribute.key.as_ref() {
                b"name" => name = Some(value.trim().to_owned()),
                b"operation" => operation = Some(value.into_owned()),
                _ => {}
            }
        }
        let name = name.filter(|name| is_name(name)).ok_or(RecordError::Name)?;
        Ok(Self { name, operation })
    }
}

/// Names of LDAP attributes, which these are.
fn is_name(name: &str) -> bool {
    let characters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b';'));
    characters && (1..=MAX_NAME_BYTES).contains(&name.len())
}

/// The character of a number, or of one of the five entities that XML has by itself.
fn character(entity: &BytesRef<'_>) -> Result<char, RecordError> {
    if let Some(character) = entity.resolve_char_ref().map_err(|_| RecordError::Character)? {
        return if is_allowed(character) { Ok(character) } else { Err(RecordError::Character) };
    }
    match entity.decode().unwrap_or(Cow::Borrowed("")).as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(RecordError::Entity),
    }
}

/// `Char` of XML 1.0, 2.2.
fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The parser's own words repeat what they found; these do not.
fn reason(error: &Error) -> RecordError {
    match error {
        Error::Escape(EscapeError::UnrecognizedEntity(..)) => RecordError::Entity,
        _ => RecordError::Malformed,
    }
}
