//! Writing establishments in batches: what is known of them, and what a file makes of it.

use std::collections::HashMap;

use chrono::NaiveDate;
use db::{StoreError, Tx, with_tx};
use kernel::events::{EstablishmentChanged, PlacePeriod};
use kernel::{EstablishmentKind, LegalStatus, TerritoryId, TerritoryLevel, fold};
use sqlx::QueryBuilder;

use super::Store;
use super::filter::{push_in, territory_column};
use crate::domain::history::Period;
use crate::domain::{Facts, Site, Snapshot, Status};

/// What the database holds of an establishment.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) status: Option<Status>,
    pub(crate) opened_on: Option<NaiveDate>,
    pub(crate) closed_on: Option<NaiveDate>,
    pub(crate) seen_as_of: NaiveDate,
    pub(crate) ordinal: i64,
    pub(crate) current: Period,
    pub(crate) sites: Vec<Site>,
}

/// One establishment's change.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) snapshot: Snapshot,
    pub(crate) seen_as_of: NaiveDate,
    /// The open period to close, and on which date.
    pub(crate) close: Option<(i64, NaiveDate)>,
    /// The open period as it is after the change: its ordinal and its first day.
    pub(crate) open: (i64, Option<NaiveDate>),
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    uai: String,
    status: String,
    opened_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    seen_as_of: NaiveDate,
    ordinal: i64,
    valid_from: Option<NaiveDate>,
    name: String,
    kind: Option<String>,
    kind_code: Option<String>,
    nature: Option<String>,
    legal_status: Option<String>,
    pupils: Option<i64>,
    commune_id: Option<String>,
    commune_folded: String,
    circonscription_id: Option<String>,
    department_id: Option<String>,
    academy_id: Option<String>,
    region_id: Option<String>,
}

