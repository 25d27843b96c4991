//! Documents that clients sent once and then name by their SHA-256: in this process, and in Redis for several gateways.
//!
//! They are kept up to a number of bytes and an age, and only after they proved good. A text is found by its whole SHA-256, and
//! what comes out of Redis is hashed anew: nobody's document is run in place of another's.

use std::sync::{Arc, LazyLock};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use redis::Script;
use tokio::time::Instant;

use super::name::Digest;
use crate::config::PersistedConfig;
use crate::shared::{Away, SharedStore};

static KEEP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("keep.lua")));
static FIND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("find.lua")));

/// What a document takes beside its text, about.
const EACH: u64 = 128;

/// Documents that are kept.
pub(super) struct Persisted {
    config: PersistedConfig,
    memory: Cache<Digest, Kept, ByText>,
    shared: Option<Arc<SharedStore>>,
}

#[derive(Clone)]
struct Kept {
    text: Arc<str>,
    until: Instant,
}

#[derive(Clone)]
struct ByText;

impl Weighter<Digest, Kept> for ByText {
    fn weight(&self, _: &Digest, kept: &Kept) -> u64 {
        kept.text.len() as u64 + EACH
    }
}

impl Persisted {
    pub(super) fn new(config: PersistedConfig, shared: Option<Arc<SharedStore>>) -> Self {
        let documents = usize::try_from(config.max_bytes / 1024).unwrap_or(0).max(16);
        let memory = Cache::with_weighter(documents, config.max_bytes, ByText);
        Self { config, memory, shared }
    }

    /// The document whose text has this SHA-256.
    pub(super) async fn find(&self, digest: Digest) -> Option<Arc<str>> {
        if let Some(text) = self.remembered(digest) {
            return Some(text);
        }
        let shared = self.shared.as_ref()?;
        let (text, age) = self.find_in(shared, digest).await.ok().flatten()?;
        if Digest::of(&text) != digest {
            tracing::warn!(document = digest.hex(), "Redis holds something else in place of a document");
            return None;
        }
        let text: Arc<str> = Arc::from(text);
        let left = self.config.max_age.saturating_sub(std::time::Duration::from_millis(age));
        self.memory.insert(digest, Kept { text: Arc::clone(&text), until: Instant::now() + left });
        Some(text)
    }

    /// Keeps a document that proved good.
    pub(super) async fn keep(&self, digest: Digest, text: &Arc<str>) {
        // One alone shall not put out all others.
        if text.len() as u64 + EACH > self.config.max_bytes / 8 || self.remembered(digest).is_some() {
            return;
        }
        let until = Instant::now() + self.config.max_age;
        self.memory.insert(digest, Kept { text: Arc::clone(text), until });
        if let Some(shared) = &self.shared {
            // Where it cannot be kept, the client sends it again.
            self.keep_in(shared, digest, text).await.unwrap_or_default();
        }
    }

    fn remembered(&self, digest: Digest) -> Option<Arc<str>> {
        let kept = self.memory.get(&digest)?;
        if kept.until > Instant::now() {
            return Some(kept.text);
        }
        self.memory.remove(&digest);
        None
    }

    async fn find_in(&self, shared: &SharedStore, digest: Digest) -> Result<Option<(String, u64)>, Away> {
        let mut invocation = FIND.prepare_invoke();
        for key in keys(shared) {
            invocation.key(key);
        }
        invocation.arg(digest.hex()).arg(self.max_age());
        shared.ask(async |mut connection| invocation.invoke_async(&mut connection).await).await
    }

    async fn keep_in(&self, shared: &SharedStore, digest: Digest, text: &str) -> Result<(), Away> {
        let mut invocation = KEEP.prepare_invoke();
        for key in keys(shared) {
            invocation.key(key);
        }
        invocation.arg(digest.hex()).arg(text).arg(self.config.max_bytes).arg(self.max_age()).arg(EACH);
        shared.ask(async |mut connection| invocation.invoke_async(&mut connection).await).await
    }

    /// In milliseconds.
    fn max_age(&self) -> u64 {
        u64::try_from(self.config.max_age.as_millis()).unwrap_or(u64::MAX)
    }
}

/// The texts by digest, when each was kept, and the bytes of all.
fn keys(shared: &SharedStore) -> [String; 3] {
    ["texts", "kept", "bytes"].map(|name| shared.key(&format!("documents:{name}")))
}
