//! What every change has in common: why it fails, and the event that tells of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use db::outbox::{self, NewEvent};
use db::{StoreError, Tx};
use kernel::Fault;
use kernel::events::ProductionChanged;
use uuid::Uuid;

use crate::Store;
use crate::content::ContentError;
use crate::domain::Cycles;

/// The production stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// No such production.
    #[error("no production {0} is known")]
    UnknownProduction(Uuid),
    /// People has not told of this person at this establishment in this school year.
    #[error("nobody {person_id} is known at {uai} in {school_year}")]
    UnknownContributor {
        /// The person.
        person_id: Uuid,
        /// Where they were said to be.
        uai: String,
        /// When.
        school_year: String,
    },
    /// The directory has not told of the establishment in this school year.
    #[error("the directory holds no establishment {0} in this school year")]
    UnknownEstablishment(String),
    /// A text, a format or a media type cannot be kept.
    #[error("{0}")]
    BadInput(&'static str),
    /// Not in this state.
    #[error("{0}")]
    State(&'static str),
    /// The content cannot be kept.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored cannot be read.
    #[error("productions cannot be read: {0}")]
    Unreadable(Fault),
}

impl From<Fault> for ChangeError {
    fn from(fault: Fault) -> Self {
        Self::Unreadable(fault)
    }
}

/// Begins a change of a production: nobody else changes it until the transaction ends.
pub(super) async fn begin(store: &Store, id: Uuid, at: DateTime<Utc>) -> Result<Tx, ChangeError> {
    let mut tx = store.db().begin().await?;
    if store.lock(&mut tx, id, at).await? { Ok(tx) } else { Err(ChangeError::UnknownProduction(id)) }
}

/// Ends a change: its event is written with it.
pub(super) async fn end(store: &Store, mut tx: Tx, id: Uuid, at: DateTime<Utc>) -> Result<(), ChangeError> {
    tell(store, &mut tx, id, at).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes the event that tells how the production now stands.
pub(super) async fn tell(store: &Store, tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<(), ChangeError> {
    let row = store.production_in(tx, id).await?.ok_or(ChangeError::UnknownProduction(id))?;
    let participants = store.participants_in(tx, id).await?;
    let uais: BTreeSet<String> = participants.into_iter().map(|one| one.uai).collect();
    let payload = ProductionChanged {
        id: id.to_string(),
        school_year: row.school_year()?.to_string(),
        cycles: Cycles(row.cycles).list(),
        unknown_level_pupils: row.unknown_level_pupils,
        crosses_degrees: row.crosses_degrees,
        establishments: uais.into_iter().collect(),
        status: row.status()?.as_str().to_owned(),
        audience: row.audience()?.as_str().to_owned(),
    };
    let event = NewEvent::new(ProductionChanged::KIND, id.to_string(), &payload);
    outbox::append(tx, &[event], at).await?;
    Ok(())
}
