//! `import annuaire`: the official directory, read twice (once to count, once to write), each establishment whole.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use chrono::NaiveDate;
use db::outbox::{self, NewEvent};
use db::{StoreError, Tx};
use import::{Record, Report, Row as Fields};
use kernel::events::EstablishmentChanged;
use kernel::{TerritoryId, TerritoryLevel, Uai};

use super::groups::{Census, Gathered, Groups, MAX_ROWS};
use super::{ImportError, ImportOptions, finish};
use crate::Store;
use crate::domain::annuaire::{self, Circonscription, NamedTerritory, Row};
use crate::domain::history::{Step, step};
use crate::domain::{Snapshot, Status};
use crate::store::{Known, TerritoryWrite, Write};

/// Establishments written in one transaction.
const BATCH: usize = 500;
/// A file that lacks more than one in so many of a territory's establishments is taken for cut off, not for complete.
const MOST_MISSING: usize = 2;
/// Circonscriptions of one file at most; the country has some 1 300.
const MAX_CIRCONSCRIPTIONS: usize = 20_000;

/// Imports a file of the official directory. `tell` gets each refusal and warning as it happens.
///
/// # Errors
/// When the file cannot be read at all, or the database fails; single rows are refused in the report.
pub async fn import_annuaire(
    store: &Store,
    file: &Path,
    options: &ImportOptions,
    tell: impl FnMut(&str) + Send + 'static,
) -> Result<Report, ImportError> {
    let mut report = Report::new(file, tell);
    if let Some(territory) = &options.complete
        && store.territories_by_ids(&[territory.to_string()]).await?.is_empty()
    {
        return Err(ImportError::UnknownTerritory(territory.clone()));
    }
    let today = options.clock.today();
    if let Some(future) = options.as_of.filter(|date| *date > today) {
        return Err(ImportError::Future(future));
    }
    let survey = survey(file, today)?;
    let as_of = options.as_of.or(survey.newest).unwrap_or_else(|| options.clock.today());
    let mut import = Import::begin(store, options, survey, as_of).await?;
    let (mut records, header) = import::open(file, annuaire::COLUMNS)?;
    let mut record = Record::default();
    let mut groups = Groups::new();
    while let Some(outcome) = records.read(&mut record)? {
        report.rows += 1;
        let fields = Fields { header: &header, record: &record };
        let gathered = match outcome {
            Ok(()) => import.take(fields, &mut groups, &mut report),
            Err(error) => {
                report.refuse(record.line, &error);
                import.spoil(fields, &mut groups)
            }
        };
        match gathered {
            Gathered::Complete(rows) => import.ready.push(rows),
            Gathered::Spoiled(rows) => {
                for row in rows {
                    report.refuse(row.line, &format!("{}: another row of this establishment was refused", row.uai));
                }
            }
            Gathered::Waiting | Gathered::Full => {}
        }
        if import.ready.len() >= BATCH {
            import.flush(&mut report).await?;
        }
    }
    import.flush(&mut report).await?;
    let mut rest: Vec<Row> = groups.rest().collect();
    rest.sort_by_key(|row| row.line);
    for row in rest {
        report
            .refuse(row.line, &format!("{}: its rows lie too far apart in a file this large; sort it by UAI", row.uai));
    }
    if let Some(territory) = &options.complete {
        import.close_missing(territory, &mut report).await?;
    }
    Ok(report)
}

/// What the first pass learns.
struct Survey {
    census: Census,
    newest: Option<NaiveDate>,
    /// Circonscriptions of the file itself, by département and name.
    circonscriptions: HashMap<(String, String), NamedTerritory>,
}

fn survey(file: &Path, today: NaiveDate) -> Result<Survey, ImportError> {
    let (mut records, header) = import::open(file, annuaire::COLUMNS)?;
    let mut survey = Survey { census: Census::new(), newest: None, circonscriptions: HashMap::new() };
    let mut record = Record::default();
    while let Some(outcome) = records.read(&mut record)? {
        let fields = Fields { header: &header, record: &record };
        let (uai, date) = annuaire::glance(fields);
        if let Some(uai) = uai {
            survey.census.count(uai);
        }
        // A date of the future would make every later file look old.
        if outcome.is_ok() {
            survey.newest = survey.newest.max(date.filter(|date| *date <= today));
        }
        if survey.circonscriptions.len() < MAX_CIRCONSCRIPTIONS
            && let Some((department, circonscription)) = annuaire::circonscription_row(fields)
        {
            survey.circonscriptions.insert((department, circonscription.name.clone()), circonscription);
        }
    }
    Ok(survey)
}

