//! The crate from outside, on a real slapd.

mod entries;
mod faults;
mod limits;
mod reading;
mod safety;
mod wire;

use sdet::{Config, Cursor, Directory, DirectoryError, EntryError};

/// Reads to the end.
async fn all<T>(cursor: &mut Cursor<'_, T>) -> Result<Vec<Result<T, EntryError>>, DirectoryError> {
    let mut entries = Vec::new();
    while let Some(entry) = cursor.next().await? {
        entries.push(entry);
    }
    Ok(entries)
}

/// Keys of the people that a reading gives, in order.
async fn people(directory: &mut Directory, since: Option<&str>) -> Vec<String> {
    let mut cursor = directory.people(since).expect("a moment");
    let entries = all(&mut cursor).await.expect("read");
    let mut keys: Vec<String> = entries.into_iter().map(|entry| entry.expect("whole").key).collect();
    keys.sort_unstable();
    keys
}

async fn refused(config: &Config) -> DirectoryError {
    Directory::connect(config).await.expect_err("refused")
}
