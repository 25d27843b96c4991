//! Budgets in Redis, for several gateways together.

use std::sync::LazyLock;

use redis::Script;

use super::Client;
use super::gcra::Taken;
use crate::shared::{Away, SharedStore};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));

/// Takes what comes back in `time`, where the client is not further ahead than `window` then; all in microseconds.
pub(super) async fn take(shared: &SharedStore, client: &Client, time: u64, window: u64) -> Result<Taken, Away> {
    let mut invocation = SCRIPT.key(shared.key(&format!("budget:{}", client.key())));
    // What a script reads exactly; the window is far below.
    invocation.arg(time.min(1 << 53)).arg(window);
    let (allowed, ahead): (bool, u64) =
        shared.ask(async |mut connection| invocation.invoke_async(&mut connection).await).await?;
    Ok(Taken { allowed, ahead })
}
