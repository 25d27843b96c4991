//! The section `[gateway.traffic]`: how subgraphs are called. What stands there holds for all of them, and
//! `[gateway.traffic.subgraph.NAME]` says otherwise for one.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

/// Tries after the first one, at most: more only make an outage worse.
const MAX_RETRIES: u32 = 5;

/// How subgraphs are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrafficConfig {
    /// How long a call may take, with its waiting and all its tries; without it `gateway.subgraph_timeout`.
    #[serde(with = "humantime_serde")]
    pub timeout: Option<Duration>,
    /// How long one try may take before it is given up for the next; without it a try takes what the call may take.
    #[serde(with = "humantime_serde")]
    pub try_timeout: Option<Duration>,
    /// Calls at work at a time, to one subgraph.
    pub max_concurrent: usize,
    /// Calls that wait for one of these to end, to one subgraph; more fail at once.
    pub max_queued: usize,
    /// How long a call waits.
    #[serde(with = "humantime_serde")]
    pub queue_timeout: Duration,
    /// Tries after the first one, where a call may be repeated.
    pub retries: u32,
    /// How long to wait before the second try, with chance in it; doubled for each further one.
    #[serde(with = "humantime_serde")]
    pub retry_backoff: Duration,
    /// Tries after the first one, for a hundred calls to a subgraph.
    pub retry_budget_percent: u32,
    /// Whether the same question of the same caller is asked once while its answer is awaited.
    pub coalesce: bool,
    /// What differs for a subgraph, by its name.
    pub subgraph: BTreeMap<String, SubgraphTraffic>,
}

/// What differs for one subgraph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubgraphTraffic {
    /// In place of `gateway.traffic.timeout`.
    #[serde(with = "humantime_serde")]
    pub timeout: Option<Duration>,
    /// In place of `gateway.traffic.try_timeout`.
    #[serde(with = "humantime_serde")]
    pub try_timeout: Option<Duration>,
    /// In place of `gateway.traffic.max_concurrent`.
    pub max_concurrent: Option<usize>,
    /// In place of `gateway.traffic.max_queued`.
    pub max_queued: Option<usize>,
    /// In place of `gateway.traffic.queue_timeout`.
    #[serde(with = "humantime_serde")]
    pub queue_timeout: Option<Duration>,
    /// In place of `gateway.traffic.retries`.
    pub retries: Option<u32>,
    /// In place of `gateway.traffic.retry_backoff`.
    #[serde(with = "humantime_serde")]
    pub retry_backoff: Option<Duration>,
    /// In place of `gateway.traffic.retry_budget_percent`.
    pub retry_budget_percent: Option<u32>,
    /// In place of `gateway.traffic.coalesce`.
    pub coalesce: Option<bool>,
}

/// What holds for the calls to one subgraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) timeout: Duration,
    pub(crate) try_timeout: Option<Duration>,
    pub(crate) max_concurrent: usize,
    pub(crate) max_queued: usize,
    pub(crate) queue_timeout: Duration,
    pub(crate) retries: u32,
    pub(crate) retry_backoff: Duration,
    pub(crate) retry_budget_percent: u32,
    pub(crate) coalesce: bool,
}

impl Default for TrafficConfig {
    fn default() -> Self {
        Self {
            timeout: None,
            try_timeout: None,
            max_concurrent: 256,
            max_queued: 1024,
            queue_timeout: Duration::from_secs(2),
            retries: 1,
            retry_backoff: Duration::from_millis(50),
            retry_budget_percent: 20,
            coalesce: true,
            subgraph: BTreeMap::new(),
        }
    }
}

impl TrafficConfig {
    /// What holds for `subgraph`; `timeout` where nothing is said of it.
    pub(crate) fn of(&self, subgraph: &str, timeout: Duration) -> Rules {
        self.with(&self.subgraph.get(subgraph).cloned().unwrap_or_default(), timeout)
    }

    fn with(&self, own: &SubgraphTraffic, timeout: Duration) -> Rules {
        Rules {
            timeout: own.timeout.or(self.timeout).unwrap_or(timeout),
            try_timeout: own.try_timeout.or(self.try_timeout),
            max_concurrent: own.max_concurrent.unwrap_or(self.max_concurrent),
            max_queued: own.max_queued.unwrap_or(self.max_queued),
            queue_timeout: own.queue_timeout.unwrap_or(self.queue_timeout),
            retries: own.retries.unwrap_or(self.retries),
            retry_backoff: own.retry_backoff.unwrap_or(self.retry_backoff),
            retry_budget_percent: own.retry_budget_percent.unwrap_or(self.retry_budget_percent),
            coalesce: own.coalesce.unwrap_or(self.coalesce),
        }
    }

