//! Who is missing in a complete feed has gone. One that lacks too many of an establishment is taken for cut off: it stops and asks.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use kernel::Fault;

use super::Feed;

/// People read at a time.
const PAGE: i64 = 5000;

/// Whoever a complete feed told: their keys as numbers, so that a country's would fit into memory.
#[derive(Default)]
pub(crate) struct Seen {
    hasher: RandomState,
    keys: HashSet<u64>,
}

impl Seen {
    pub(crate) fn add(&mut self, key: &str) {
        let hash = self.hasher.hash_one(key);
        self.keys.insert(hash);
    }

    fn holds(&self, key: &str) -> bool {
        self.keys.contains(&self.hasher.hash_one(key))
    }
}

/// How many of an establishment's people a feed lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lacking {
    all: u64,
    gone: u64,
    /// The same of those who were told in an earlier school year alone: leaving in summer is ordinary.
    all_before: u64,
    gone_before: u64,
}

/// What a complete feed would end.
#[derive(Debug, Default)]
pub(crate) struct Removals {
    /// Keys of whoever is missing.
    pub(crate) gone: Vec<String>,
    by_place: BTreeMap<String, Lacking>,
}

impl Removals {
    /// Finds who of a category is missing in `seen`.
    pub(crate) async fn find(feed: &Feed<'_>, category: &str, seen: &Seen) -> Result<Self, Fault> {
        let (mut found, mut after) = (Self::default(), String::new());
        let year = feed.year.to_string();
        loop {
            let page = feed.store.feed_members(&feed.source, category, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after.clone_from(&last.record_key);
            let mut previous = String::new();
            for member in page {
                let gone = !seen.holds(&member.record_key);
                if gone && member.record_key != previous {
                    found.gone.push(member.record_key.clone());
                }
                if let Some(uai) = member.uai {
                    found.by_place.entry(uai).or_default().add(member.school_year == year, gone);
                }
                previous = member.record_key;
            }
        }
    }

    /// What whoever runs the import is asked.
    pub(crate) fn question(&self, source: &str, category: &str, against: &[String]) -> String {
        format!(
            "{source}, {category}: {} people are missing in what should be complete, and nobody was ended:\n  {}\n  \
             Mend what cannot be read and give all of it; where an establishment may lose so many, --accept-removals UAI (or all).",
            self.gone.len(),
            against.join("\n  ")
        )
    }

    /// The establishments that would lose too many, each with a sentence on it.
    pub(crate) fn doubtful(&self, most: f64) -> Vec<(String, String)> {
        let told = |(uai, lacking): (&String, &Lacking)| {
            let (gone, all) = lacking.too_many(most)?;
            Some((uai.clone(), format!("{uai}: {gone} of its {all} people are missing")))
        };
        self.by_place.iter().filter_map(told).collect()
    }
}

impl Lacking {
    fn add(&mut self, this_year: bool, gone: bool) {
        let (all, lost) =
            if this_year { (&mut self.all, &mut self.gone) } else { (&mut self.all_before, &mut self.gone_before) };
        *all += 1;
        *lost += u64::from(gone);
    }

    /// A few people are no share of anything: three at least must be missing.
    #[expect(clippy::cast_precision_loss, reason = "people of one establishment")]
    fn too_many(self, most: f64) -> Option<(u64, u64)> {
        const FEW: u64 = 3;
        if self.gone >= FEW && self.gone as f64 > most * self.all as f64 {
            return Some((self.gone, self.all));
        }
        let emptied = self.all == self.gone && self.gone_before == self.all_before;
        (emptied && self.gone_before >= FEW).then_some((self.gone_before, self.all_before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_this_year_or_everybody_of_the_last() {
        let lacking = |all, gone, all_before, gone_before| Lacking { all, gone, all_before, gone_before };
        assert_eq!(lacking(100, 20, 0, 0).too_many(0.2), None);
        assert_eq!(lacking(100, 21, 0, 0).too_many(0.2), Some((21, 100)));
        assert_eq!(lacking(4, 2, 0, 0).too_many(0.2), None, "few");
        assert_eq!(lacking(0, 0, 100, 90).too_many(0.2), None, "they left in summer");
        assert_eq!(lacking(0, 0, 100, 100).too_many(0.2), Some((100, 100)));
        assert_eq!(lacking(80, 0, 20, 20).too_many(0.2), None, "the others are here");
    }
}
