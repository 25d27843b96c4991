//! Delivery as services rely on it: the same suite by each way, on each database.

mod anew;
mod crowds;
mod house;
mod leases;
mod order;
mod rebuilding;
mod redis_lost;
mod streams;
