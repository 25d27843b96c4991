//! How a client stands after a request, as it is told.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use kernel::ErrorCode;

use super::Unit;
use super::gcra::Taken;
use crate::config::Rate;
use crate::error::GraphqlError;

/// How a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    unit: Unit,
    rate: Rate,
    /// What was asked for.
    points: u64,
    taken: Taken,
}

const SECOND: u64 = 1_000_000;

impl Standing {
    pub(super) fn new(unit: Unit, rate: Rate, points: u64, taken: Taken) -> Self {
        Self { unit, rate, points, taken }
    }

    /// Points that may be taken now.
    fn remaining(&self) -> u64 {
        self.rate.points_in(self.rate.window().saturating_sub(self.taken.ahead))
    }

    /// Seconds until what was asked for may be taken; none where it was, or never may be.
    fn wait(&self) -> Option<u64> {
        let further = self.taken.ahead.saturating_add(self.rate.time_of(self.points));
        let refused = !self.taken.allowed && self.points <= self.rate.burst;
        refused.then(|| further.saturating_sub(self.rate.window()).div_ceil(SECOND).max(1))
    }

    /// The error of a request that was refused.
    pub(crate) fn refusal(&self) -> Option<GraphqlError> {
        let Rate { per_minute, burst } = self.rate;
        if self.taken.allowed {
            return None;
        }
        let Some(wait) = self.wait() else {
            let message = format!(
                "the operation costs {} points, and this client may spend {burst} at once: ask for less",
                self.points
            );
            return Some(GraphqlError::new(ErrorCode::LimitExceeded, message));
        };
        let unit = match self.unit {
            Unit::Points => "points",
            Unit::Requests => "requests",
        };
        let seconds = if wait == 1 { "second" } else { "seconds" };
        let message =
            format!("this client has spent its budget of {per_minute} {unit} a minute; try again in {wait} {seconds}");
        Some(GraphqlError::new(ErrorCode::RateLimited, message))
    }

    /// Tells it in an answer's headers (draft-ietf-httpapi-ratelimit-headers-11, and RFC 9110, 10.2.3).
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        // The draft knows no unit for points, and without one requests would be meant.
        let (name, unit) = match self.unit {
            Unit::Points => ("points", ";qu=\"cost-points\""),
            Unit::Requests => ("requests", ""),
        };
        let Rate { per_minute, burst } = self.rate;
        let policy = format!("\"{name}\";q={per_minute}{unit};w=60;passerelle-burst={burst}");
        let limit = format!("\"{name}\";r={};t={}", self.remaining(), self.taken.ahead.div_ceil(SECOND));
        let wait = self.wait().map(|wait| (header::RETRY_AFTER, wait.to_string()));
        let told =
            [(HeaderName::from_static("ratelimit-policy"), policy), (HeaderName::from_static("ratelimit"), limit)];
        for (name, value) in told.into_iter().chain(wait) {
            headers.insert(name, HeaderValue::try_from(value).expect("figures and plain words"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(unit: Unit, rate: Rate, points: u64, taken: Taken) -> (Vec<String>, Option<String>) {
        let standing = Standing::new(unit, rate, points, taken);
        let mut headers = HeaderMap::new();
        standing.tell(&mut headers);
        let named = headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("plain text")));
        (named.collect(), standing.refusal().map(|error| error.message))
    }

    #[test]
    fn what_is_told() {
        let rate = Rate { per_minute: 600, burst: 100 };
        let (headers, refusal) = told(Unit::Points, rate, 30, Taken { allowed: true, ahead: 3_000_001 });
        let policy = "ratelimit-policy: \"points\";q=600;qu=\"cost-points\";w=60;passerelle-burst=100";
        assert_eq!(headers, [policy, "ratelimit: \"points\";r=69;t=4"]);
        assert_eq!(refusal, None);

        let (headers, refusal) = told(Unit::Requests, rate, 1, Taken { allowed: false, ahead: 10_000_000 });
        let policy = "ratelimit-policy: \"requests\";q=600;w=60;passerelle-burst=100";
        assert_eq!(headers, [policy, "ratelimit: \"requests\";r=0;t=10", "retry-after: 1"]);
        let message = "this client has spent its budget of 600 requests a minute; try again in 1 second";
        assert_eq!(refusal.as_deref(), Some(message));

        let (headers, refusal) = told(Unit::Points, rate, 101, Taken { allowed: false, ahead: 0 });
        assert_eq!(headers.len(), 2, "waiting does not help: {headers:?}");
        let message = "the operation costs 101 points, and this client may spend 100 at once: ask for less";
        assert_eq!(refusal.as_deref(), Some(message));
    }
}
