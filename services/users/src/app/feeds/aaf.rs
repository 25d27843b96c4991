//! `import aaf`: the files of an académie, complete or delta, of either degree. Files are read in the order in which they need
//! each other, whatever the order on the command line.

mod files;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use aaf::{Attributes, Category, Change, Degree, FileKind, Record};
use import::Report;
use kernel::{Clock, Fault};

use super::{BATCH, Feed, GUARDIANS, PUPILS, Removals, STAFF, Seen, Told};
use crate::Store;
use crate::app::Secrets;
pub use files::AafError;
use files::{AafFile, Set};

/// What an import of AAF is told beside its files.
#[derive(Clone, Debug)]
pub struct AafOptions {
    /// The académie, such as `ACA-04`, of files that do not say it.
    pub academy: Option<String>,
    /// The degree of files that do not say it.
    pub degree: Option<Degree>,
    /// The date that the files speak of [default: that of their names].
    pub as_of: Option<chrono::NaiveDate>,
    /// Establishments whose people may go, however many; `all` stands for each.
    pub accept_removals: Vec<String>,
    /// Which share of an establishment's people a complete feed may lack before it asks: 0.2 is a fifth.
    pub max_removed_share: f64,
    /// Do everything and keep nothing.
    pub dry_run: bool,
    /// The clock.
    pub clock: Clock,
}

/// What an import of AAF did.
#[derive(Debug)]
pub struct AafImported {
    /// One for each file.
    pub reports: Vec<Report>,
    /// Why nobody was ended who is missing, in sentences; empty where nothing stood against it.
    pub questions: Vec<String>,
}

/// Imports files of AAF. `tell` gets each refusal and warning as it happens.
///
/// # Errors
/// When a file cannot be read at all or says not whose it is, or the database fails: what was committed stays, and the same command
/// goes on.
pub async fn import_aaf(
    store: &Store,
    secrets: &Secrets,
    files: &[PathBuf],
    options: &AafOptions,
    tell: impl FnMut(&str) + Send + Clone + 'static,
) -> Result<AafImported, AafError> {
    let mut imported = AafImported { reports: Vec::new(), questions: Vec::new() };
    for set in files::sets(files, options)? {
        let feed = Feed::open(store, secrets, &options.clock, &set.source, set.year, options.dry_run).await?;
        let mut import = Import { feed, set: &set, levels: HashMap::new(), complete: BTreeMap::new() };
        import.levels = store.feed_levels(&set.source).await.map_err(Fault::from)?;
        for file in &set.files {
            let mut report = Report::new(&file.path, tell.clone());
            import.file(file, &mut report).await?;
            imported.reports.push(report);
        }
        import.remove(options, &mut imported).await?;
    }
    Ok(imported)
}

/// What complete files told of a category.
#[derive(Default)]
struct Complete {
    seen: Seen,
    /// Why somebody may be there who was not seen.
    holes: Vec<String>,
}

struct Import<'a> {
    feed: Feed<'a>,
    set: &'a Set,
    levels: HashMap<String, String>,
    complete: BTreeMap<&'static str, Complete>,
}

/// What waits for its transaction.
#[derive(Default)]
struct Waiting {
    told: Vec<Told>,
    keys: HashSet<String>,
    gone: Vec<String>,
    structures: Vec<feed::FeedStructure>,
    levels: Vec<(String, String)>,
}

