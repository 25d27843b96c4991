//! A service's own picture of the directory, kept by events: which establishments there are, what they are and were, where they
//! lie, which ENT is open there in which school year.
//!
//! Each service that needs it has the tables `places`, `place_periods` and `place_deployments` in its own database (the DDL
//! stands in its migrations); the code that keeps and reads them is here, once.

mod facts;
mod write;

use std::collections::HashMap;

use db::outbox::Event;
use db::{StoreError, Tx, with_tx};
use kernel::events::{DeploymentChanged, EstablishmentChanged};

pub use facts::{Pair, Service, facts, facts_in, services};

/// The tables of this picture, those that others refer to last: what a rebuild empties.
const TABLES: [&str; 3] = ["place_deployments", "place_periods", "places"];

/// Applies those of `events` that tell of establishments and deployments, in the caller's transaction.
///
/// # Errors
/// When the database fails.
pub async fn apply(tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    // Of several events on one thing the last tells all.
    let (mut places, mut deployments) = (HashMap::new(), HashMap::new());
    for event in events {
        match event.kind.as_str() {
            EstablishmentChanged::KIND => {
                if let Some(change) = event.understood::<EstablishmentChanged>() {
                    places.insert(change.uai.clone(), change);
                }
            }
            DeploymentChanged::KIND => {
                if let Some(change) = event.understood::<DeploymentChanged>() {
                    let key = (change.uai.clone(), change.project.clone(), change.school_year.clone());
                    deployments.insert(key, change);
                }
            }
            _ => {}
        }
    }
    write::write_places(tx, &places.into_values().collect::<Vec<_>>()).await?;
    write::write_deployments(tx, &deployments.into_values().collect::<Vec<_>>()).await
}

/// Empties the picture, before all events are applied again.
///
/// # Errors
/// When the database fails.
pub async fn clear(tx: &mut Tx) -> Result<(), StoreError> {
    for table in TABLES {
        let statement = format!("DELETE FROM {table}");
        with_tx!(tx, |connection| sqlx::query(sqlx::AssertSqlSafe(statement)).execute(connection).await.map(drop))?;
    }
    Ok(())
}
