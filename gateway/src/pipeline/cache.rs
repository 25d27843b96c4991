//! Documents that were read, and the plans made of them: each kept by what it depends on, and no more than so many bytes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::prepare::{Parsed, Prepared};
use crate::access::Unmet;
use crate::error::GraphqlError;
use crate::plan::Decided;
use crate::supergraph::Drawn;

/// Documents by their whole text and operation name, never by a hash alone; plans by the document, by what their callers may
/// not see of it, and by what its conditions leave of it, so that nobody is answered by another's plan.
pub(crate) struct PreparedCache {
    documents: Cache<Text, Made<Parsed>, ByText>,
    plans: Cache<Seen, Made<Prepared>, ByText>,
    /// How long they are kept, used or not.
    age: Duration,
    /// The next document's id.
    next: AtomicU64,
}

/// Ways of deciding one document's conditions that are told of.
const WAYS: usize = 8;

/// A document's text, and the name of the operation.
pub(super) type Text = (Arc<str>, Option<Arc<str>>);

/// What was made, and when.
struct Made<T> {
    what: Arc<T>,
    at: Instant,
}

impl<T> Clone for Made<T> {
    fn clone(&self) -> Self {
        Self { what: Arc::clone(&self.what), at: self.at }
    }
}

impl<T> Made<T> {
    fn now(what: T) -> Self {
        Self { what: Arc::new(what), at: Instant::now() }
    }
}

/// What of a document a plan is for: who may not see what of it, what was drawn of progressive overrides, and how its
/// conditions are decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Variant {
    pub(super) unmet: Unmet,
    pub(super) drawn: Drawn,
    pub(super) decided: Decided,
}

/// A document by its id, the variant, and its bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Seen(u64, Variant, usize);

/// What is kept, by how many bytes of memory it takes: more by far than its text. Measured as what the process holds of some
/// hundred operations of 0.1 to 0.7 KB each: 6 KB, and 60 bytes for each byte of the text, which counts twice in `bytes`.
#[derive(Clone)]
struct ByText;

/// Of a document that was read.
const READ: (u64, u64) = (2 << 10, 10);
/// Of a plan.
const PLANNED: (u64, u64) = (4 << 10, 20);

/// Bytes of memory for so many of text.
fn memory((least, each): (u64, u64), bytes: usize) -> u64 {
    least + each * bytes as u64
}

impl Weighter<Text, Made<Parsed>> for ByText {
    fn weight(&self, key: &Text, parsed: &Made<Parsed>) -> u64 {
        memory(READ, parsed.what.bytes + key.1.as_ref().map_or(0, |name| name.len()))
    }
}

impl Weighter<Seen, Made<Prepared>> for ByText {
    fn weight(&self, key: &Seen, prepared: &Made<Prepared>) -> u64 {
        memory(PLANNED, key.2.max(prepared.what.bytes))
    }
}

impl PreparedCache {
    /// A cache that takes some `bytes` of memory, a third for documents and the rest for plans, for so long.
    pub(crate) fn new(bytes: u64, age: Duration) -> Self {
        let documents = bytes / 3;
        let plans = bytes - documents;
        // An operation of the field has some 1 KB.
        let operations = usize::try_from(plans / memory(PLANNED, 1 << 11)).unwrap_or(usize::MAX).max(16);
        Self {
            documents: Cache::with_weighter(operations, documents, ByText),
            plans: Cache::with_weighter(operations, plans, ByText),
            age,
            next: AtomicU64::new(0),
        }
    }

    /// How many documents and how many plans are kept.
    pub(crate) fn entries(&self) -> (usize, usize) {
        (self.documents.len(), self.plans.len())
    }

    /// The document of this text, or what `read` makes of an id, the text and the operation's name.
    pub(super) async fn document<F>(
        &self,
        text: Arc<str>,
        operation_name: Option<&str>,
        read: impl FnOnce(u64, Arc<str>, Option<Arc<str>>) -> F,
    ) -> Result<Arc<Parsed>, Vec<GraphqlError>>
    where
        F: Future<Output = Result<Parsed, Vec<GraphqlError>>>,
    {
        let key: Text = (text, operation_name.map(Arc::from));
        if let Some(known) = self.documents.get(&key) {
            if known.at.elapsed() < self.age {
                return Ok(known.what);
            }
            self.documents.remove(&key);
        }
        let reading = read(self.id(), Arc::clone(&key.0), key.1.clone());
        let made = self.documents.get_or_insert_async(&key, async { reading.await.map(Made::now) }).await?;
        Ok(made.what)
    }

    /// The plan of a document for one variant of it, or what `make` makes.
    pub(super) async fn plan<F>(
        &self,
        parsed: &Parsed,
        variant: Variant,
        make: impl FnOnce(Variant) -> F,
    ) -> Result<Arc<Prepared>, Vec<GraphqlError>>
    where
        F: Future<Output = Result<Prepared, Vec<GraphqlError>>>,
    {
        let key = Seen(parsed.id, variant, parsed.bytes);
        if let Some(known) = self.plans.get(&key) {
            if known.at.elapsed() < self.age {
                return Ok(known.what);
            }
            self.plans.remove(&key);
        }
        let making = make(key.1.clone());
        let planned = self.plans.get_or_insert_async(&key, async { making.await.map(Made::now) }).await?;
        Ok(planned.what)
    }

    /// The next document's id.
    pub(super) fn id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The documents that are kept, with the ways in which their conditions were decided lately, a few of each.
    pub(super) fn kept(&self) -> Vec<(Text, Vec<Decided>)> {
        let mut decided: HashMap<u64, Vec<Decided>> = HashMap::new();
        for (Seen(id, variant, _), _) in self.plans.iter() {
            let known = decided.entry(id).or_default();
            if known.len() < WAYS && !known.contains(&variant.decided) {
                known.push(variant.decided);
            }
        }
        let of = |(text, made): (Text, Made<Parsed>)| (text, decided.remove(&made.what.id).unwrap_or_default());
        self.documents.iter().map(of).collect()
    }

    /// Keeps a document that was read without a request.
    pub(super) fn keep(&self, text: Text, parsed: Parsed) -> Arc<Parsed> {
        let made = Made::now(parsed);
        self.documents.insert(text, made.clone());
        made.what
    }

    /// Keeps a plan that was made without a request.
    pub(super) fn keep_plan(&self, parsed: &Parsed, variant: Variant, prepared: Prepared) {
        self.plans.insert(Seen(parsed.id, variant, parsed.bytes), Made::now(prepared));
    }
}
