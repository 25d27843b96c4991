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
#[derive(Debug)]
pub(super) struct Groups {
    waiting: HashMap<u32, Group>,
    rows: usize,
    /// A bit for each number of which a row was refused: an establishment is imported whole or not at all.
    spoiled: Vec<u64>,
}

#[derive(Debug, Default)]
struct Group {
    seen: u8,
    rows: Vec<Row>,
}

/// What a row led to.
pub(super) enum Gathered {
    /// The establishment has all its rows.
    Complete(Vec<Row>),
    /// One of the establishment's rows was refused: so are these.
    Spoiled(Vec<Row>),
    /// Others are still to come.
    Waiting,
    /// Too many establishments wait at once: this row is refused.
    Full,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self { waiting: HashMap::new(), rows: 0, spoiled: vec![0; NUMBERS.div_ceil(64)] }
    }

    /// Takes a row in; `expected` rows of its number are in the file.
    pub(super) fn add(&mut self, row: Row, expected: u8) -> Gathered {
        if expected <= 1 {
            return Gathered::Complete(vec![row]);
        }
        let number = row.uai.number();
        if self.is_spoiled(number) {
            return Gathered::Spoiled(vec![row]);
        }
        if self.rows >= MAX_WAITING && !self.waiting.contains_key(&number) {
            return Gathered::Full;
        }
        self.rows += 1;
        let group = self.waiting.entry(number).or_default();
        group.seen += 1;
        group.rows.push(row);
        if group.seen >= expected { Gathered::Complete(self.take(number)) } else { Gathered::Waiting }
    }

    /// Learns that a row of this number was refused: the others go with it.
    pub(super) fn spoil(&mut self, number: u32, expected: u8) -> Gathered {
        if expected <= 1 {
            return Gathered::Waiting;
        }
        self.spoiled[number as usize / 64] |= 1 << (number % 64);
        Gathered::Spoiled(self.take(number))
    }

    fn is_spoiled(&self, number: u32) -> bool {
        self.spoiled[number as usize / 64] & (1 << (number % 64)) != 0
    }

    fn take(&mut self, number: u32) -> Vec<Row> {
        let group = self.waiting.remove(&number).unwrap_or_default();
        self.rows -= group.rows.len();
        group.rows
    }

    /// What never became complete.
    pub(super) fn rest(self) -> impl Iterator<Item = Row> {
        self.waiting.into_values().flat_map(|group| group.rows)
    }
}
