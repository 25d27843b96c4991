//! Following the directory: its events become this service's own picture of it, in order and once in effect.

use std::collections::HashMap;

use db::outbox::{self, Event};
use db::{Db, StoreError};
use kernel::events::{DeploymentChanged, EstablishmentChanged};

use crate::Store;

/// Events applied in one transaction.
const BATCH: u32 = 500;

/// Applies every event of the outbox in `source_db` that this service has not applied yet; returns how many.
///
/// Two deliverers may run at once: each batch moves the offset in its own transaction, and who finds it moved drops the
/// batch and goes on from there.
///
/// # Errors
/// When either database fails; what was applied before stays.
pub async fn apply_events(store: &Store, source: &str, source_db: &Db) -> Result<u64, StoreError> {
    let mut applied = 0;
    loop {
        let from = outbox::offset(store.db(), source).await?;
        let events = outbox::after(source_db, from, BATCH).await?;
        let Some(last) = events.last() else {
            if from > outbox::last(source_db).await? {
                // The producer's database was made anew: its events begin again, and each tells a whole state.
                tracing::warn!(
                    source,
                    offset = from,
                    "the events of this source begin before the offset: all are applied again"
                );
                let mut tx = store.db().begin().await?;
                if outbox::advance(&mut tx, source, from, 0).await? {
                    tx.commit().await?;
                }
                continue;
            }
            return Ok(applied);
        };
        let to = last.seq;
        let mut tx = store.db().begin().await?;
        if !outbox::advance(&mut tx, source, from, to).await? {
            continue;
        }
        // Of several events on one thing the last tells all.
        let (mut places, mut deployments) = (HashMap::new(), HashMap::new());
        for event in &events {
            match event.kind.as_str() {
                EstablishmentChanged::KIND => {
                    if let Some(change) = read::<EstablishmentChanged>(event) {
                        places.insert(change.uai.clone(), change);
                    }
                }
                DeploymentChanged::KIND => {
                    if let Some(change) = read::<DeploymentChanged>(event) {
                        deployments
                            .insert((change.uai.clone(), change.project.clone(), change.school_year.clone()), change);
                    }
                }
                _ => {}
            }
        }
        store.write_places(&mut tx, &places.into_values().collect::<Vec<_>>()).await?;
        store.write_place_deployments(&mut tx, &deployments.into_values().collect::<Vec<_>>()).await?;
        tx.commit().await?;
        applied += events.len() as u64;
    }
}

/// The payload, or a log line: an event that cannot be read must not stop all that come after it.
fn read<T: serde::de::DeserializeOwned>(event: &Event) -> Option<T> {
    event
        .read()
        .inspect_err(|error| tracing::error!(seq = event.seq, kind = event.kind, %error, "an event cannot be read and is passed over"))
        .ok()
}
