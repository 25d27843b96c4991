//! Events between services: each change once in effect at everybody who follows, whatever is killed in between.
//!
//! A producer writes its events with its change (`db::outbox`). A [`Projection`] is what a consumer makes of them, in its own
//! database. [`deliver()`] brings it up to date from the producer's database, before a command ends; a [`Follower`] keeps it up to
//! date, from that database or from Redis Streams, where a [`Relay`] in the producer's process puts the events; [`rebuild()`] makes it
//! anew (`docs/adr/0007-event-delivery.md`).

mod announce;
mod background;
mod deliver;
mod follower;
mod projection;
mod rebuild;
mod streams;
mod trouble;
mod worker;

pub use announce::Announcements;
pub use background::Background;
pub use deliver::{Step, deliver};
pub use follower::{FollowError, Follower, Source};
pub use projection::Projection;
pub use rebuild::{RebuildError, rebuild};
pub use streams::{Relay, RelayError, Streams, StreamsError, WINDOW};
pub use worker::Worker;
