//! An issuer's keys, kept and renewed.
//!
//! They are good for some minutes. Before these end they are fetched again beside the requests; after that a request waits for it.
//! A token with a key that is not among them is a reason to fetch them too, but a rare one, so that a flood of made-up keys is
//! none for the issuer. While it does not answer, the last known keys are good for some hours more. Whoever asks meanwhile waits
//! for one and the same fetch, which goes on where they give up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OwnedMutexGuard;

use super::fetch::{FetchError, Fetched, Source};
use super::key_set::KeySet;
use crate::config::IssuerConfig;

/// A key that is not known is looked for so often at most.
const BETWEEN_SEARCHES: TimeDelta = TimeDelta::seconds(30);
/// After a failure the issuer is left alone for so long.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);
/// An issuer that says that its keys are good for no time at all is not asked for them at each token.
const SHORTEST: TimeDelta = TimeDelta::seconds(30);
/// Requests that run at the same time know moments that differ. A moment that lies farther ahead means that the clock was set back.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

/// There are no keys to check a token with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoKeys;

/// The keys of one issuer.
pub(super) struct Kept {
    issuer: String,
    source: Source,
    max_age: TimeDelta,
    outage: TimeDelta,
    timeout: Duration,
    state: Mutex<State>,
    /// Held by whoever fetches.
    flight: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// Fetches that ended, well or not.
    attempts: u64,
    /// When the last fetch began, where it failed.
    failed: Option<DateTime<Utc>>,
    /// When an unknown key was last looked for.
    searched: Option<DateTime<Utc>>,
}

struct Held {
    current: Current,
    since: DateTime<Utc>,
    good_for: TimeDelta,
}

/// The keys of a moment.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) keys: Arc<KeySet>,
    /// Another number, other keys.
    pub(super) edition: u64,
}

/// What to do for a request.
enum Step {
    Use(Current),
    /// They are still good; it is time for new ones.
    UseAndRenew(Current),
    Wait,
    GiveUp,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    Age,
    UnknownKey,
}

impl Kept {
    pub(super) fn of(config: &IssuerConfig) -> Arc<Self> {
        // What is longer than any clock counts is forever.
        let span = |of: Duration| TimeDelta::from_std(of).unwrap_or(TimeDelta::MAX);
        let source = Source::of(config);
        if source.is_open() {
            let issuer = &config.issuer;
            tracing::warn!(issuer, "its keys come without TLS: whoever can alter them on their way can make tokens");
        }
        Arc::new(Self {
            issuer: config.issuer.clone(),
            source,
            max_age: span(config.keys_max_age),
            outage: span(config.keys_outage),
            timeout: config.keys_timeout,
            state: Mutex::default(),
            flight: Arc::default(),
        })
    }

    /// The keys that are good at this moment, fetched where there are none.
    pub(super) async fn current(self: &Arc<Self>, now: DateTime<Utc>) -> Result<Current, NoKeys> {
        match self.step(now) {
            Step::Use(current) => Ok(current),
            Step::UseAndRenew(current) => {
                self.renew_beside(now);
                Ok(current)
            }
            Step::GiveUp => Err(NoKeys),
            Step::Wait => {
                self.renew(now, Reason::Age).await;
                self.at_hand(now)
            }
        }
    }

    /// The keys after a look for one that was not among them. That it is not there is certain only if the issuer answered.
    pub(super) async fn searched(self: &Arc<Self>, now: DateTime<Utc>) -> Result<Current, NoKeys> {
        self.renew(now, Reason::UnknownKey).await;
        self.at_hand(now)
    }

    /// Whether the last fetch failed, so that there may be keys that are not known here.
    pub(super) fn is_cut_off(&self) -> bool {
        self.lock().failed.is_some()
    }

    /// Begins to fetch, and waits for nothing.
    pub(super) fn renew_beside(self: &Arc<Self>, now: DateTime<Utc>) {
        if let Ok(turn) = Arc::clone(&self.flight).try_lock_owned() {
            drop(self.attempt(now, turn));
        }
    }

    fn at_hand(&self, now: DateTime<Utc>) -> Result<Current, NoKeys> {
        match self.step(now) {
            Step::Use(current) | Step::UseAndRenew(current) => Ok(current),
            Step::Wait | Step::GiveUp => Err(NoKeys),
        }
    }

