//! All SQL of this service.

mod administrators;
mod feeds;
mod guardians;
mod matching;
mod merges;
mod people;
mod persons_own;
mod proposals;
mod traits;
mod write;
mod years;

pub(crate) use feeds::{FeedRecord, FeedStructureRow};
pub(crate) use matching::NewProposal;
pub(crate) use merges::MergeRow;
pub(crate) use persons_own::{AuthorisationRow, DepartureRow, IdentifierRow, MergeReason};
pub(crate) use proposals::{ClientRow, ProposalRow};
pub(crate) use traits::{INE, INE_HASH, MAIL, TieRow, Ties, Trait, Traits};
pub(crate) use write::{IdentifierWrite, PersonWrite, Said};

use db::Db;
use kernel::{ErrorCode, Fault};

/// Rows read or written with one statement: what each binds stays far below what either database takes.
const CHUNK: usize = 500;

/// The rows of this service, in whichever database the deployment chose.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
}

impl Store {
    /// The store in `db`, whose tables are up to date.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The database, for transactions, the outbox and the inbox.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

/// A row holds what no write of ours puts there.
pub(crate) fn unreadable(what: &'static str) -> Fault {
    #[derive(Debug, thiserror::Error)]
    #[error("a row of people cannot be read: {0}")]
    struct Unreadable(&'static str);
    Fault::hidden(ErrorCode::Internal, Unreadable(what))
}