impl Import<'_> {
    async fn file(&mut self, file: &AafFile, report: &mut Report) -> Result<(), AafError> {
        let (mut records, _) = aaf::Records::open(&file.path)?;
        let mut waiting = Waiting::default();
        let newer = |other: &&AafFile| other.kind == FileKind::Complete && other.category == file.category;
        if file.kind == FileKind::Delta && self.set.files.iter().filter(newer).any(|other| other.date > file.date) {
            report.note(&"it is older than the complete file that is read with it, and passed over");
            return Ok(());
        }
        let place = format!("{} {}", self.set.source, file.category.as_str());
        let before = self.feed.store.feed_cursor(&place).await.map_err(Fault::from)?;
        let date = file.date.map(|date| date.to_string());
        if let (Some(before), Some(date)) = (&before, &date)
            && date < before
        {
            report.note(&format!("it is of {date}, older than what was read before ({before}), and passed over"));
            return Ok(());
        }
        // A delta that is read with complete files tells of people, too, who are not missing then.
        let category = person_category(file.category);
        if let Some(category) = category.filter(|_| file.kind == FileKind::Complete) {
            self.complete.entry(category).or_default();
        }
        while let Some(outcome) = records.next()? {
            report.rows += 1;
            match outcome {
                Ok(mut record) => {
                    // A key may stand behind the name of its source; it is the same.
                    if let Some((_, key)) = record.id.rsplit_once('$') {
                        record.id = key.to_owned();
                    }
                    if let Some(complete) = category.and_then(|category| self.complete.get_mut(category)) {
                        complete.seen.add(&record.id);
                    }
                    self.record(file, record, &mut waiting, report).await?;
                }
                Err(error) => {
                    report.refuse(records.line(), &error);
                    self.hole(category, || {
                        format!("{}:{}: a record could not be read", file.path.display(), records.line())
                    });
                }
            }
        }
        if !records.ended_well() {
            report.refuse(records.line(), &"the file ends before its last tag: it was cut off");
            self.hole(category, || format!("{}: it was cut off", file.path.display()));
        }
        self.flush(&mut waiting, report).await?;
        if let Some(date) = date {
            let mut tx = self.feed.begin().await?;
            self.feed
                .store
                .write_feed_cursor(&mut tx, &place, &date, self.feed.clock.now())
                .await
                .map_err(Fault::from)?;
            self.feed.finish(tx).await?;
        }
        Ok(())
    }

    /// Notes why somebody may be there who was not seen.
    fn hole(&mut self, category: Option<&'static str>, told: impl FnOnce() -> String) {
        if let Some(complete) = category.and_then(|category| self.complete.get_mut(category)) {
            complete.holes.push(told());
        }
    }

    async fn record(
        &mut self,
        file: &AafFile,
        record: Record,
        waiting: &mut Waiting,
        report: &mut Report,
    ) -> Result<(), AafError> {
        let Some(category) = record.category.or(Some(file.category)) else { return Ok(()) };
        if waiting.keys.contains(&record.id) || waiting.told.len() >= BATCH || waiting.gone.len() >= BATCH {
            self.flush(waiting, report).await?;
        }
        let line = record.line;
        match (category, record.change) {
            (Category::EtabEducNat, Change::Put) => match aaf::structure(&record.id, &record.attributes) {
                Ok(structure) => waiting.structures.push(structure),
                Err(unusable) => report.refuse(line, &unusable),
            },
            (Category::MefEducNat, Change::Put) => {
                waiting.levels.extend(aaf::mef(&record.attributes));
                report.count("levels", 1);
            }
            // What is taught is nobody's here; and what names of establishments and levels meant before may still be read.
            (Category::MatEducNat | Category::EtabEducNat | Category::MefEducNat, _) => {
                report.count("passed over", 1);
            }
            (_, Change::Delete) => {
                waiting.keys.insert(record.id.clone());
                waiting.gone.push(record.id);
            }
            (_, Change::Put) => {
                let attributes = record.attributes.reduced(category);
                self.person(category, line, &record.id, &attributes, waiting, report);
            }
            (_, Change::Modify) => {
                let kept = self.feed.kept(std::slice::from_ref(&record.id)).await?.remove(&record.id);
                let before = kept.and_then(|(_, kept)| serde_json::from_slice::<Attributes>(&kept).ok());
                let Some(mut attributes) = before else {
                    report.refuse(
                        line,
                        &"it changes somebody whom this feed has not told before; a complete file is needed",
                    );
                    return Ok(());
                };
                attributes.replace(record.attributes.reduced(category));
                self.person(category, line, &record.id, &attributes, waiting, report);
            }
        }
        Ok(())
    }

    fn person(
        &self,
        category: Category,
        line: u64,
        id: &str,
        attributes: &Attributes,
        waiting: &mut Waiting,
        report: &mut Report,
    ) {
        let Some(name) = person_category(category) else { return };
        let levels = |code: &str| self.levels.get(code).cloned();
        match aaf::person(self.set.degree, category, id, attributes, &levels) {
            Ok(person) => {
                for note in &person.notes {
                    report.warn(line, note);
                }
                let kept = serde_json::to_vec(attributes).expect("texts in a map are JSON");
                waiting.keys.insert(id.to_owned());
                waiting.told.push(Told { line, category: name, person: person.person, kept });
            }
            Err(unusable) => report.refuse(line, &unusable),
        }
    }

    async fn flush(&mut self, waiting: &mut Waiting, report: &mut Report) -> Result<(), AafError> {
        let waiting = std::mem::take(waiting);
        if !waiting.structures.is_empty() {
            self.feed.structures(&waiting.structures, report).await?;
        }
        if !waiting.levels.is_empty() {
            let levels: BTreeMap<String, String> = waiting.levels.into_iter().collect();
            let levels: Vec<(String, String)> = levels.into_iter().collect();
            let mut tx = self.feed.begin().await?;
            self.feed.store.write_feed_levels(&mut tx, &self.feed.source, &levels).await.map_err(Fault::from)?;
            self.feed.finish(tx).await?;
            self.levels.extend(levels);
        }
        if !waiting.told.is_empty() {
            self.feed.people(&waiting.told, report).await?;
        }
        if !waiting.gone.is_empty() {
            self.feed.end(&waiting.gone, report).await?;
        }
        Ok(())
    }

    /// Ends whoever a complete feed does not tell any more, unless something stands against it.
    async fn remove(&mut self, options: &AafOptions, imported: &mut AafImported) -> Result<(), AafError> {
        let accepted = |uai: &str| options.accept_removals.iter().any(|given| given == "all" || given == uai);
        for (category, complete) in std::mem::take(&mut self.complete) {
            let removals = Removals::find(&self.feed, category, &complete.seen).await?;
            if removals.gone.is_empty() {
                continue;
            }
            let mut against = complete.holes;
            let doubtful = removals.doubtful(options.max_removed_share);
            against.extend(doubtful.into_iter().filter(|(uai, _)| !accepted(uai)).map(|(_, told)| told));
            if against.is_empty() {
                let report = imported.reports.last_mut().expect("a set has a file");
                self.feed.end(&removals.gone, report).await?;
                continue;
            }
            imported.questions.push(removals.question(&self.set.source, category, &against));
        }
        Ok(())
    }
}

fn person_category(category: Category) -> Option<&'static str> {
    match category {
        Category::Eleve => Some(PUPILS),
        Category::PersRelEleve => Some(GUARDIANS),
        Category::PersEducNat => Some(STAFF),
        Category::EtabEducNat | Category::MefEducNat | Category::MatEducNat => None,
    }
}
