//! The directory as its users meet it: files in, GraphQL out, on both databases.

mod deployments;
mod entities;
mod files;
mod history;
mod house;
mod imports;
mod lists;
mod malformed;
mod real_data;
mod schema;
mod sectors;
