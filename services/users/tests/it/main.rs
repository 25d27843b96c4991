//! Tests of the service as its gateway sees it, on both databases.

mod house;
mod matching;
mod people;
mod schema;
