//! How far a consumer is, as it tells the relay.

use chrono::{DateTime, TimeDelta, Utc};

/// After that long without a word a consumer is gone. If it comes back, its stream begins again where it is.
const GONE: TimeDelta = TimeDelta::hours(1);

/// An offset, and when it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) offset: i64,
    told_at: DateTime<Utc>,
}

impl Cursor {
    pub(super) fn new(offset: i64, told_at: DateTime<Utc>) -> Self {
        Self { offset, told_at }
    }

    /// `OFFSET:MILLISECONDS`, as the hash keeps it.
    pub(super) fn spelling(self) -> String {
        format!("{}:{}", self.offset, self.told_at.timestamp_millis())
    }

    /// Reads a spelling; none where it is something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (offset, told_at) = text.split_once(':')?;
        Some(Self {
            offset: offset.parse().ok().filter(|&offset: &i64| offset >= 0)?,
            told_at: DateTime::from_timestamp_millis(told_at.parse().ok()?)?,
        })
    }

    /// Whether nothing was heard of it for so long that its stream is kept no more.
    pub(super) fn is_gone(self, now: DateTime<Utc>) -> bool {
        now - self.told_at > GONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let now: DateTime<Utc> = "2021-02-01T12:00:00.123Z".parse().expect("a moment");
        let cursor = Cursor::new(7, now);
        assert_eq!(cursor.spelling(), "7:1612180800123");
        assert_eq!(Cursor::parse("7:1612180800123"), Some(cursor));
        for wrong in ["", "7", "7:", ":7", "-1:7", "x:7", "7:99999999999999999999"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
        assert!(!cursor.is_gone(now + TimeDelta::minutes(59)) && cursor.is_gone(now + TimeDelta::minutes(61)));
    }
}
