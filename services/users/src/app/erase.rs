//! Erasing a person, and those who have left: noticed, exported by themselves, erased three months later (arrêté du 30 novembre 2006).

use std::collections::HashSet;

use chrono::{Days, NaiveTime};
use db::outbox::{self, NewEvent};
use kernel::events::PersonErased;
use kernel::{Clock, ErrorCode, Fault, SchoolYear};
use uuid::Uuid;

use crate::Store;
use crate::domain::Affiliation;

/// Days of September in which feeds of the year before may still be the last word.
const UNTOLD_DAYS: u64 = 30;
/// People read at a time.
const PAGE: i64 = 500;

/// How long after they left people are kept.
#[derive(Clone, Copy, Debug)]
pub struct RetentionOptions {
    /// Days after the beginning of September before whoever is missing is taken to have left: feeds are late.
    pub grace_days: u32,
    /// Days between the notice and the end.
    pub notice_days: u32,
    /// Count, and change nothing.
    pub dry_run: bool,
    /// The clock.
    pub clock: Clock,
}

/// What was done about those who have left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Newly noticed.
    pub noticed: u64,
    /// Here again after they were noticed.
    pub returned: u64,
    /// Erased.
    pub erased: u64,
}

/// Erases a person and everybody merged into them. Whoever a school still has today is not erased: it has them by law, and its feed
/// would bring them back (RGPD, article 17, 3 b).
///
/// # Errors
/// A conflict where an establishment has them this year; not found where there is no such person.
pub(crate) async fn erase(store: &Store, clock: &Clock, canonical: Uuid, reason: &'static str) -> Result<(), Fault> {
    let year = SchoolYear::of(clock.today());
    let person = store.people(&[canonical]).await?.remove(&canonical);
    let person = person.ok_or_else(|| Fault::new(ErrorCode::NotFound, "there is no such person"))?;
    // Until feeds have told the new year, those of the year before are still there.
    let untold = clock.today() < year.rentree() + Days::new(UNTOLD_DAYS);
    let is_here = |one: &&Affiliation| one.is_now(year) || (untold && one.is_now(year.before()));
    if let Some(here) = person.affiliations.iter().find(is_here) {
        let told = format!(
            "the establishment {} has this person in {year}, by law: they can be erased when they have left, and their data \
             can be exported now",
            here.uai
        );
        return Err(Fault::new(ErrorCode::Conflict, told));
    }
    let now = clock.now();
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let members = store.members(&mut tx, canonical).await?;
    store.erase(&mut tx, &members, reason, now).await?;
    let event =
        |id: &Uuid| NewEvent::new(PersonErased::KIND, id.to_string(), &PersonErased { person_id: id.to_string() });
    outbox::append(&mut tx, &members.iter().map(event).collect::<Vec<_>>(), now).await?;
    Ok(tx.commit().await?)
}

/// Notices whoever has left, and erases whose notice has run out.
///
/// # Errors
/// When the database fails; the same command goes on.
pub async fn retain(store: &Store, options: &RetentionOptions) -> Result<Retained, Fault> {
    let returned = store.returned(&SchoolYear::of(options.clock.today()).to_string()).await?;
    if !options.dry_run {
        store.void_departures(&returned).await?;
    }
    let noticed = notice(store, options).await?;
    let erased =
        if options.dry_run { due(store, options, &returned).await? } else { erase_due(store, &options.clock).await? };
    Ok(Retained { noticed, returned: u64::try_from(returned.len()).unwrap_or(u64::MAX), erased })
}

/// Notices whoever has left, after the grace; how many are newly so.
async fn notice(store: &Store, options: &RetentionOptions) -> Result<u64, Fault> {
    let today = options.clock.today();
    let year = SchoolYear::of(today);
    if today < year.rentree() + Days::new(options.grace_days.into()) {
        return Ok(0);
    }
    let erase_on = today + Days::new(options.notice_days.into());
    let begun = year.first_day().and_time(NaiveTime::MIN).and_utc();
    let (mut noticed, mut after) = (0, Uuid::nil());
    loop {
        let page = store.without_affiliation(&year.to_string(), begun, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(noticed) };
        after = *last;
        if !options.dry_run {
            noticed += store.note_departures(&page, today, erase_on).await?;
            continue;
        }
        for id in &page {
            noticed += u64::from(store.departure_of(*id).await?.is_none());
        }
    }
}

/// Whether somebody's notice stands: whoever was merged meanwhile is another's, and whoever administers stays.
async fn stands(store: &Store, id: Uuid) -> Result<bool, Fault> {
    Ok(store.canonical(&[id]).await?.get(&id) == Some(&id) && !store.is_administrator(id).await?)
}

/// How many would be erased today.
async fn due(store: &Store, options: &RetentionOptions, returned: &[Uuid]) -> Result<u64, Fault> {
    let returned: HashSet<&Uuid> = returned.iter().collect();
    let mut erased = 0;
    for id in store.due_departures(options.clock.today(), i64::MAX).await? {
        erased += u64::from(!returned.contains(&id) && stands(store, id).await?);
    }
    Ok(erased)
}

/// Erases whose notice has run out; how many.
async fn erase_due(store: &Store, clock: &Clock) -> Result<u64, Fault> {
    let mut erased = 0;
    loop {
        let due = store.due_departures(clock.today(), PAGE).await?;
        if due.is_empty() {
            return Ok(erased);
        }
        for id in due {
            let done = if stands(store, id).await? {
                erase(store, clock, id, "RETENTION").await.map(|()| true)
            } else {
                Ok(false)
            };
            match done {
                Ok(true) => erased += 1,
                Ok(false) => store.void_departures(&[id]).await?,
                // Somebody has told of them in this moment.
                Err(fault) if fault.code() == ErrorCode::Conflict => store.void_departures(&[id]).await?,
                Err(fault) => return Err(fault),
            }
        }
    }
}
