//! Reading the files that the field really sends: headers by alias, one line for each refusal, bounded memory.
//!
//! A file is read as a stream of records. A record that cannot be used is refused by itself, with its line and the reason;
//! the others are imported. Nothing here knows what a row means.

mod batch;
mod header;
mod open;
mod reader;
mod report;
mod row;

pub use batch::read_batch;
pub use header::{BadHeader, Column, Header};
pub use open::{OpenError, open, open_one_of};
pub use reader::{MAX_RECORD_BYTES, ReadError, Record, RecordError, Records};
pub use report::{Outcome, Report};
pub use row::{Row, date};