impl Store {
    /// What is known of these establishments, by UAI.
    pub(crate) async fn known(&self, tx: &mut Tx, uais: &[String]) -> Result<HashMap<String, Known>, StoreError> {
        let rows: Vec<KnownRow> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "SELECT e.uai, e.status, e.opened_on, e.closed_on, e.seen_as_of, p.ordinal, p.valid_from, p.name, p.kind, \
                 p.kind_code, p.nature, p.legal_status, p.pupils, p.commune_id, p.commune_folded, p.circonscription_id, \
                 p.department_id, p.academy_id, p.region_id \
                 FROM establishments e JOIN establishment_periods p ON p.uai = e.uai AND p.valid_to IS NULL WHERE 1 = 1",
            );
            push_in!(query, "e.uai", uais.iter().cloned());
            query.build_query_as().fetch_all(connection).await
        })?;
        let sites: Vec<super::SiteRow> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "SELECT s.uai, s.name, s.address, s.postal_code, s.latitude, s.longitude FROM sites s WHERE 1 = 1",
            );
            push_in!(query, "s.uai", uais.iter().cloned());
            query.push(" ORDER BY s.uai, s.ordinal");
            query.build_query_as().fetch_all(connection).await
        })?;
        let mut by_uai: HashMap<String, Vec<Site>> = HashMap::new();
        for site in sites {
            let super::SiteRow { uai, name, address, postal_code, latitude, longitude } = site;
            by_uai.entry(uai).or_default().push(Site { name, address, postal_code, latitude, longitude });
        }
        Ok(rows.into_iter().map(|row| (row.uai.clone(), known(row, &mut by_uai))).collect())
    }

    /// Writes a batch of changed establishments and returns the UAI written. The caller's transaction makes it one.
    pub(crate) async fn write_establishments(&self, tx: &mut Tx, writes: &[Write]) -> Result<(), StoreError> {
        if writes.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(writes.len()).expect("a batch is small");
        let last = db::next_sequence(tx, "changes", count).await?;
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "INSERT INTO establishments (uai, status, opened_on, closed_on, seen_as_of, change_seq) ",
            );
            query.push_values(writes.iter().zip(last - count + 1..), |mut row, (write, change)| {
                row.push_bind(write.snapshot.uai.to_string())
                    .push_bind(write.snapshot.status.as_str())
                    .push_bind(write.snapshot.opened_on)
                    .push_bind(write.snapshot.closed_on)
                    .push_bind(write.seen_as_of)
                    .push_bind(change);
            });
            query.push(
                " ON CONFLICT (uai) DO UPDATE SET status = excluded.status, opened_on = excluded.opened_on, \
                 closed_on = excluded.closed_on, seen_as_of = excluded.seen_as_of, change_seq = excluded.change_seq",
            );
            query.build().execute(connection).await.map(drop)
        })?;
        for write in writes {
            if let Some((ordinal, on)) = write.close {
                with_tx!(tx, |connection| {
                    sqlx::query("UPDATE establishment_periods SET valid_to = $1 WHERE uai = $2 AND ordinal = $3")
                        .bind(on)
                        .bind(write.snapshot.uai.as_str())
                        .bind(ordinal)
                        .execute(connection)
                        .await
                        .map(drop)
                })?;
            }
        }
        write_periods(tx, writes).await?;
        write_sites(tx, writes).await
    }

    /// Remembers that these establishments were seen unchanged in a newer file.
    pub(crate) async fn confirm(&self, tx: &mut Tx, uais: &[String], as_of: NaiveDate) -> Result<(), StoreError> {
        if uais.is_empty() {
            return Ok(());
        }
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("UPDATE establishments SET seen_as_of = ");
            query.push_bind(as_of).push(" WHERE seen_as_of < ").push_bind(as_of);
            push_in!(query, "uai", uais.iter().cloned());
            query.build().execute(connection).await.map(drop)
        })?;
        Ok(())
    }

    /// UAI of the establishments of a territory that are not closed, after `after`, in order.
    pub(crate) async fn working_uais(
        &self,
        tx: &mut Tx,
        territory: &TerritoryId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "SELECT e.uai FROM establishments e JOIN establishment_periods p ON p.uai = e.uai AND p.valid_to IS NULL \
                 WHERE e.status <> 'CLOSED' AND e.uai > ",
            );
            query.push_bind(after.to_owned());
            match territory.level() {
                TerritoryLevel::Country => {}
                TerritoryLevel::Intercommunalite => {
                    query.push(" AND p.commune_id IN (SELECT commune_id FROM commune_intercommunalites WHERE intercommunalite_id = ");
                    query.push_bind(territory.to_string()).push(")");
                }
                level => {
                    query.push(format!(" AND {} = ", territory_column(level))).push_bind(territory.to_string());
                }
            }
            query.push(" ORDER BY e.uai LIMIT ").push_bind(limit);
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows.into_iter().map(|(uai,)| uai).collect())
    }

    /// The events that tell these establishments as they now stand.
    pub(crate) async fn changed_events(
        &self,
        tx: &mut Tx,
        uais: &[String],
    ) -> Result<Vec<EstablishmentChanged>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            uai: String,
            opened_on: Option<NaiveDate>,
            closed_on: Option<NaiveDate>,
            valid_from: Option<NaiveDate>,
            valid_to: Option<NaiveDate>,
            kind: Option<String>,
            nature: Option<String>,
            legal_status: Option<String>,
            region_id: Option<String>,
            academy_id: Option<String>,
            department_id: Option<String>,
            circonscription_id: Option<String>,
            intercommunalite_id: Option<String>,
            commune_id: Option<String>,
        }
        let rows: Vec<Row> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "SELECT e.uai, e.opened_on, e.closed_on, p.valid_from, p.valid_to, p.kind, p.nature, p.legal_status, p.region_id, \
                 p.academy_id, p.department_id, p.circonscription_id, ci.intercommunalite_id, p.commune_id \
                 FROM establishments e JOIN establishment_periods p ON p.uai = e.uai \
                 LEFT JOIN commune_intercommunalites ci ON ci.commune_id = p.commune_id WHERE 1 = 1",
            );
            push_in!(query, "e.uai", uais.iter().cloned());
            query.push(" ORDER BY e.uai, p.ordinal");
            query.build_query_as().fetch_all(connection).await
        })?;
        let mut events: Vec<EstablishmentChanged> = Vec::new();
        for row in rows {
            if events.last().is_none_or(|event| event.uai != row.uai) {
                let (uai, opened_on, closed_on) = (row.uai.clone(), row.opened_on, row.closed_on);
                events.push(EstablishmentChanged { uai, opened_on, closed_on, periods: Vec::new() });
            }
            let period = PlacePeriod {
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                kind: row.kind.as_deref().and_then(EstablishmentKind::parse),
                nature: row.nature,
                legal_status: row.legal_status.as_deref().and_then(LegalStatus::parse),
                region: row.region_id,
                academy: row.academy_id,
                department: row.department_id,
                circonscription: row.circonscription_id,
                intercommunalite: row.intercommunalite_id,
                commune: row.commune_id,
            };
            events.last_mut().expect("pushed above").periods.push(period);
        }
        Ok(events)
    }
}

