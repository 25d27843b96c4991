//! What an establishment is and how its history grows; how the directory's rows are read. No I/O.

pub(crate) mod annuaire;
pub(crate) mod history;
pub(crate) mod project;
pub(crate) mod snapshot;

pub(crate) use project::{DegreesError, DeploymentStatus, OrganisationKind};
pub(crate) use snapshot::{Facts, Site, Snapshot, Status};
