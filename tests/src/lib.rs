//! The product as its users meet it: the binary's own processes, on SQLite and on PostgreSQL, in one process and over HTTP.

pub mod client;
pub mod process;
pub mod stack;
