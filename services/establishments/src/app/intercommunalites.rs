//! `import intercommunalites`: INSEE's table of communes and their EPCI à fiscalité propre.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use import::{Column, Record, Report, Row};
use kernel::{TerritoryId, TerritoryLevel};

use super::annuaire::tell_others;
use super::{ImportError, ImportOptions, finish};
use crate::Store;
use crate::domain::department_of;
use crate::store::TerritoryWrite;

const COLUMNS: &[Column] = &[
    Column::required(&["CODGEO"]),
    Column::required(&["LIBGEO"]),
    Column::required(&["EPCI"]),
    Column::required(&["LIBEPCI"]),
];
/// INSEE's code of a commune that belongs to no EPCI.
const NONE: &str = "ZZZZZZZZZ";
/// Communes written in one transaction.
const BATCH: usize = 500;

/// Imports a table of communes and their intercommunalités.
///
/// # Errors
/// When the file cannot be read at all, or the database fails; single rows are refused in the report.
pub async fn import_intercommunalites(
    store: &Store,
    file: &Path,
    options: &ImportOptions,
    tell: impl FnMut(&str) + Send + 'static,
) -> Result<Report, ImportError> {
    let mut report = Report::new(file, tell);
    let (mut records, header) = import::open(file, COLUMNS)?;
    let mut names = store.territory_names().await?;
    let mut record = Record::default();
    let mut batch: Vec<Pair> = Vec::new();
    while let Some(outcome) = records.read(&mut record)? {
        report.rows += 1;
        let row = outcome
            .map_err(|error| error.to_string())
            .and_then(|()| read(Row { header: &header, record: &record }, &names));
        match row {
            Ok(Some(row)) => batch.push(row),
            Ok(None) => report.count("without intercommunalité", 1),
            Err(reason) => report.refuse(record.line, &reason),
        }
        if batch.len() >= BATCH {
            write(store, std::mem::take(&mut batch), &mut names, options, &mut report).await?;
        }
    }
    write(store, batch, &mut names, options, &mut report).await?;
    Ok(report)
}

struct Pair {
    commune: TerritoryId,
    commune_name: String,
    intercommunalite: TerritoryId,
    name: String,
    department: String,
}

fn read(row: Row<'_>, names: &HashMap<String, String>) -> Result<Option<Pair>, String> {
    let text = |column| row.text(column);
    let commune = TerritoryId::new(TerritoryLevel::Commune, text(0))
        .ok_or_else(|| format!("CODGEO is a commune's INSEE code, such as 33063; got {:?}", text(0)))?;
    if text(2) == NONE {
        return Ok(None);
    }
    let intercommunalite = TerritoryId::new(TerritoryLevel::Intercommunalite, text(2))
        .ok_or_else(|| format!("EPCI is a SIREN of nine digits; got {:?}", text(2)))?;
    let department = department_of(&commune);
    if !names.contains_key(&department) {
        return Err(format!("commune {} lies in no known département", commune.code()));
    }
    if text(1).is_empty() || text(3).is_empty() {
        return Err("LIBGEO and LIBEPCI must be given".to_owned());
    }
    Ok(Some(Pair { commune, commune_name: text(1).to_owned(), intercommunalite, name: text(3).to_owned(), department }))
}

async fn write(
    store: &Store,
    batch: Vec<Pair>,
    names: &mut HashMap<String, String>,
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), ImportError> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut territories: Vec<TerritoryWrite> = Vec::new();
    let mut fresh: HashSet<String> = HashSet::new();
    for pair in &batch {
        let both = [(&pair.intercommunalite, &pair.name), (&pair.commune, &pair.commune_name)];
        for (id, name) in both {
            let id_text = id.to_string();
            // A commune keeps the name that the directory gave it.
            let known = names.get(&id_text).is_some_and(|known| known == name || id.level() == TerritoryLevel::Commune);
            if !known && fresh.insert(id_text.clone()) {
                let (level, code, name) = (id.level(), id.code().to_owned(), name.clone());
                territories.push(TerritoryWrite {
                    id: id_text,
                    level,
                    code,
                    name,
                    zone: None,
                    parent_id: Some(pair.department.clone()),
                });
            }
        }
    }
    let mut tx = store.begin_writing().await?;
    store.write_territories(&mut tx, &territories).await?;
    let pairs: Vec<(String, String)> =
        batch.iter().map(|pair| (pair.commune.to_string(), pair.intercommunalite.to_string())).collect();
    let changed = store.write_intercommunalites(&mut tx, &pairs).await?;
    report.count("communes changed", changed.len() as u64);
    report.count("communes unchanged", (pairs.len() - changed.len()) as u64);
    if !changed.is_empty() {
        let uais = store.uais_in_communes(&mut tx, &changed).await?;
        for chunk in uais.chunks(BATCH) {
            tell_others(store, &mut tx, chunk, options).await?;
        }
    }
    finish(tx, options.dry_run).await?;
    if !options.dry_run {
        names.extend(territories.into_iter().map(|territory| (territory.id, territory.name)));
    }
    Ok(())
}
