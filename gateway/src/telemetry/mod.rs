//! What is told of requests: an account of each, which becomes a line in the log, and the metrics of them all.

mod account;
mod metrics;
mod names;

pub(crate) use account::{Account, LONGEST_NAME, Outcome, shortened};
pub(crate) use metrics::{HttpRequest, Metrics, Prepared};
