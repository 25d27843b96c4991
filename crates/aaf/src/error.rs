//! Why a file, or one record of it, cannot be used. No error holds what a record says.

use std::path::PathBuf;

use crate::{MAX_ATTRIBUTES, MAX_RECORD_BYTES, MAX_VALUE_BYTES, MAX_VALUES};

/// The file cannot be read, or not be read on.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not there, or the disk fails.
    #[error("cannot read {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It declares entities or other things of its own: a few bytes could stand for gigabytes, or for a file of this machine.
    #[error(
        "{path}:{line}: the DOCTYPE holds declarations of its own (`[` or ENTITY), which are never followed; an AAF file only names ficAlimMENESR.dtd"
    )]
    Declarations {
        /// The file.
        path: PathBuf,
        /// Where.
        line: u64,
    },
    /// Its bytes are in an encoding that is not read here.
    #[error(
        "{path}: the encoding {name:?} is not read here; save the file as UTF-8, ISO-8859-1, ISO-8859-15 or windows-1252"
    )]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The encoding that it declares or shows.
        name: String,
    },
    /// It does not begin as an AAF file does.
    #[error("{path}:{line}: not an AAF file: {reason}")]
    NotAaf {
        /// The file.
        path: PathBuf,
        /// Where.
        line: u64,
        /// What was expected there.
        reason: &'static str,
    },
}

/// One record that cannot be used; those before and after it can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Something stands between records that belongs to none.
    #[error(
        "text that belongs to no record: only comments and white space stand between addRequest, modifyRequest and deleteRequest"
    )]
    Stray,
    /// The file ends before the record does.
    #[error("the file ends within this record: it was cut off")]
    CutOff,
    /// Another record begins, or the file's element ends, before this record does.
    #[error("its closing tag is missing: the next record begins, or the file's element ends, before it")]
    Unclosed,
    /// No end within the bound.
    #[error("longer than {MAX_RECORD_BYTES} bytes")]
    TooLong,
    /// Bytes that the file's encoding does not have.
    #[error("bytes that are not {encoding}, the encoding of the file")]
    NotText {
        /// The encoding.
        encoding: &'static str,
    },
    /// A character that XML does not allow, as itself or by its number.
    #[error("a control character, which XML does not allow")]
    Character,
    /// Tags that do not match, a lone `&`, quotes that are not closed and the like.
    #[error("not well-formed XML")]
    Malformed,
    /// An entity besides the five that XML has.
    #[error("an entity besides &lt; &gt; &amp; &apos; &quot; and numbers; none is ever looked up")]
    Entity,
    /// An element where AAF has none of this name.
    #[error("an element in {within} that AAF does not have there")]
    Element {
        /// The element around it.
        within: &'static str,
    },
    /// Text outside `value` and `id`.
    #[error("text outside value and id")]
    Text,
    /// A part that every such record has.
    #[error("it has no {part}")]
    Missing {
        /// The part.
        part: &'static str,
    },
    /// A part or an attribute that stands there twice: which one holds cannot be known.
    #[error("{part} stands there twice")]
    Twice {
        /// The part.
        part: &'static str,
    },
    /// A `name` that is missing, or has other characters than names have.
    #[error("an attribute without a usable name")]
    Name,
    /// A modification that is not `replace`.
    #[error("a modification whose operation is not \"replace\"")]
    Operation,
    /// Too many attributes.
    #[error("more than {MAX_ATTRIBUTES} attributes")]
    TooManyAttributes,
    /// Too many values.
    #[error("more than {MAX_VALUES} values of one attribute")]
    TooManyValues,
    /// A value beyond all measure.
    #[error("a value longer than {MAX_VALUE_BYTES} bytes")]
    LongValue,
}
