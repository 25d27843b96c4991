//! Reading the AAF files of the académies (`ficAlimMENESR`): people and establishments of the first and the second degree.
//!
//! [`Records`] reads a file as a stream, one record at a time: memory is bounded by a record, and a record that cannot be used is
//! refused by itself. [`person`], [`structure`] and [`mef`] say what a record's attributes mean, without I/O. What a file is
//! (complete or a delta, of which académie) is told by its name and its comments ([`FileHead`]).
//!
//! Nothing that a file declares is ever expanded or fetched. Errors and notes hold no value of a record: they pass near logs.

mod attributes;
mod encoding;
mod error;
pub mod generate;
mod head;
mod map;
mod mark;
mod parse;
mod reader;
mod scan;
mod window;
mod words;

pub use attributes::Attributes;
pub use error::{ReadError, RecordError};
pub use head::FileHead;
pub use map::{Note, Person, Unusable, mef, person, structure};
pub use parse::Record;
pub use reader::Records;
pub use words::{Category, Change, Degree, FileKind};

/// A record's bytes at most. Those of real files have some 4 KB.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// Attributes of a record at most.
pub const MAX_ATTRIBUTES: usize = 400;
/// Values of an attribute at most, empty ones counted.
pub const MAX_VALUES: usize = 2000;
/// Bytes of a value at most.
pub const MAX_VALUE_BYTES: usize = 64 << 10;