struct Import<'a> {
    store: &'a Store,
    options: &'a ImportOptions,
    as_of: NaiveDate,
    survey: Survey,
    /// Name of every territory that the database holds.
    names: HashMap<String, String>,
    /// Territories that this file has named: the first name wins.
    named: HashSet<String>,
    /// Names that no circonscription bears, told once each.
    unmatched: HashSet<(String, String)>,
    ready: Vec<Vec<Row>>,
}

impl<'a> Import<'a> {
    async fn begin(
        store: &'a Store,
        options: &'a ImportOptions,
        mut survey: Survey,
        as_of: NaiveDate,
    ) -> Result<Self, StoreError> {
        for (id, name, parent) in store.circonscriptions().await? {
            let (Some(department), Ok(id)) =
                (parent.as_deref().and_then(|parent| parent.strip_prefix("DEP-")), id.parse())
            else {
                continue;
            };
            survey.circonscriptions.entry((department.to_owned(), name.clone())).or_insert(NamedTerritory { id, name });
        }
        Ok(Self {
            store,
            options,
            as_of,
            survey,
            names: store.territory_names().await?,
            named: HashSet::new(),
            unmatched: HashSet::new(),
            ready: Vec::new(),
        })
    }

    /// Reads a row and gathers it with the others of its establishment.
    fn take(&mut self, fields: Fields<'_>, groups: &mut Groups, report: &mut Report) -> Gathered {
        let row = match annuaire::read(fields) {
            Ok(row) => row,
            Err(error) => {
                report.refuse(fields.line(), &error);
                return self.spoil(fields, groups);
            }
        };
        for warning in &row.warnings {
            report.warn(row.line, warning);
        }
        let (uai, expected) = (row.uai, self.survey.census.of(row.uai.number()));
        if expected > MAX_ROWS {
            report.refuse(row.line, &format!("{uai}: more than {MAX_ROWS} rows for one number"));
            return Gathered::Waiting;
        }
        let line = row.line;
        let gathered = groups.add(row, expected);
        if matches!(gathered, Gathered::Full) {
            report.refuse(line, &format!("{uai}: its rows lie too far apart in a file this large; sort it by UAI"));
        }
        gathered
    }

    /// A row was refused: where its UAI can be read, its establishment's other rows go with it.
    fn spoil(&self, fields: Fields<'_>, groups: &mut Groups) -> Gathered {
        let number = annuaire::glance(fields).0.map(|uai| uai.number());
        number.map_or(Gathered::Waiting, |number| groups.spoil(number, self.survey.census.of(number)))
    }

    /// Writes the establishments that are ready, in one transaction.
    async fn flush(&mut self, report: &mut Report) -> Result<(), StoreError> {
        if self.ready.is_empty() {
            return Ok(());
        }
        let groups = std::mem::take(&mut self.ready);
        let territories = self.territories(&groups, report);
        let mut snapshots: Vec<(u64, Snapshot)> = Vec::with_capacity(groups.len());
        for rows in &groups {
            // Two letters for one number are two establishments, one of them with a false letter.
            let mut uais: Vec<Uai> = rows.iter().map(|row| row.uai).collect();
            uais.sort_unstable();
            uais.dedup();
            for uai in uais {
                let own: Vec<Row> = rows.iter().filter(|row| row.uai == uai).cloned().collect();
                let line = own.first().map_or(0, |row| row.line);
                let merged =
                    annuaire::merge(&own, |row| self.circonscription_of(row).map(|found| found.id.to_string()));
                snapshots.extend(merged.map(|snapshot| (line, snapshot)));
            }
        }
        let mut tx = self.store.begin_writing().await?;
        self.store.write_territories(&mut tx, &territories).await?;
        let uais: Vec<String> = snapshots.iter().map(|(_, snapshot)| snapshot.uai.to_string()).collect();
        let known = self.store.known(&mut tx, &uais).await?;
        let mut writes = Vec::new();
        let mut confirmed = Vec::new();
        for (line, snapshot) in snapshots {
            let known = known.get(snapshot.uai.as_str());
            match decide(snapshot, known, self.as_of, report) {
                Decision::Write(write) => writes.push(*write),
                Decision::Same(uai) => confirmed.push(uai),
                Decision::Older(uai) => {
                    report.warn(line, &format!("{uai}: a newer file was imported before; this row changes nothing"));
                    confirmed.push(uai);
                }
            }
        }
        // Two letters for one number make more establishments than numbers.
        for chunk in writes.chunks(BATCH) {
            self.store.write_establishments(&mut tx, chunk).await?;
        }
        self.store.confirm(&mut tx, &confirmed, self.as_of).await?;
        let written: Vec<String> = writes.iter().map(|write| write.snapshot.uai.to_string()).collect();
        tell_others(self.store, &mut tx, &written, self.options).await?;
        finish(tx, self.options.dry_run).await?;
        if !self.options.dry_run {
            self.names.extend(territories.into_iter().map(|territory| (territory.id, territory.name)));
        }
        Ok(())
    }

