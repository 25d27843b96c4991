//! What a service makes of other services' events.

use db::outbox::Event;
use db::{Db, StoreError, Tx};
use futures::future::BoxFuture;

/// What a consumer keeps of its sources' events, in its own database.
///
/// The database has the tables `inbox_offsets` and `leases`. What is built from one source must not depend on how far another one
/// was read: sources are delivered beside each other, and in the order of their commits only each by itself.
pub trait Projection: Send + Sync {
    /// The service that follows.
    fn name(&self) -> &'static str;

    /// The services whose events it follows.
    fn sources(&self) -> &'static [&'static str];

    /// Where it keeps what it makes of them.
    fn db(&self) -> &Db;

    /// Applies events of `source`, in order, in the transaction that also moves the offset. An event may come again: its payload
    /// is a whole state and replaces what was. One that cannot be read is logged and passed over (`Event::understood`).
    ///
    /// # Errors
    /// When the database fails; the batch is tried again.
    fn apply<'a>(
        &'a self,
        tx: &'a mut Tx,
        source: &'a str,
        events: &'a [Event],
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Empties what was made of the events of `source`, before all of them are applied again.
    ///
    /// # Errors
    /// When the database fails.
    fn clear<'a>(&'a self, tx: &'a mut Tx, source: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}
