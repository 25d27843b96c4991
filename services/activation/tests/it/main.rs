//! Indicators as their users meet them: events and files in, GraphQL out, on both databases.

mod entities;
mod following;
mod house;
mod imports;
mod measures;
mod people;
mod schema;
mod shared_ent;
mod targets;
