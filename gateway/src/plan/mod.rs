//! From a client's operation to what is fetched: the document that the planner gets, and the program that its plan becomes.

mod document;
mod program;

pub(crate) use document::{MAX_NESTING, PlannerDocument, client_variable, internal_key};
pub(crate) use program::{Condition, EntityFetch, Fetch, Node, Program, Root, Target};
