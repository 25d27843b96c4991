//! The gateway as its clients and its subgraphs meet it: over HTTP, in front of subgraphs that this process serves.

mod harness;

mod abstract_types;
