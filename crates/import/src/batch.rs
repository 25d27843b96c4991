//! Records in batches, for importers that write many rows in one transaction.

use crate::{ReadError, Record, Records, Report};

/// The next records, `size` at most, each with its own bytes; none at the end of the file. Records that cannot be used are
/// refused in `report`.
///
/// # Errors
/// When the file cannot be read on.
pub fn read_batch(records: &mut Records, size: usize, report: &mut Report) -> Result<Vec<Record>, ReadError> {
    let mut batch = Vec::new();
    let mut record = Record::default();
    while batch.len() < size {
        match records.read(&mut record)? {
            None => break,
            Some(outcome) => {
                report.rows += 1;
                match outcome {
                    Ok(()) => batch.push(record.compact()),
                    Err(error) => report.refuse(record.line, &error),
                }
            }
        }
    }
    Ok(batch)
}
