//! What a production is: its words, its cycles, its participants' numbers, and what a caller is towards it.

mod cycles;
mod participant;
mod seeing;
mod words;

pub(crate) use cycles::{Cycles, crosses_degrees};
pub(crate) use participant::{Participant, label};
pub(crate) use seeing::{Oneself, Placed, may_know, seers, shown_levels, towards_all};
pub use words::{Audience, Kind, Role, Status};
