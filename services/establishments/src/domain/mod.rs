//! What an establishment is and how its history grows; how the directory's rows and those of the carte scolaire are read.
//! No I/O.

pub(crate) mod annuaire;
pub(crate) mod commune;
pub(crate) mod history;
pub(crate) mod project;
pub(crate) mod sector;
pub(crate) mod sector_file;
pub(crate) mod snapshot;

pub(crate) use commune::department_of;
pub(crate) use project::{DegreesError, DeploymentStatus, OrganisationKind};
pub(crate) use sector::Sector;
pub(crate) use snapshot::{Facts, Site, Snapshot, Status};
