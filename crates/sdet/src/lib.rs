//! An ENT's LDAP directory in the SDET schema, read page by page: who is there, what has changed since, and who has gone.
//!
//! [`Directory::connect`] binds, [`Directory::people`], [`Directory::structures`] and [`Directory::keys`] read. Nothing here is
//! tried twice: whether it is worth another try is what [`DirectoryError::may_pass`] says, and a wrong password is not.
//! What of it is believed, and who is whom, is not said here.

mod address;
mod config;
mod cursor;
mod directory;
pub mod dn;
mod error;
mod map;
mod moment;
mod note;
mod pages;
mod raw;
mod secrets;
mod supervised;
#[cfg(feature = "testing")]
pub mod testing;

pub use config::{Config, check};
pub use cursor::Cursor;
pub use directory::Directory;
pub use error::{DirectoryError, EntryError, EntryFault};
pub use map::{Entry, Key, Structure};
pub use moment::OVERLAP;
pub use note::Note;
