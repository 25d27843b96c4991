//! `transition`: from one school year to the next. Affiliations are of a year, so that nobody is moved: they end with it.
//! Whoever was in CM2 is looked for in 6e once more, since both feeds have told by now; and it is told who was not found.

use std::collections::HashSet;

use db::Tx;
use kernel::{Clock, Fault, SchoolYear};
use uuid::Uuid;

use super::register;
use crate::Store;

/// People read at a time.
const PAGE: i64 = 500;
/// CM2, the last year of école, and 6e (with SEGPA), the first of collège.
const CM2: &[&str] = &["1125"];
const SIXIEME: &[&str] = &["2111", "2431"];

/// What a transition found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transition {
    /// Pupils of CM2 of the year before.
    pub leaving: u64,
    /// Those of them who are known in the new year.
    pub arrived: u64,
    /// People who turned out to be somebody known.
    pub merged: u64,
    /// People who may be: proposals for a human.
    pub proposed: u64,
}

impl Transition {
    /// Pupils of CM2 of whom nobody has told yet where they are.
    pub fn missing(&self) -> u64 {
        self.leaving.saturating_sub(self.arrived)
    }
}

/// Goes over to a school year. Told again, it changes nothing.
///
/// # Errors
/// When the database fails: what was committed stays, and the same command goes on.
pub async fn transition(store: &Store, clock: &Clock, year: SchoolYear, dry_run: bool) -> Result<Transition, Fault> {
    let mut done = Transition::default();
    let mut work = Work { store, dry_run, held: None };
    let before = year.before();
    // First who is whom, then who is missing.
    for (of, levels) in [(year, SIXIEME), (before, CM2)] {
        let mut after = Uuid::nil();
        loop {
            let page = store.pupils_of(&of.to_string(), levels, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = *last;
            let mut tx = work.begin().await?;
            let (merged, proposed) = register::match_people(store, &mut tx, &page, clock.now()).await?;
            (done.merged, done.proposed) = (done.merged + merged, done.proposed + proposed);
            work.finish(tx).await?;
        }
    }
    let (mut after, mut counted) = (Uuid::nil(), HashSet::new());
    loop {
        let page = store.pupils_of(&before.to_string(), CM2, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        let mut tx = work.begin().await?;
        let mut canonical = store.canonical_of(&mut tx, &page).await?;
        // Of those who are one, each may stand on a page of their own.
        canonical.retain(|id| counted.insert(*id));
        let people = store.people_in(&mut tx, &canonical).await?;
        work.finish(tx).await?;
        done.leaving += u64::try_from(people.len()).unwrap_or(u64::MAX);
        let here = people.values().filter(|person| person.affiliations.iter().any(|one| one.is_now(year)));
        done.arrived += u64::try_from(here.count()).unwrap_or(u64::MAX);
    }
    Ok(done)
}

/// A transaction for each page; on a dry run one for all of them, which nothing commits: what is counted last is what would be so.
struct Work<'a> {
    store: &'a Store,
    dry_run: bool,
    held: Option<Tx>,
}

impl Work<'_> {
    async fn begin(&mut self) -> Result<Tx, Fault> {
        if let Some(tx) = self.held.take() {
            return Ok(tx);
        }
        let mut tx = self.store.db().begin().await?;
        self.store.lock_merges(&mut tx).await?;
        Ok(tx)
    }

    async fn finish(&mut self, tx: Tx) -> Result<(), Fault> {
        if self.dry_run {
            self.held = Some(tx);
            return Ok(());
        }
        Ok(tx.commit().await?)
    }
}
