//! A gateway on a free port, and the subgraphs that it asks.

mod answer;
mod catalogue;
mod collector;
mod exposition;
mod fixtures;
mod gate;
mod gateway;
mod guarded;
mod people;
mod redis;
mod reply;
mod reviews;
mod sessions;
mod stub;

pub(crate) use answer::{Answer, failed};
pub(crate) use collector::Collector;
pub(crate) use exposition::Exposition;
pub(crate) use fixtures::{PLAIN, SMALLER, SUPERGRAPH};
pub(crate) use gate::Gate;
pub(crate) use gateway::{Builder, TestGateway};
pub(crate) use guarded::guarded;
pub(crate) use people::schema as people_schema;
pub(crate) use redis::SharedRedis;
pub(crate) use reply::Reply;
pub(crate) use sessions::{Sessions, cookie};
pub(crate) use stub::{Recorded, Stub};
