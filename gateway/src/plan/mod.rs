//! From a client's operation to what is fetched: the document that the planner gets, and the program that its plan becomes.

mod aliases;
mod apart;
mod conditions;
mod cutting;
mod document;
mod program;
mod selections;
mod together;

pub(crate) use aliases::{Aliases, free_prefixes};
pub(crate) use apart::{Cut, Part, by_level};
pub(crate) use conditions::{Conditions, Decided};
pub(crate) use document::{MAX_NESTING, PlannerDocument};
pub(crate) use program::{EntityFetch, Fetch, Node, Planned, Program, Target};
