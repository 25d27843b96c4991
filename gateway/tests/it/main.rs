//! The gateway as its clients and its subgraphs meet it: over HTTP, in front of subgraphs that this process serves.

mod harness;

mod abstract_types;
mod accept;
mod access;
mod access_by_caller;
mod access_by_type;
mod aliases;
mod by_get;
mod by_post;
mod callers;
mod conditions;
mod entities;
mod faults;
mod fragments;
mod in_process;
mod introspection;
mod limits;
mod literals;
mod loading;
mod masking;
mod mutations;
mod nesting;
mod nulls;
mod operations;
mod persons;
mod public_routes;
mod request_ids;
mod routes;
mod shapes;
mod tokens;
mod traffic;
mod variables;
mod watching;
