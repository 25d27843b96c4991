//! How long sessions last, how many there may be, and where they are kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Sessions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionsConfig {
    /// Where they are kept.
    pub store: Store,
    /// The cookie's name.
    pub cookie: String,
    /// A session that nobody uses ends after this.
    #[serde(with = "humantime_serde")]
    pub idle: Duration,
    /// Any session ends after this.
    #[serde(with = "humantime_serde")]
    pub absolute: Duration,
    /// Sessions of one person; one more ends the oldest.
    pub max_per_person: usize,
    /// Sessions that are kept in memory; one more ends the one that would end first.
    pub max_in_memory: usize,
}

/// Where something is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// In this process, for itself.
    #[default]
    Memory,
    /// In Redis, for several gateways together.
    Redis,
}

/// Nobody logs in less often.
const LONGEST: Duration = Duration::from_hours(24 * 30);

impl Default for SessionsConfig {
    fn default() -> Self {
        Self {
            store: Store::default(),
            cookie: "__Host-passerelle".to_owned(),
            idle: Duration::from_mins(30),
            absolute: Duration::from_hours(12),
            max_per_person: 20,
            max_in_memory: 100_000,
        }
    }
}

impl SessionsConfig {
    /// Refuses limits under which no session could be used.
    ///
    /// # Errors
    /// The first fault, in a sentence that begins with the key.
    pub fn check(&self) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
        if !self.cookie.starts_with("__Host-") || !self.cookie.bytes().all(plain) {
            // The prefix keeps other hosts of the domain from writing it.
            return Err("sessions.cookie: write a name that begins with __Host-, such as __Host-passerelle".to_owned());
        }
        if self.cookie == crate::cookies::LOGIN {
            return Err(format!("sessions.cookie: {} is the cookie of attempts to log in", self.cookie));
        }
        // What is written down of their use is a minute old at most.
        if self.idle < Duration::from_mins(2) || self.absolute < self.idle || self.absolute > LONGEST {
            return Err(
                "sessions.idle and absolute: 2 minutes at least, 30 days at most, and idle no longer than absolute"
                    .to_owned(),
            );
        }
        if self.max_per_person == 0 || self.max_in_memory < self.max_per_person {
            return Err("sessions.max_per_person: 1 at least, and no more than max_in_memory".to_owned());
        }
        Ok(())
    }
}
