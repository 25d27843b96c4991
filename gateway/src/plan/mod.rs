//! From a client's operation to what is fetched: the document that the planner gets, and the program that its plan becomes.

mod aliases;
mod conditions;
mod document;
mod possible;
mod program;

pub(crate) use aliases::Aliases;
pub(crate) use conditions::{Conditions, Decided};
pub(crate) use document::{MAX_NESTING, PlannerDocument};
pub(crate) use program::{EntityFetch, Fetch, Node, Program, Target};
