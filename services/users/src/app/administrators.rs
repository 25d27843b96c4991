//! Who administers this installation: named on the machine itself, since nobody can be before the first.

use kernel::{Clock, Fault};

use crate::Store;

/// Makes whoever a system calls this an administrator, known already or not, or takes that away. Whether anything changed.
///
/// # Errors
/// When the database fails.
pub async fn set_administrator(
    store: &Store,
    clock: &Clock,
    system: &str,
    value: &str,
    administers: bool,
) -> Result<bool, Fault> {
    Ok(if administers {
        store.add_administrator(system, value, clock.now()).await?
    } else {
        store.remove_administrator(system, value).await?
    })
}
