//! Following the directory and people: what is needed to answer alone.

use std::collections::HashMap;

use db::outbox::Event;
use db::{Db, StoreError, Tx};
use events::Projection;
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::events::{AffiliationChanged, PersonErased, PersonMerged, PersonUnmerged};
use uuid::Uuid;

use crate::Store;

const DIRECTORY: &str = "establishments";
const PEOPLE: &str = "users";
/// What this service follows.
pub const SOURCES: &[&str] = &[DIRECTORY, PEOPLE];

impl Projection for Store {
    fn name(&self) -> &'static str {
        crate::NAME
    }

    fn sources(&self) -> &'static [&'static str] {
        SOURCES
    }

    fn db(&self) -> &Db {
        Self::db(self)
    }

    fn apply<'a>(
        &'a self,
        tx: &'a mut Tx,
        source: &'a str,
        events: &'a [Event],
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        match source {
            DIRECTORY => places::apply(tx, events).boxed(),
            _ => people(self, tx, events).boxed(),
        }
    }

    fn clear<'a>(&'a self, tx: &'a mut Tx, source: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        match source {
            DIRECTORY => places::clear(tx).boxed(),
            _ => self.clear_people(tx).boxed(),
        }
    }
}

/// Applies what people tells. Affiliations and redirects do not touch each other: the order between the two is free.
async fn people(store: &Store, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    let mut changes: HashMap<Uuid, AffiliationChanged> = HashMap::new();
    for event in events {
        match event.kind.as_str() {
            AffiliationChanged::KIND => {
                let change = event.understood::<AffiliationChanged>();
                // Of several events on one person the last tells all.
                if let Some((id, change)) = change.and_then(|change| Some((change.person_id.parse().ok()?, change))) {
                    changes.insert(id, change);
                }
            }
            PersonMerged::KIND => {
                if let Some(merge) = event.understood::<PersonMerged>() {
                    store.write_merge(tx, &merge).await?;
                }
            }
            PersonUnmerged::KIND => {
                if let Some(unmerge) = event.understood::<PersonUnmerged>() {
                    store.write_unmerge(tx, &unmerge).await?;
                }
            }
            PersonErased::KIND => {
                // Nothing of them is left: what they took part in stays, and is nobody's.
                let erased = event.understood::<PersonErased>();
                if let Some((id, person_id)) = erased.and_then(|one| Some((one.person_id.parse().ok()?, one.person_id)))
                {
                    changes.insert(id, AffiliationChanged { person_id, affiliations: Vec::new() });
                }
            }
            _ => {}
        }
    }
    store.write_affiliations(tx, &changes.into_iter().collect::<Vec<_>>()).await
}
