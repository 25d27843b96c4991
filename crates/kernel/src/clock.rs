//! Time as a parameter: nobody else in the workspace reads the system clock.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

/// Where "now" comes from: the system, or a moment that a test has chosen.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// The machine's own clock.
    #[default]
    System,
    /// Always the same moment.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The current moment, truncated to microseconds (what both databases keep).
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Fixed(moment) => *moment,
        }
    }

    /// The current date (UTC).
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }
}
