//! GraphQL words that several services use: scalars, shared enums, Relay's page information.

mod enums;
mod page_info;
mod scalars;

pub use enums::{Degree, EstablishmentKind, LegalStatus, TerritoryLevel};
pub use page_info::PageInfo;
pub use scalars::{Date, EntityKey, SchoolYear, Uai};
