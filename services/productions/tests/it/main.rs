//! Tests of the service as its gateway sees it, on both databases.

mod files;
mod filters;
mod house;
mod making;
mod merges;
mod schema;
mod sharing;
