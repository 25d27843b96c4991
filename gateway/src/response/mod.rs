//! The fetched tree: merging answers into it, finding entities in it, and reading the client's answer out of it.
//!
//! A plain tree of values. A faster engine would replace this module and no other.

pub(crate) mod client_path;
pub(crate) mod complete;
mod conditions;
pub(crate) mod known;
mod merge;
pub(crate) mod places;
pub(crate) mod representation;
pub(crate) mod rewrite;
pub(crate) mod subgraph_errors;

pub(crate) use conditions::included;
pub(crate) use merge::merge;