    fn step(&self, now: DateTime<Utc>) -> Step {
        let state = self.lock();
        let waits = state.failed.is_some_and(|at| !passed(at, now, AFTER_FAILURE));
        let renewing = |held: &Held| (if waits { Step::Use } else { Step::UseAndRenew })(held.current.clone());
        match &state.held {
            Some(held) if !passed(held.since, now, held.good_for * 4 / 5) => Step::Use(held.current.clone()),
            Some(held) if !passed(held.since, now, held.good_for) => renewing(held),
            // Nobody else waits for an issuer that has just let somebody wait in vain.
            Some(held) if state.failed.is_some() && !passed(held.since, now, self.outage) => renewing(held),
            _ if waits => Step::GiveUp,
            _ => Step::Wait,
        }
    }

    /// Fetches, or waits for who does.
    async fn renew(self: &Arc<Self>, now: DateTime<Utc>, reason: Reason) {
        let before = self.lock().attempts;
        let turn = Arc::clone(&self.flight).lock_owned().await;
        {
            let mut state = self.lock();
            if state.attempts != before {
                return;
            }
            if reason == Reason::UnknownKey {
                // What was fetched since this request came has all that it could be about.
                if state.held.as_ref().is_some_and(|held| held.since >= now) {
                    return;
                }
                if state.searched.is_some_and(|at| !passed(at, now, BETWEEN_SEARCHES)) {
                    return;
                }
                state.searched = Some(now);
            }
        }
        // It never panics; if it did, there would be no new keys, which the state says.
        drop(self.attempt(now, turn).await);
    }

    /// A task of its own: it does not end with the request that began it.
    fn attempt(self: &Arc<Self>, now: DateTime<Utc>, turn: OwnedMutexGuard<()>) -> tokio::task::JoinHandle<()> {
        let own = Arc::clone(self);
        tokio::spawn(async move {
            let fetched = tokio::time::timeout(own.timeout, own.source.fetch()).await;
            own.keep(fetched.unwrap_or(Err(FetchError::TimedOut)), now);
            drop(turn);
        })
    }

    fn keep(&self, fetched: Result<Fetched, FetchError>, now: DateTime<Utc>) {
        let mut state = self.lock();
        state.attempts += 1;
        match fetched {
            Ok(fetched) => self.came(&mut state, fetched, now),
            Err(error) => self.failed(&mut state, &error, now),
        }
    }

    fn came(&self, state: &mut State, fetched: Fetched, now: DateTime<Utc>) {
        let issuer = &self.issuer;
        if state.failed.take().is_some() {
            tracing::info!(issuer, "the issuer's keys could be fetched again");
        }
        let told = fetched.max_age_s.map(|told| TimeDelta::seconds(told.into()).max(SHORTEST));
        let good_for = told.map_or(self.max_age, |told| told.min(self.max_age));
        let current = match state.held.take() {
            Some(held) if held.current.keys.is(&fetched.keys) => held.current,
            before => {
                tracing::info!(issuer, keys = fetched.keys.len(), "the issuer has other keys now");
                let edition = before.map_or(0, |held| held.current.edition + 1);
                Current { keys: Arc::new(fetched.keys), edition }
            }
        };
        state.held = Some(Held { current, since: now, good_for });
    }

    /// Told once; whether it still is so, a line says when it ends.
    fn failed(&self, state: &mut State, error: &FetchError, now: DateTime<Utc>) {
        if state.failed.replace(now).is_none() {
            let good_until = state.held.as_ref().and_then(|held| held.since.checked_add_signed(self.outage));
            let good_until = good_until.map(|until| until.to_rfc3339());
            tracing::warn!(issuer = self.issuer, %error, good_until, "the issuer's keys cannot be fetched");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }

    /// Waits until nobody fetches.
    #[cfg(test)]
    pub(super) async fn settled(&self) {
        drop(self.flight.lock().await);
    }
}

/// Whether `span` has passed since `at`. So it has where the clock was set back, since nothing is known then.
fn passed(at: DateTime<Utc>, now: DateTime<Utc>, span: TimeDelta) -> bool {
    let since = now - at;
    since >= span || since < -AHEAD
}
