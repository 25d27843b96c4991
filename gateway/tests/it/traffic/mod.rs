//! The traffic to subgraphs: further tries, bounds, answers that are shared, headers, and clients that go away.

mod bounds;
mod configured;
mod headers;
mod leaving;
mod retries;
mod sharing;
