//! A service of people as far as it knows sessions: some that are there, and by their cookies no others.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use service_kit::session;

use super::Reply;

/// A cookie of the default name, with a value as sessions have it: 43 times this letter.
pub(crate) fn cookie(letter: &str) -> String {
    format!("__Host-passerelle={}", letter.repeat(43))
}

/// The sessions that there are, by their letters.
#[derive(Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<BTreeSet<String>>>);

impl Sessions {
    /// With these.
    pub(crate) fn of(letters: &[&str]) -> Self {
        let sessions = Self::default();
        sessions.0.lock().expect("no panic").extend(letters.iter().map(|letter| Self::hash(letter)));
        sessions
    }

    /// What a session is known by.
    pub(crate) fn hash(letter: &str) -> String {
        session::hash(&letter.repeat(43))
    }

    /// It is over; back comes what it was known by.
    pub(crate) fn end(&self, letter: &str) -> String {
        let hash = Self::hash(letter);
        assert!(self.0.lock().expect("no panic").remove(&hash), "it is there");
        hash
    }

    /// How the service answers.
    pub(crate) fn reply(&self) -> Reply {
        let sessions = self.clone();
        Reply::Made(Arc::new(move |body| {
            let is_there = |hash: &str| sessions.0.lock().expect("no panic").contains(hash);
            let hash = body["variables"]["session"].as_str().expect("a session is asked about");
            let facts = json!({
                "client": "web", "subject": "p-1", "session": "s-1", "personId": "id-1", "profiles": ["TEACHER"],
                "establishments": ["0350122T"], "workplaces": ["0350122T"], "classes": ["0350122T:CM2"],
                "inspects": ["ACA-14"], "administrator": true,
            });
            let found = if is_there(hash) { facts } else { Value::Null };
            serde_json::to_vec(&json!({"data": {"callingSession": found}})).expect("JSON")
        }))
    }
}
