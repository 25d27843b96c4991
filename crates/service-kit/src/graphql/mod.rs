//! GraphQL words that several services use: scalars, shared enums, levels, Relay's page information.

mod enums;
mod establishment;
mod level;
mod or_null;
mod page_info;
mod scalars;

pub use enums::{Cycle, Degree, EstablishmentKind, LegalStatus, Profile, TerritoryLevel};
pub use establishment::EstablishmentRef;
pub use level::Level;
pub use or_null::or_null;
pub use page_info::PageInfo;
pub use scalars::{Date, DateTime, EntityKey, SchoolYear, Uai};
