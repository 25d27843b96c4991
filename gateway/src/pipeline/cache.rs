//! Documents that were read, and the plans made of them: each kept by what it depends on, and no more than so many bytes.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::prepare::{Parsed, Prepared};
use crate::access::Unmet;
use crate::error::GraphqlError;
use crate::plan::Decided;

/// Documents by their whole text and operation name, never by a hash alone; plans by the document, by what their callers may
/// not see of it, and by what its conditions leave of it, so that nobody is answered by another's plan.
pub(crate) struct PreparedCache {
    documents: Cache<Text, Arc<Parsed>, ByText>,
    plans: Cache<Seen, Arc<Prepared>, ByText>,
    /// The next document's id.
    next: AtomicU64,
}

type Text = (Arc<str>, Option<Arc<str>>);

/// A document by its id, what is not met, how its conditions are decided, and its bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Seen(u64, Unmet, Decided, usize);

#[derive(Clone)]
struct ByText;

impl Weighter<Text, Arc<Parsed>> for ByText {
    fn weight(&self, key: &Text, parsed: &Arc<Parsed>) -> u64 {
        (parsed.bytes + key.1.as_ref().map_or(0, |name| name.len())).max(1) as u64
    }
}

impl Weighter<Seen, Arc<Prepared>> for ByText {
    fn weight(&self, key: &Seen, _: &Arc<Prepared>) -> u64 {
        key.3.max(1) as u64
    }
}

impl PreparedCache {
    /// A cache of `bytes` of documents, and of plans whose documents have as many.
    pub(crate) fn new(bytes: u64) -> Self {
        // An operation of the field has some 1 KB.
        let operations = NonZeroUsize::new(usize::try_from(bytes / 1024).unwrap_or(0)).map_or(16, NonZeroUsize::get);
        Self {
            documents: Cache::with_weighter(operations, bytes, ByText),
            plans: Cache::with_weighter(operations, bytes, ByText),
            next: AtomicU64::new(0),
        }
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
            return Ok(known);
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let reading = read(id, Arc::clone(&key.0), key.1.clone());
        self.documents.get_or_insert_async(&key, async { reading.await.map(Arc::new) }).await
    }

    /// The plan of a document for who does not meet `unmet` and where its conditions are `decided`, or what `make` makes.
    pub(super) async fn plan<F>(
        &self,
        parsed: &Parsed,
        unmet: Unmet,
        decided: Decided,
        make: impl FnOnce(Unmet, Decided) -> F,
    ) -> Result<Arc<Prepared>, Vec<GraphqlError>>
    where
        F: Future<Output = Result<Prepared, Vec<GraphqlError>>>,
    {
        let key = Seen(parsed.id, unmet, decided, parsed.bytes);
        if let Some(known) = self.plans.get(&key) {
            return Ok(known);
        }
        let making = make(key.1.clone(), key.2.clone());
        self.plans.get_or_insert_async(&key, async { making.await.map(Arc::new) }).await
    }
}