    /// Refuses what no subgraph can be called by; `timeout` is `gateway.subgraph_timeout`.
    ///
    /// # Errors
    /// The first such value by its key, in a sentence.
    pub(crate) fn check(&self, timeout: Duration) -> Result<(), String> {
        let general = self.with(&SubgraphTraffic::default(), timeout);
        general.check().map_err(|(key, told)| format!("gateway.traffic.{key}: {told}"))?;
        for (name, own) in &self.subgraph {
            let rules = self.with(own, timeout);
            rules.check().map_err(|(key, told)| format!("gateway.traffic.subgraph.{name}.{key}: {told}"))?;
        }
        Ok(())
    }
}

impl Rules {
    fn check(&self) -> Result<(), (&'static str, String)> {
        let refused = |key, told: &str| Err((key, told.to_owned()));
        if self.timeout.is_zero() {
            return refused("timeout", "with no time nothing would be answered; write such as 10s");
        }
        if self.try_timeout.is_some_and(|limit| limit.is_zero() || limit >= self.timeout) {
            return refused("try_timeout", "one try is shorter than the whole call, and takes some time");
        }
        if !(1..=Semaphore::MAX_PERMITS).contains(&self.max_concurrent) {
            return refused("max_concurrent", "how many calls may be at work at a time: 1 at least, such as 256");
        }
        if self.max_queued > 0 && self.queue_timeout.is_zero() {
            return refused("queue_timeout", "who waits needs some time; write max_queued = 0 where nobody may wait");
        }
        if self.retries > MAX_RETRIES {
            return Err(("retries", format!("{MAX_RETRIES} at most: more would only make an outage worse")));
        }
        if self.retries > 0 && !(1..=100).contains(&self.retry_budget_percent) {
            return refused("retry_budget_percent", "1 to 100; write retries = 0 where nothing may be tried again");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Duration = Duration::from_secs(10);

    fn config(change: impl FnOnce(&mut TrafficConfig)) -> TrafficConfig {
        let mut config = TrafficConfig::default();
        change(&mut config);
        config
    }

    #[test]
    fn what_is_said_of_a_subgraph_wins_over_what_is_said_of_all() {
        let own = SubgraphTraffic {
            retries: Some(3),
            try_timeout: Some(Duration::from_secs(1)),
            ..SubgraphTraffic::default()
        };
        let config = config(|config| {
            config.coalesce = false;
            config.subgraph.insert("users".to_owned(), own);
        });
        let other = config.of("reviews", TEN);
        assert_eq!((other.timeout, other.try_timeout, other.retries, other.coalesce), (TEN, None, 1, false));
        let users = config.of("users", TEN);
        assert_eq!((users.try_timeout, users.retries, users.coalesce), (Some(Duration::from_secs(1)), 3, false));
        assert_eq!(config.check(TEN), Ok(()));
    }

    #[test]
    fn the_nearest_timeout_holds() {
        let mut config = TrafficConfig::default();
        assert_eq!(config.of("users", TEN).timeout, TEN);
        config.timeout = Some(Duration::from_secs(5));
        assert_eq!(config.of("users", TEN).timeout, Duration::from_secs(5));
        let own = SubgraphTraffic { timeout: Some(Duration::from_secs(2)), ..SubgraphTraffic::default() };
        config.subgraph.insert("users".to_owned(), own);
        assert_eq!(config.of("users", TEN).timeout, Duration::from_secs(2));
        assert_eq!(config.of("reviews", TEN).timeout, Duration::from_secs(5));
    }

    #[test]
    fn what_nothing_can_be_called_by_is_refused_by_its_key() {
        let of_users = |own| move |config: &mut TrafficConfig| config.subgraph = [("users".to_owned(), own)].into();
        for (config, key) in [
            (config(|config| config.timeout = Some(Duration::ZERO)), "gateway.traffic.timeout: "),
            (config(|config| config.try_timeout = Some(TEN)), "gateway.traffic.try_timeout: "),
            (config(|config| config.max_concurrent = 0), "gateway.traffic.max_concurrent: "),
            (config(|config| config.max_concurrent = usize::MAX), "gateway.traffic.max_concurrent: "),
            (config(|config| config.queue_timeout = Duration::ZERO), "gateway.traffic.queue_timeout: "),
            (config(|config| config.retries = 6), "gateway.traffic.retries: "),
            (config(|config| config.retry_budget_percent = 0), "gateway.traffic.retry_budget_percent: "),
            (
                config(of_users(SubgraphTraffic { max_concurrent: Some(0), ..SubgraphTraffic::default() })),
                "gateway.traffic.subgraph.users.max_concurrent: ",
            ),
            (
                config(of_users(SubgraphTraffic { retry_budget_percent: Some(101), ..SubgraphTraffic::default() })),
                "gateway.traffic.subgraph.users.retry_budget_percent: ",
            ),
        ] {
            let told = config.check(TEN).expect_err("it is refused");
            assert!(told.starts_with(key), "{told}");
        }
        let none = config(|config| (config.retries, config.retry_budget_percent, config.max_queued) = (0, 0, 0));
        assert_eq!(none.check(TEN), Ok(()));
    }
}
