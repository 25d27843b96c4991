//! What Apollo Federation defines, on graphs made for it: `tests/federation/GRAPH` has the subgraphs' SDL, the data that they know
//! between them, and the supergraph that `cargo xtask schema` composes. Every answer is held against the merged schema in one
//! process, and every call to a subgraph is counted.

mod abstract_types;
pub(crate) mod differential;
mod external;
mod graph;
mod inaccessible;
mod interface_objects;
mod keys;
mod mutations;
mod override_field;
mod provides;
mod requires;
mod sessions;
mod shared;
mod subscriptions;
mod values;

pub(crate) use graph::Graph;
