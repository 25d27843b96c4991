//! Relay pages: how many, in which direction, after which cursor.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The largest page.
pub const MAX_PAGE: u32 = 100;
/// The page when none is asked for.
const DEFAULT_PAGE: u32 = 20;
/// Longer cursors are none of ours.
const MAX_CURSOR: usize = 2048;

/// Where an item stands in an order: the values of the sort keys, the last of which is unique.
///
/// A cursor names a place in the order and not a row count, so that rows inserted or removed elsewhere neither repeat
/// nor skip anything; the row itself may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(pub Vec<String>);

impl Cursor {
    /// The opaque text that clients hand back.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&self.0).expect("strings are JSON"))
    }

    /// The cursor that `text` was made from, if it has `keys` sort keys.
    pub fn decode(text: &str, keys: usize) -> Result<Self, BadPage> {
        if text.len() > MAX_CURSOR {
            return Err(BadPage::Cursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadPage::Cursor)?;
        let values: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| BadPage::Cursor)?;
        // No text of ours holds U+0000, which PostgreSQL cannot take.
        let ours = values.len() == keys && !values.iter().any(|value| value.contains('\0'));
        if ours { Ok(Self(values)) } else { Err(BadPage::Cursor) }
    }
}

/// Which way a page runs through the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `first` after a cursor.
    Forward,
    /// `last` before a cursor.
    Backward,
}

/// A page that is well formed and not too large.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// Items at most.
    pub size: u32,
    /// Forward from `after`, or backward from `before`.
    pub direction: Direction,
    /// Only items after this place.
    pub after: Option<Cursor>,
    /// Only items before this place.
    pub before: Option<Cursor>,
}

/// The arguments make no page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPage {
    /// The cursor was not made here, or for another order.
    #[error("the cursor is not one that this field gave in this order; leave it out to begin at the start")]
    Cursor,
    /// Both directions at once.
    #[error("give first or last, not both")]
    BothDirections,
    /// Negative or too many.
    #[error("{0} must lie between 0 and {MAX_PAGE}; got {1}")]
    Size(&'static str, i64),
}

impl Page {
    /// The page that Relay's four arguments ask for, in an order of `keys` sort keys.
    pub fn new(
        first: Option<i32>,
        after: Option<&str>,
        last: Option<i32>,
        before: Option<&str>,
        keys: usize,
    ) -> Result<Self, BadPage> {
        let (direction, name, size) = match (first, last) {
            (Some(_), Some(_)) => return Err(BadPage::BothDirections),
            (None, Some(last)) => (Direction::Backward, "last", Some(last)),
            (first, None) => (Direction::Forward, "first", first),
        };
        let size = match size {
            None => DEFAULT_PAGE,
            Some(size) => {
                u32::try_from(size).ok().filter(|size| *size <= MAX_PAGE).ok_or(BadPage::Size(name, i64::from(size)))?
            }
        };
        let cursor = |text: Option<&str>| text.map(|text| Cursor::decode(text, keys)).transpose();
        Ok(Self { size, direction, after: cursor(after)?, before: cursor(before)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip_and_foreign_ones_are_refused() {
        let cursor = Cursor(vec!["école".to_owned(), "0350122T".to_owned()]);
        assert_eq!(Cursor::decode(&cursor.encode(), 2), Ok(cursor.clone()));
        assert_eq!(Cursor::decode(&cursor.encode(), 1), Err(BadPage::Cursor));
        for bad in ["", "!", "AAAA", &"A".repeat(5000)] {
            assert_eq!(Cursor::decode(bad, 1), Err(BadPage::Cursor));
        }
    }

    #[test]
    fn sizes_have_bounds() {
        assert_eq!(Page::new(None, None, None, None, 1).expect("a page").size, 20);
        assert_eq!(Page::new(Some(-1), None, None, None, 1), Err(BadPage::Size("first", -1)));
        assert_eq!(Page::new(None, None, Some(101), None, 1), Err(BadPage::Size("last", 101)));
        assert_eq!(Page::new(Some(1), None, Some(1), None, 1), Err(BadPage::BothDirections));
    }
}
