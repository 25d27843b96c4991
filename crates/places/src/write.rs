//! Writing: each event tells a whole state, so that applying one again changes nothing.

use db::{StoreError, Tx, with_tx};
use kernel::events::{DeploymentChanged, EstablishmentChanged};
use kernel::{EstablishmentKind, LegalStatus};
use sqlx::QueryBuilder;

/// Replaces what is known of these establishments. None may stand twice.
pub(super) async fn write_places(tx: &mut Tx, events: &[EstablishmentChanged]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new("INSERT INTO places (uai, opened_on, closed_on) ");
        query.push_values(events, |mut row, event| {
            row.push_bind(event.uai.clone()).push_bind(event.opened_on).push_bind(event.closed_on);
        });
        query.push(" ON CONFLICT (uai) DO UPDATE SET opened_on = excluded.opened_on, closed_on = excluded.closed_on");
        query.build().execute(connection).await.map(drop)
    })?;
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new("DELETE FROM place_periods WHERE uai IN (");
        let mut list = query.separated(", ");
        for event in events {
            list.push_bind(event.uai.clone());
        }
        query.push(")");
        query.build().execute(connection).await.map(drop)
    })?;
    let periods: Vec<_> = events
        .iter()
        .flat_map(|event| event.periods.iter().enumerate().map(move |(at, period)| (event, at, period)))
        .collect();
    for chunk in periods.chunks(500) {
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "INSERT INTO place_periods (uai, ordinal, valid_from, valid_to, kind, nature, legal_status, region_id, academy_id, \
                 department_id, circonscription_id, intercommunalite_id, commune_id) ",
            );
            query.push_values(chunk, |mut row, (event, at, period)| {
                row.push_bind(event.uai.clone())
                    .push_bind(i64::try_from(*at).expect("few periods"))
                    .push_bind(period.valid_from)
                    .push_bind(period.valid_to)
                    .push_bind(period.kind.map(EstablishmentKind::as_str))
                    .push_bind(period.nature.clone())
                    .push_bind(period.legal_status.map(LegalStatus::as_str))
                    .push_bind(period.region.clone())
                    .push_bind(period.academy.clone())
                    .push_bind(period.department.clone())
                    .push_bind(period.circonscription.clone())
                    .push_bind(period.intercommunalite.clone())
                    .push_bind(period.commune.clone());
            });
            query.build().execute(connection).await.map(drop)
        })?;
    }
    Ok(())
}

/// Replaces what is known of these deployments. None may stand twice.
pub(super) async fn write_deployments(tx: &mut Tx, events: &[DeploymentChanged]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new(
            "INSERT INTO place_deployments (uai, project_id, school_year, status, observed_on, provenance, source) ",
        );
        query.push_values(events, |mut row, event| {
            row.push_bind(event.uai.clone())
                .push_bind(event.project.clone())
                .push_bind(event.school_year.clone())
                .push_bind(event.status.clone())
                .push_bind(event.observed_on)
                .push_bind(event.provenance.rank())
                .push_bind(event.source.clone());
        });
        query.push(
            " ON CONFLICT (uai, project_id, school_year) DO UPDATE SET status = excluded.status, \
             observed_on = excluded.observed_on, provenance = excluded.provenance, source = excluded.source",
        );
        query.build().execute(connection).await.map(drop)
    })?;
    Ok(())
}
