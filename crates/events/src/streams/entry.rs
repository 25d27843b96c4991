//! An event as an entry of a stream.

use chrono::{DateTime, SecondsFormat, Utc};
use db::outbox::Event;
use redis::streams::StreamId;

use super::StreamsError;

/// An event, and the number of the one before it in the outbox.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) previous: i64,
    pub(super) event: Event,
}

/// The id of the event `seq` in a stream.
pub(super) fn id_of(seq: i64) -> String {
    format!("{seq}-0")
}

/// What the script that appends takes for one event, in its order.
pub(super) fn arguments(previous: i64, event: &Event) -> [String; 6] {
    [
        id_of(event.seq),
        previous.to_string(),
        event.aggregate.clone(),
        event.kind.clone(),
        event.payload.0.to_string(),
        event.occurred_at.to_rfc3339_opts(SecondsFormat::Micros, true),
    ]
}

/// Reads an entry of `stream`.
pub(super) fn read(stream: &str, entry: &StreamId) -> Result<Entry, StreamsError> {
    parse(entry).ok_or_else(|| StreamsError::Foreign { stream: stream.to_owned(), id: entry.id.clone() })
}

fn parse(entry: &StreamId) -> Option<Entry> {
    let seq = entry.id.strip_suffix("-0")?.parse().ok()?;
    let payload: String = entry.get("payload")?;
    let occurred_at: String = entry.get("occurred_at")?;
    let event = Event::new(
        seq,
        entry.get("aggregate")?,
        entry.get("kind")?,
        serde_json::from_str(&payload).ok()?,
        DateTime::parse_from_rfc3339(&occurred_at).ok()?.with_timezone(&Utc),
    );
    let previous = entry.get::<i64>("previous")?;
    (previous < seq).then_some(Entry { previous, event })
}

/// Those of `entries` that come next after the offset `from`, without a gap.
pub(super) fn next_after(from: i64, entries: Vec<Entry>) -> Vec<Event> {
    let mut last = from;
    let mut next = Vec::with_capacity(entries.len());
    for Entry { previous, event } in entries {
        if event.seq <= last {
            continue;
        }
        if previous > last {
            break;
        }
        last = event.seq;
        next.push(event);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(numbers: &[(i64, i64)]) -> Vec<Entry> {
        let at = DateTime::UNIX_EPOCH;
        let event = |seq| Event::new(seq, "a".to_owned(), "K".to_owned(), serde_json::json!({}), at);
        numbers.iter().map(|&(previous, seq)| Entry { previous, event: event(seq) }).collect()
    }

    fn next(from: i64, numbers: &[(i64, i64)]) -> Vec<i64> {
        next_after(from, entries(numbers)).iter().map(|event| event.seq).collect()
    }

    #[test]
    fn a_gap_is_never_skipped_and_what_is_known_always() {
        assert_eq!(next(0, &[(0, 1), (1, 2)]), [1, 2]);
        assert_eq!(next(4, &[(2, 3), (3, 4), (4, 5)]), [5]);
        assert_eq!(next(4, &[(5, 6)]), [0; 0], "5 has not arrived");
        assert_eq!(next(4, &[(4, 5), (6, 7)]), [5], "6 has not arrived");
        assert_eq!(next(4, &[(3, 7), (7, 9)]), [7, 9], "the outbox has nothing between 3 and 7");
    }
}
