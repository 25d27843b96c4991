//! `sync ldap`: the directory of an ENT, what changed since the last reading or all of it. It is read to its end before anything is
//! taken in: a server that goes away half way changes nothing.

mod spool;

use import::Report;
use kernel::{Clock, Fault, SchoolYear};
use sdet::{Directory, DirectoryError};

use super::{BATCH, Feed, PERSON, Removals, Seen, Told};
use crate::Store;
use crate::app::Secrets;
use spool::Spool;

/// How a directory is read.
#[derive(Clone, Debug)]
pub struct LdapOptions {
    /// Everybody, and not only what changed: then, too, who has gone is found out.
    pub full: bool,
    /// Establishments whose people may go, however many; `all` stands for each.
    pub accept_removals: Vec<String>,
    /// Which share of an establishment's people a full reading may lack before it asks.
    pub max_removed_share: f64,
    /// Do everything and keep nothing.
    pub dry_run: bool,
    /// The clock.
    pub clock: Clock,
}

/// What reading a directory did.
#[derive(Debug)]
pub struct LdapRead {
    /// Counts, refusals and warnings.
    pub report: Report,
    /// Why nobody was ended who is missing; empty where nothing stood against it.
    pub questions: Vec<String>,
}

/// Nothing was taken in, or what was stays and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum LdapError {
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The file that what is read waits in.
    #[error("what was read of the directory cannot be kept in a temporary file")]
    Spool(#[from] std::io::Error),
    /// The service.
    #[error("{}", .0.cause_chain().unwrap_or_else(|| .0.to_string()))]
    Failed(Fault),
}

impl From<Fault> for LdapError {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

/// Reads a directory. `tell` gets each refusal and warning as it happens.
///
/// # Errors
/// When the directory cannot be read to its end: nothing is then taken in; or when the database fails.
pub async fn sync_ldap(
    store: &Store,
    secrets: &Secrets,
    directory: &sdet::Config,
    options: &LdapOptions,
    tell: impl FnMut(&str) + Send + 'static,
) -> Result<LdapRead, LdapError> {
    let source = directory.identifier_system();
    let mut report = Report::new(std::path::Path::new(&source), tell);
    let year = SchoolYear::of(options.clock.today());
    let mut feed = Feed::open(store, secrets, &options.clock, &source, year, options.dry_run).await?;
    let before = store.feed_cursor(&source).await.map_err(Fault::from)?;
    let since = before.filter(|_| !options.full);
    let began = options.clock.now();
    let mut spool = Spool::new(secrets)?;
    let mut structures = Vec::new();
    let mut connection = Directory::connect(directory).await?;
    let mut cursor = connection.structures();
    while let Some(found) = cursor.next().await? {
        match found {
            Ok(found) => structures.push(found.structure),
            Err(error) => report.refuse(report.rows, &error),
        }
    }
    drop(cursor);
    let mut seen = Seen::default();
    let mut holes = Vec::new();
    let mut cursor = connection.people(since.as_deref())?;
    while let Some(found) = cursor.next().await? {
        report.rows += 1;
        match found {
            Ok(mut entry) => {
                for note in &entry.notes {
                    report.warn(report.rows, note);
                }
                seen.add(&entry.key);
                // Ties name guardians by where their entries are.
                let system = super::dn_system(&source);
                entry.person.identifiers.push(feed::FeedIdentifier { system, value: entry.dn.clone() });
                spool.add(&entry.person)?;
            }
            Err(error) => {
                report.refuse(report.rows, &error);
                holes.push(format!("entry {}: it could not be read", report.rows));
            }
        }
    }
    let next = cursor.next_since(began);
    drop(cursor);
    drop(connection);

    feed.structures(&structures, &mut report).await?;
    let (mut reading, mut line) = (spool.read()?, 0);
    loop {
        let mut told = Vec::new();
        while told.len() < BATCH {
            let Some((person, kept)) = reading.next()? else { break };
            line += 1;
            told.push(Told { line, category: PERSON, person, kept });
        }
        if told.is_empty() {
            break;
        }
        feed.people(&told, &mut report).await?;
    }
    let mut questions = Vec::new();
    if since.is_none() {
        questions = remove(&feed, options, &seen, holes, &mut report).await?;
    }
    if let Some(next) = next {
        let mut tx = feed.begin().await?;
        store.write_feed_cursor(&mut tx, &source, &next, began).await.map_err(Fault::from)?;
        feed.finish(tx).await?;
    }
    Ok(LdapRead { report, questions })
}

/// Ends whoever a full reading did not find, unless something stands against it.
async fn remove(
    feed: &Feed<'_>,
    options: &LdapOptions,
    seen: &Seen,
    mut against: Vec<String>,
    report: &mut Report,
) -> Result<Vec<String>, Fault> {
    let removals = Removals::find(feed, PERSON, seen).await?;
    if removals.gone.is_empty() {
        return Ok(Vec::new());
    }
    let accepted = |uai: &str| options.accept_removals.iter().any(|given| given == "all" || given == uai);
    let doubtful = removals.doubtful(options.max_removed_share);
    against.extend(doubtful.into_iter().filter(|(uai, _)| !accepted(uai)).map(|(_, told)| told));
    if against.is_empty() {
        feed.end(&removals.gone, report).await?;
        return Ok(Vec::new());
    }
    Ok(vec![removals.question(&feed.source, PERSON, &against)])
}
