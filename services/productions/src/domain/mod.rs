//! What a production is: its words, its cycles, its participants' numbers, and what a caller is towards it.

mod cycles;
mod participant;
mod seeing;
mod words;

pub(crate) use cycles::{Cycles, crosses_degrees};
pub(crate) use participant::{Participant, label};
pub(crate) use seeing::{Placed, may_know, seers, shown_levels};
pub use words::{Audience, Kind, Role, Status};