    fn circonscription_of(&self, row: &Row) -> Option<NamedTerritory> {
        match row.circonscription.as_ref()? {
            Circonscription::Known(territory) => Some(territory.clone()),
            Circonscription::ByName(name) => {
                let department = row.department.as_ref()?.id.code().to_owned();
                self.survey.circonscriptions.get(&(department, name.clone())).cloned()
            }
        }
    }

    /// The territories that these rows name and the database does not hold, or holds under another name; parents first.
    fn territories(&mut self, groups: &[Vec<Row>], report: &mut Report) -> Vec<TerritoryWrite> {
        let mut writes: Vec<TerritoryWrite> = Vec::new();
        for row in groups.iter().flatten() {
            let parent =
                |territory: &Option<NamedTerritory>| territory.as_ref().map(|territory| territory.id.to_string());
            let country = Some(TerritoryId::country().to_string());
            let found = self.circonscription_of(row);
            if found.is_none() {
                self.warn_unmatched(row, report);
            }
            let (region, academy, department) = (parent(&row.region), parent(&row.academy), parent(&row.department));
            let all = [
                (row.region.clone(), country.clone()),
                (row.academy.clone(), region.or(country)),
                (row.department.clone(), academy),
                (found, department.clone()),
                (row.commune.clone(), department),
            ];
            for (territory, parent) in all {
                let Some(NamedTerritory { id, name }) = territory else { continue };
                // The wide levels are the built-in code list's; a file only adds what that does not know.
                let from_file = matches!(id.level(), TerritoryLevel::Commune | TerritoryLevel::Circonscription);
                let known = self.names.get(&id.to_string());
                if known.is_some_and(|known| !from_file || *known == name) || !self.named.insert(id.to_string()) {
                    continue;
                }
                if !from_file {
                    report.warn(
                        row.line,
                        &format!(
                            "{id} ({name}) is not in the list of régions, académies and départements: added as given"
                        ),
                    );
                }
                writes.push(TerritoryWrite {
                    level: id.level(),
                    code: id.code().to_owned(),
                    id: id.to_string(),
                    name,
                    zone: None,
                    parent_id: parent,
                });
            }
        }
        if self.options.dry_run {
            // What a dry run adds is gone with its batch, so that the next batch must add it again.
            self.named.clear();
        }
        writes.sort_by_key(|territory| territory.level);
        writes
    }

    fn warn_unmatched(&mut self, row: &Row, report: &mut Report) {
        let (Some(Circonscription::ByName(name)), Some(department)) = (&row.circonscription, &row.department) else {
            return;
        };
        let key = (department.id.code().to_owned(), name.clone());
        if self.unmatched.len() < MAX_CIRCONSCRIPTIONS && self.unmatched.insert(key) {
            report.warn(row.line, &format!("no circonscription {name:?} is known in {}: left null", department.id));
        }
    }

