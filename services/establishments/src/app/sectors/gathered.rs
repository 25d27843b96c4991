//! What a file of the carte scolaire says, gathered while it streams by: sets of collèges, and no rows.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Uai;

/// Collèges of one commune or école, at most.
pub(super) const MAX_COLLEGES: usize = 200;

/// For each commune or école that the file is about, the collèges.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    colleges: BTreeMap<String, BTreeSet<Uai>>,
    /// Those of which a row was refused: an école gets its whole sector or none.
    spoiled: BTreeMap<String, Spoiled>,
}

/// Why the rows of a commune or an école are refused together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoiled {
    /// One of them was refused.
    Row,
    /// They name more than [`MAX_COLLEGES`].
    TooMany,
}

impl Gathered {
    /// Takes in what a row says.
    pub(super) fn add(&mut self, about: String, college: Uai) {
        if let Some(colleges) = self.colleges.get_mut(&about) {
            if colleges.len() < MAX_COLLEGES || colleges.contains(&college) {
                colleges.insert(college);
            } else {
                self.spoiled.insert(about, Spoiled::TooMany);
            }
        } else {
            self.colleges.insert(about, BTreeSet::from([college]));
        }
    }

    /// Learns that a row of `about` was refused: its others go with it.
    pub(super) fn spoil(&mut self, about: String) {
        self.spoiled.entry(about).or_insert(Spoiled::Row);
    }

    /// Whether rows that could be read are to be refused all the same.
    pub(super) fn is_spoiled(&self) -> bool {
        !self.spoiled.is_empty()
    }

    /// Why the rows of `about` that could be read are refused, if they are.
    pub(super) fn refusal(&self, about: &str) -> Option<String> {
        self.spoiled.get(about).map(|spoiled| match spoiled {
            Spoiled::Row => format!("{about}: another of its rows was refused"),
            Spoiled::TooMany => format!("{about}: more than {MAX_COLLEGES} collèges"),
        })
    }

    /// The communes or écoles of which every row stands, in order, with their collèges.
    pub(super) fn whole(self) -> Vec<(String, BTreeSet<Uai>)> {
        let Self { colleges, spoiled } = self;
        colleges.into_iter().filter(|(about, _)| !spoiled.contains_key(about)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uai(number: u32) -> Uai {
        Uai::with_number(number).expect("seven digits")
    }

    #[test]
    fn a_spoiled_one_is_left_out_whole() {
        let mut gathered = Gathered::default();
        gathered.add("COM-35001".to_owned(), uai(1));
        gathered.add("COM-35002".to_owned(), uai(2));
        gathered.spoil("COM-35001".to_owned());
        assert!(gathered.is_spoiled() && gathered.refusal("COM-35002").is_none());
        assert_eq!(gathered.refusal("COM-35001").as_deref(), Some("COM-35001: another of its rows was refused"));
        assert_eq!(gathered.whole(), [("COM-35002".to_owned(), BTreeSet::from([uai(2)]))]);
    }

    #[test]
    fn a_set_has_a_bound_and_a_name_told_again_does_not_count() {
        let mut gathered = Gathered::default();
        let many = u32::try_from(MAX_COLLEGES).expect("small");
        for number in (0..many).chain(0..many) {
            gathered.add("COM-35001".to_owned(), uai(number));
        }
        assert!(!gathered.is_spoiled());
        gathered.add("COM-35001".to_owned(), uai(many));
        assert_eq!(gathered.refusal("COM-35001").as_deref(), Some("COM-35001: more than 200 collèges"));
        assert!(gathered.whole().is_empty());
    }
}
