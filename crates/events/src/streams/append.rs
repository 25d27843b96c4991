//! Appending to a stream by compare-and-set.

use std::sync::LazyLock;

use db::outbox::Event;
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Script};

use super::entry;

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("append.lua")));

/// Where a stream is gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It is begun anew; the next event is the first one after this number.
    Anew(i64),
    /// After its last entry, which has this number.
    Last(i64),
}

impl After {
    pub(super) fn seq(self) -> i64 {
        match self {
            Self::Anew(seq) | Self::Last(seq) => seq,
        }
    }
}

/// Appends `events`, all that the outbox has between `after` and the last of them; false where the stream ends otherwise by now.
pub(super) async fn append(
    connection: &mut MultiplexedConnection,
    stream: &str,
    after: After,
    events: &[Event],
) -> RedisResult<bool> {
    let expected = match after {
        After::Anew(_) => String::new(),
        After::Last(seq) => entry::id_of(seq),
    };
    let mut invocation = SCRIPT.key(stream);
    invocation.arg(expected);
    let mut previous = after.seq();
    for event in events {
        for argument in entry::arguments(previous, event) {
            invocation.arg(argument);
        }
        previous = event.seq;
    }
    invocation.invoke_async(connection).await
}
