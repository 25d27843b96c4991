//! Tests of the service as its gateway sees it, on both databases.

mod access;
mod clients;
mod families;
mod feeds;
mod house;
mod matching;
mod own;
mod people;
mod proposals;
mod recognise;
mod retention;
mod schema;
mod transition;
