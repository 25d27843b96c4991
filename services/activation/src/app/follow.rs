//! Following the directory: its events become this service's own picture of it.

use db::outbox::Event;
use db::{Db, StoreError, Tx};
use events::Projection;
use futures::future::BoxFuture;

use crate::{NAME, SOURCES, Store};

impl Projection for Store {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sources(&self) -> &'static [&'static str] {
        SOURCES
    }

    fn db(&self) -> &Db {
        self.db()
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx, _: &'a str, events: &'a [Event]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(places::apply(tx, events))
    }

    fn clear<'a>(&'a self, tx: &'a mut Tx, _: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(places::clear(tx))
    }
}
