//! Following the directory: which establishments there are and which ENT is open there, for perimeters.

use db::outbox::Event;
use db::{Db, StoreError, Tx};
use events::Projection;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::Store;

/// What this service follows.
pub const SOURCES: &[&str] = &["establishments"];

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
        _source: &'a str,
        events: &'a [Event],
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        places::apply(tx, events).boxed()
    }

    fn clear<'a>(&'a self, tx: &'a mut Tx, _source: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        places::clear(tx).boxed()
    }
}
