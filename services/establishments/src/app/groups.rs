//! The rows of one establishment, gathered while a file streams by, within a bound.

use std::collections::HashMap;

use kernel::Uai;

use crate::domain::annuaire::Row;

/// Rows that wait for the others of their establishment, at most.
const MAX_WAITING: usize = 20_000;
/// Rows of one establishment, at most.
pub(super) const MAX_ROWS: u8 = 200;
const NUMBERS: usize = 10_000_000;

/// How many rows each number has in a file: one byte for each of the ten million numbers that there can be.
#[derive(Debug)]
pub(super) struct Census(Vec<u8>);

impl Census {
    pub(super) fn new() -> Self {
        Self(vec![0; NUMBERS])
    }

    pub(super) fn count(&mut self, uai: Uai) {
        let count = &mut self.0[uai.number() as usize];
        *count = count.saturating_add(1);
    }

    /// Rows of this number in the file.
    pub(super) fn of(&self, number: u32) -> u8 {
        self.0[number as usize]
    }
}

/// Rows whose establishment is not complete yet.
#[derive(Debug, Default)]
pub(super) struct Groups {
    waiting: HashMap<u32, (u8, Vec<Row>)>,
    rows: usize,
}

/// What a row led to.
pub(super) enum Gathered {
    /// The establishment has all its rows.
    Complete(Vec<Row>),
    /// Others are still to come.
    Waiting,
    /// Too many establishments wait at once: this row is refused.
    Full,
}

impl Groups {
    /// Takes a row in; `expected` rows of its number are in the file.
    pub(super) fn add(&mut self, row: Row, expected: u8) -> Gathered {
        if expected <= 1 {
            return Gathered::Complete(vec![row]);
        }
        let number = row.uai.number();
        if self.rows >= MAX_WAITING && !self.waiting.contains_key(&number) {
            return Gathered::Full;
        }
        self.rows += 1;
        let (seen, rows) = self.waiting.entry(number).or_default();
        *seen += 1;
        rows.push(row);
        if *seen >= expected { self.take(number) } else { Gathered::Waiting }
    }

    /// Learns that a row of this number was refused for another reason; the others may now be complete.
    pub(super) fn skip(&mut self, number: u32, expected: u8) -> Gathered {
        if expected <= 1 {
            return Gathered::Waiting;
        }
        let (seen, _) = self.waiting.entry(number).or_default();
        *seen += 1;
        if *seen >= expected { self.take(number) } else { Gathered::Waiting }
    }

    fn take(&mut self, number: u32) -> Gathered {
        let (_, rows) = self.waiting.remove(&number).unwrap_or_default();
        self.rows -= rows.len();
        if rows.is_empty() { Gathered::Waiting } else { Gathered::Complete(rows) }
    }

    /// What never became complete.
    pub(super) fn rest(self) -> impl Iterator<Item = Row> {
        self.waiting.into_values().flat_map(|(_, rows)| rows)
    }
}
