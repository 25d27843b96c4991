//! Sessions of one process, for itself. They end with it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::ready;

use super::expiring::Expiring;
use super::{ATTEMPT, Answer, Attempt, Held, Limits, Session, Sessions, Whose};
use crate::config::SessionsConfig;

/// Sessions in memory.
pub struct MemorySessions {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sessions: Expiring<Session>,
    /// Hashes of sessions by whom they belong to.
    lists: HashMap<String, BTreeSet<String>>,
    attempts: Expiring<Attempt>,
    used: Expiring<()>,
}

impl MemorySessions {
    /// None yet.
    pub fn new(config: &SessionsConfig) -> Self {
        Self { limits: Limits::of(config), state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }

    fn begun(&self, hash: &str, session: &Session) -> Vec<String> {
        let (mut state, now) = (self.lock(), session.created_at);
        let mut ended = Vec::new();
        while let Some(over) = state.sessions.ended(now) {
            ended.extend(state.forget(&over));
        }
        let own = state.of(&Whose::Person(session.person), now);
        for held in own.iter().take((own.len() + 1).saturating_sub(self.limits.per_person)) {
            ended.extend(state.forget(&held.hash));
        }
        while state.sessions.len() >= self.limits.in_memory
            && let Some(first) = state.sessions.first()
        {
            ended.extend(state.forget(&first));
        }
        for whose in Whose::of(session) {
            state.lists.entry(whose.key()).or_default().insert(hash.to_owned());
        }
        state.sessions.insert(hash, session.clone(), self.limits.ends(session));
        ended
    }

    fn found(&self, hash: &str, now: DateTime<Utc>) -> Option<Session> {
        let mut state = self.lock();
        let Some(session) = state.sessions.get(hash, now).cloned() else {
            state.forget(hash);
            return None;
        };
        let Some(touched) = Limits::touched(&session, now) else { return Some(session) };
        state.sessions.insert(hash, touched.clone(), self.limits.ends(&touched));
        Some(touched)
    }
}

impl State {
    /// Its hash, where there was such a session.
    fn forget(&mut self, hash: &str) -> Option<String> {
        let session = self.sessions.remove(hash)?;
        for key in Whose::of(&session).iter().map(Whose::key) {
            let Some(list) = self.lists.get_mut(&key) else { continue };
            list.remove(hash);
            if list.is_empty() {
                self.lists.remove(&key);
            }
        }
        Some(hash.to_owned())
    }

    fn of(&self, whose: &Whose, now: DateTime<Utc>) -> Vec<Held> {
        let hashes = self.lists.get(&whose.key()).into_iter().flatten();
        let held = |hash: &String| Some(Held { hash: hash.clone(), session: self.sessions.get(hash, now)?.clone() });
        let mut all: Vec<Held> = hashes.filter_map(held).collect();
        all.sort_by_key(|held| held.session.created_at);
        all
    }
}

impl Sessions for MemorySessions {
    fn begin<'a>(&'a self, hash: &'a str, session: &'a Session) -> Answer<'a, Vec<String>> {
        ready(Ok(self.begun(hash, session))).boxed()
    }

    fn find<'a>(&'a self, hash: &'a str, now: DateTime<Utc>) -> Answer<'a, Option<Session>> {
        ready(Ok(self.found(hash, now))).boxed()
    }

    fn end<'a>(&'a self, hash: &'a str) -> Answer<'a, bool> {
        ready(Ok(self.lock().forget(hash).is_some())).boxed()
    }

    fn of<'a>(&'a self, whose: &'a Whose, now: DateTime<Utc>) -> Answer<'a, Vec<Held>> {
        ready(Ok(self.lock().of(whose, now))).boxed()
    }

    fn end_of<'a>(&'a self, whose: &'a Whose) -> Answer<'a, Vec<String>> {
        let mut state = self.lock();
        let hashes: Vec<String> = state.lists.get(&whose.key()).into_iter().flatten().cloned().collect();
        let ended = hashes.iter().filter_map(|hash| state.forget(hash)).collect();
        ready(Ok(ended)).boxed()
    }

    fn put_attempt<'a>(&'a self, key: &'a str, attempt: &'a Attempt) -> Answer<'a, ()> {
        let mut state = self.lock();
        state.attempts.make_room(self.limits.in_memory, attempt.created_at);
        state.attempts.insert(key, attempt.clone(), attempt.created_at + ATTEMPT);
        ready(Ok(())).boxed()
    }

    fn take_attempt<'a>(&'a self, key: &'a str, now: DateTime<Utc>) -> Answer<'a, Option<Attempt>> {
        let attempt = self.lock().attempts.remove(key).filter(|attempt| now < attempt.created_at + ATTEMPT);
        ready(Ok(attempt)).boxed()
    }

    fn use_once<'a>(&'a self, key: &'a str, until: DateTime<Utc>, now: DateTime<Utc>) -> Answer<'a, bool> {
        let mut state = self.lock();
        let first = state.used.get(key, now).is_none();
        if first {
            state.used.make_room(self.limits.in_memory, now);
            state.used.insert(key, (), until);
        }
        ready(Ok(first)).boxed()
    }
}