fn known(row: KnownRow, sites: &mut HashMap<String, Vec<Site>>) -> Known {
    Known {
        status: Status::parse(&row.status),
        opened_on: row.opened_on,
        closed_on: row.closed_on,
        seen_as_of: row.seen_as_of,
        ordinal: row.ordinal,
        sites: sites.remove(&row.uai).unwrap_or_default(),
        current: Period {
            valid_from: row.valid_from,
            valid_to: None,
            facts: Facts {
                name: row.name,
                kind: row.kind.as_deref().and_then(EstablishmentKind::parse),
                kind_code: row.kind_code,
                nature: row.nature,
                legal_status: row.legal_status.as_deref().and_then(LegalStatus::parse),
                pupils: row.pupils,
                commune_id: row.commune_id,
                commune_folded: row.commune_folded,
                circonscription_id: row.circonscription_id,
                department_id: row.department_id,
                academy_id: row.academy_id,
                region_id: row.region_id,
            },
        },
    }
}

async fn write_periods(tx: &mut Tx, writes: &[Write]) -> Result<(), StoreError> {
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new(
            "INSERT INTO establishment_periods (uai, ordinal, valid_from, valid_to, name, name_folded, kind, kind_code, nature, \
             legal_status, pupils, commune_id, commune_folded, circonscription_id, department_id, academy_id, region_id) ",
        );
        query.push_values(writes, |mut row, write| {
            let facts = &write.snapshot.facts;
            let (ordinal, valid_from) = write.open;
            row.push_bind(write.snapshot.uai.to_string())
                .push_bind(ordinal)
                .push_bind(valid_from)
                .push_bind(None::<NaiveDate>)
                .push_bind(facts.name.clone())
                .push_bind(fold(&facts.name))
                .push_bind(facts.kind.map(EstablishmentKind::as_str))
                .push_bind(facts.kind_code.clone())
                .push_bind(facts.nature.clone())
                .push_bind(facts.legal_status.map(LegalStatus::as_str))
                .push_bind(facts.pupils)
                .push_bind(facts.commune_id.clone())
                .push_bind(facts.commune_folded.clone())
                .push_bind(facts.circonscription_id.clone())
                .push_bind(facts.department_id.clone())
                .push_bind(facts.academy_id.clone())
                .push_bind(facts.region_id.clone());
        });
        query.push(
            " ON CONFLICT (uai, ordinal) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded, \
             kind = excluded.kind, kind_code = excluded.kind_code, nature = excluded.nature, legal_status = excluded.legal_status, \
             pupils = excluded.pupils, commune_id = excluded.commune_id, commune_folded = excluded.commune_folded, \
             circonscription_id = excluded.circonscription_id, department_id = excluded.department_id, \
             academy_id = excluded.academy_id, region_id = excluded.region_id",
        );
        query.build().execute(connection).await.map(drop)
    })?;
    Ok(())
}

async fn write_sites(tx: &mut Tx, writes: &[Write]) -> Result<(), StoreError> {
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new("DELETE FROM sites WHERE 1 = 1");
        push_in!(query, "uai", writes.iter().map(|write| write.snapshot.uai.to_string()));
        query.build().execute(connection).await.map(drop)
    })?;
    let sites: Vec<(&Snapshot, usize, &Site)> = writes
        .iter()
        .flat_map(|write| {
            write.snapshot.sites.iter().enumerate().map(|(ordinal, site)| (&write.snapshot, ordinal, site))
        })
        .collect();
    for chunk in sites.chunks(1000) {
        with_tx!(tx, |connection| {
            let mut query =
                QueryBuilder::new("INSERT INTO sites (uai, ordinal, name, address, postal_code, latitude, longitude) ");
            query.push_values(chunk, |mut row, (snapshot, ordinal, site)| {
                row.push_bind(snapshot.uai.to_string())
                    .push_bind(i64::try_from(*ordinal).expect("few sites"))
                    .push_bind(site.name.clone())
                    .push_bind(site.address.clone())
                    .push_bind(site.postal_code.clone())
                    .push_bind(site.latitude)
                    .push_bind(site.longitude);
            });
            query.build().execute(connection).await.map(drop)
        })?;
    }
    Ok(())
}
