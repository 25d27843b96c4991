//! The generic cell rate algorithm: a budget that comes back evenly, as one number.
//!
//! That number says how far a client is ahead: the time in which all that it has taken comes back. What it takes puts it further
//! ahead, and it may never be further ahead than the window, the time in which its whole burst comes back.

use crate::config::Rate;

/// What came of taking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) allowed: bool,
    /// Microseconds until all is back.
    pub(super) ahead: u64,
}

/// Takes what comes back in `time` for a client that is `ahead`; all in microseconds. Nothing is taken where it is not allowed.
pub(super) fn take(ahead: u64, time: u64, window: u64) -> Taken {
    let further = ahead.saturating_add(time);
    let allowed = further <= window;
    Taken { allowed, ahead: if allowed { further } else { ahead } }
}

const MINUTE: u128 = 60_000_000;

impl Rate {
    /// Microseconds in which so many points come back, rounded up.
    pub(super) fn time_of(self, points: u64) -> u64 {
        let time = (u128::from(points) * MINUTE).div_ceil(u128::from(self.per_minute.max(1)));
        u64::try_from(time).unwrap_or(u64::MAX)
    }

    /// Points that come back in so many microseconds.
    pub(super) fn points_in(self, time: u64) -> u64 {
        u64::try_from(u128::from(time) * u128::from(self.per_minute) / MINUTE).unwrap_or(u64::MAX)
    }

    /// How far ahead a client may be.
    pub(super) fn window(self) -> u64 {
        self.time_of(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client whose clock is the test's.
    struct Spender {
        rate: Rate,
        /// When all is back.
        back_at: u64,
    }

    impl Spender {
        fn take(&mut self, now: u64, points: u64) -> Taken {
            let taken = take(self.back_at.saturating_sub(now), self.rate.time_of(points), self.rate.window());
            if taken.allowed {
                self.back_at = now + taken.ahead;
            }
            taken
        }
    }

    /// At random times: never more than the burst and what came back since, over any stretch; and whoever waits as long as it is
    /// told gets what it asked for, and not a moment before.
    #[test]
    fn random_times_and_costs() {
        for seed in 0..300 {
            let mut random = fastrand::Rng::with_seed(seed);
            let rate = Rate { per_minute: random.u64(1..1_000_000), burst: random.u64(1..500_000) };
            let mut spender = Spender { rate, back_at: 0 };
            let mut now = random.u64(0..1_000_000_000);
            let mut spent: Vec<(u64, u64)> = Vec::new();
            for _ in 0..300 {
                now += if random.bool() { 0 } else { random.u64(0..2 * rate.window()) };
                let points = random.u64(1..=rate.burst);
                let taken = spender.take(now, points);
                if taken.allowed {
                    spent.push((now, points));
                    continue;
                }
                let wait = taken.ahead + rate.time_of(points) - rate.window();
                assert!(wait > 0);
                assert!(!spender.take(now + wait - 1, points).allowed, "seed {seed}: not a moment before");
                now += wait;
                assert!(spender.take(now, points).allowed, "seed {seed}: after the time that was told");
                spent.push((now, points));
            }
            for (index, (from, _)) in spent.iter().enumerate() {
                let mut sum = 0;
                for (at, points) in &spent[index..] {
                    sum += points;
                    let back = rate.points_in(at - from) + 1;
                    assert!(sum <= rate.burst + back, "seed {seed}: {sum} in {} us at {rate:?}", at - from);
                }
            }
        }
    }

    #[test]
    fn an_even_rate_is_always_served() {
        let mut spender = Spender { rate: Rate { per_minute: 60, burst: 1 }, back_at: 0 };
        for second in 0..1_000 {
            assert!(spender.take(second * 1_000_000, 1).allowed);
            assert!(!spender.take(second * 1_000_000 + 999_999, 1).allowed);
        }
    }

    #[test]
    fn figures_too_large_to_count_are_refused() {
        let rate = Rate { per_minute: 1, burst: u64::MAX };
        assert!(!take(1, rate.time_of(u64::MAX), 10).allowed);
        assert_eq!(take(u64::MAX, 1, u64::MAX - 1), Taken { allowed: false, ahead: u64::MAX });
    }
}