    /// Closes what a complete file does not hold.
    async fn close_missing(&mut self, territory: &TerritoryId, report: &mut Report) -> Result<(), StoreError> {
        if report.refused > 0 {
            report.note(&"nothing was closed: with rows refused the file is not complete");
            return Ok(());
        }
        let (working, missing) = self.missing(territory).await?;
        if missing.len() * MOST_MISSING > working {
            report.note(&format!(
                "nothing was closed: {} of the {working} establishments of {territory} are missing, and a complete file lacks few",
                missing.len()
            ));
            return Ok(());
        }
        for chunk in missing.chunks(BATCH) {
            let mut tx = self.store.begin_writing().await?;
            let known = self.store.known(&mut tx, chunk).await?;
            let writes: Vec<Write> = chunk.iter().filter_map(|uai| closing(uai, known.get(uai)?, self.as_of)).collect();
            report.count("closed", writes.len() as u64);
            self.store.write_establishments(&mut tx, &writes).await?;
            let written: Vec<String> = writes.iter().map(|write| write.snapshot.uai.to_string()).collect();
            tell_others(self.store, &mut tx, &written, self.options).await?;
            finish(tx, self.options.dry_run).await?;
        }
        Ok(())
    }

    /// How many establishments of the territory work, and which of them the file does not hold.
    async fn missing(&self, territory: &TerritoryId) -> Result<(usize, Vec<String>), StoreError> {
        let (mut working, mut missing, mut after) = (0, Vec::new(), String::new());
        let page = i64::try_from(BATCH).expect("a batch is small");
        loop {
            let mut tx = self.store.db().begin().await?;
            let uais = self.store.working_uais(&mut tx, territory, &after, page).await?;
            let Some(last) = uais.last().cloned() else { return Ok((working, missing)) };
            working += uais.len();
            let held = |uai: &String| uai.parse::<Uai>().is_ok_and(|uai| self.survey.census.of(uai.number()) > 0);
            missing.extend(uais.into_iter().filter(|uai| !held(uai)));
            after = last;
        }
    }
}

enum Decision {
    Write(Box<Write>),
    Same(String),
    Older(String),
}

/// What becomes of one establishment.
fn decide(mut snapshot: Snapshot, known: Option<&Known>, as_of: NaiveDate, report: &mut Report) -> Decision {
    if snapshot.status == Status::Closed && snapshot.closed_on.is_none() {
        snapshot.closed_on = known.and_then(|known| known.closed_on).or(Some(as_of));
    }
    let Some(known) = known else {
        report.count("added", 1);
        return Decision::Write(Box::new(Write { snapshot, seen_as_of: as_of, close: None, open: (0, None) }));
    };
    let uai = snapshot.uai.to_string();
    let beside = known.status != Some(snapshot.status)
        || known.opened_on != snapshot.opened_on
        || known.closed_on != snapshot.closed_on
        || known.sites != snapshot.sites;
    let stay = (known.ordinal, known.current.valid_from);
    let write = |snapshot, close, open| Decision::Write(Box::new(Write { snapshot, seen_as_of: as_of, close, open }));
    match step(&known.current, known.seen_as_of, snapshot.facts.clone(), as_of) {
        Step::Older => {
            report.count("older than known", 1);
            Decision::Older(uai)
        }
        Step::Same if !beside => {
            report.count("unchanged", 1);
            Decision::Same(uai)
        }
        Step::Same | Step::Correct(_) => {
            report.count("changed", 1);
            write(snapshot, None, stay)
        }
        Step::Turn(_) => {
            report.count("changed", 1);
            write(snapshot, Some((known.ordinal, as_of)), (known.ordinal + 1, Some(as_of)))
        }
    }
}

/// The change that closes an establishment and leaves all else as it was.
fn closing(uai: &str, known: &Known, as_of: NaiveDate) -> Option<Write> {
    let snapshot = Snapshot {
        uai: uai.parse().ok()?,
        status: Status::Closed,
        opened_on: known.opened_on,
        closed_on: Some(as_of),
        facts: known.current.facts.clone(),
        sites: known.sites.clone(),
    };
    let open = (known.ordinal, known.current.valid_from);
    (as_of >= known.seen_as_of).then_some(Write { snapshot, seen_as_of: as_of, close: None, open })
}

/// Appends the events of these establishments to the outbox, in the transaction of their change.
pub(super) async fn tell_others(
    store: &Store,
    tx: &mut Tx,
    uais: &[String],
    options: &ImportOptions,
) -> Result<(), StoreError> {
    if uais.is_empty() {
        return Ok(());
    }
    let events: Vec<NewEvent> = store
        .changed_events(tx, uais)
        .await?
        .iter()
        .map(|event| NewEvent::new(EstablishmentChanged::KIND, event.uai.clone(), event))
        .collect();
    outbox::append(tx, &events, options.clock.now()).await
}
