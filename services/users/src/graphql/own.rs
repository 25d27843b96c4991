//! What is a person's own: what was authorised for them, why they are one, and that they leave.

use async_graphql::{ID, SimpleObject};
use service_kit::graphql::{Date, DateTime};

use crate::store::{AuthorisationRow, DepartureRow, MergeReason};

/// What was authorised for a person, or objected to.
#[derive(SimpleObject)]
pub(crate) struct Authorisation {
    /// Its id.
    id: ID,
    /// What it is about, a word such as `PUBLICATION`.
    purpose: String,
    /// Whether it is authorised; false where it is objected to.
    granted: bool,
    /// The last day on which it holds; null: until something else is said.
    until: Option<Date>,
    /// When it was said.
    recorded_at: DateTime,
    /// When something else was said in its place; null while it stands.
    withdrawn_at: Option<DateTime>,
}

impl From<AuthorisationRow> for Authorisation {
    fn from(row: AuthorisationRow) -> Self {
        Self {
            id: ID(row.authorisation_id.to_string()),
            purpose: row.purpose,
            granted: row.granted,
            until: row.until.map(Date),
            recorded_at: DateTime(row.recorded_at),
            withdrawn_at: row.withdrawn_at.map(DateTime),
        }
    }
}

/// Why two identities are taken to be one person's.
#[derive(SimpleObject)]
pub(crate) struct Merge {
    /// Its id.
    id: ID,
    /// The rule, such as `INE_BIRTH_DATE_NAMES`; `DECIDED` where somebody decided.
    rule: String,
    /// On what it rests, in words and without values.
    evidence: String,
    /// When.
    merged_at: DateTime,
}

impl From<MergeReason> for Merge {
    fn from(row: MergeReason) -> Self {
        Self {
            id: ID(row.merge_id.to_string()),
            rule: row.rule,
            evidence: row.evidence,
            merged_at: DateTime(row.merged_at),
        }
    }
}

/// That a person has left, and when what is kept of them goes.
#[derive(SimpleObject)]
pub(crate) struct Departure {
    /// When it was noticed.
    noticed_on: Date,
    /// When everything is erased. Until then it can be exported.
    erased_on: Date,
}

impl From<DepartureRow> for Departure {
    fn from(row: DepartureRow) -> Self {
        Self { noticed_on: Date(row.noticed_on), erased_on: Date(row.erase_on) }
    }
}
