//! What every room of the house speaks: ids, school years, clock, pages, principals and error codes.
//!
//! Nothing here does I/O, and nothing here knows a service.

mod clock;
mod error_code;
pub mod events;
mod fault;
mod fold;
mod level;
mod page;
mod principal;
mod school_year;
mod territory;
mod uai;
mod vocabulary;

pub use clock::Clock;
pub use error_code::ErrorCode;
pub use fault::Fault;
pub use fold::fold;
pub use level::Level;
pub use page::{BadPage, Cursor, Direction, MAX_PAGE, Page};
pub use principal::{Perimeter, PersonFacts, PlaceFacts, Principal, PrincipalKind};
pub use school_year::{BadSchoolYear, SchoolYear};
pub use territory::{BadTerritoryId, TerritoryId, TerritoryLevel};
pub use uai::{BadUai, Uai};
pub use vocabulary::{Cycle, Degree, EstablishmentKind, LegalStatus, Profile, Provenance};
