//! Documents that requests name in place of sending them: trusted ones of a manifest, and those that clients sent once.
//!
//! A request names a document by `documentId` (GraphQL over HTTP, appendix on persisted documents), by `id`, or by
//! `extensions.persistedQuery.sha256Hash` (automatic persisted queries).

mod manifest;
mod name;
mod persisted;
mod watch;

use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use arc_swap::ArcSwapOption;
use kernel::ErrorCode;

pub(crate) use name::{Digest, DocumentName};
pub use watch::watch_documents;

use crate::config::{GatewayConfig, Store};
use crate::error::GraphqlError;
use crate::pipeline::Params;
use crate::shared::SharedStore;
use manifest::Manifest;
use persisted::Persisted;

/// The documents that a gateway knows.
pub(crate) struct Documents {
    trusted: ArcSwapOption<Manifest>,
    /// Whether nothing else is run.
    only: bool,
    persisted: Option<Persisted>,
}

/// The document of a request.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) text: Arc<str>,
    /// It may be kept under this, once it proved good.
    new: Option<Digest>,
}

impl From<Arc<str>> for Found {
    fn from(text: Arc<str>) -> Self {
        Self { text, new: None }
    }
}

fn refuse<T>(code: ErrorCode, message: &str) -> Result<T, GraphqlError> {
    Err(GraphqlError::new(code, message))
}

impl Documents {
    /// Documents as they are configured; those of clients are kept in `shared` too, where that is said.
    ///
    /// # Errors
    /// Where the manifest cannot be read, in a sentence.
    pub(crate) fn of(config: &GatewayConfig, shared: Option<&Arc<SharedStore>>) -> Result<Self, String> {
        let read = config.documents.manifest.as_deref().map(Manifest::read).transpose();
        let trusted = read.map_err(|error| format!("gateway.documents.manifest: {error}"))?;
        if let Some(manifest) = &trusted {
            is_of_use(manifest, config.documents.only)
                .map_err(|error| format!("gateway.documents.manifest: {error}"))?;
        }
        let shared = shared.filter(|_| config.persisted.store == Store::Redis).cloned();
        // Where only trusted documents are run, there is no use for others.
        let keeps = config.persisted.enabled && !config.documents.only;
        Ok(Self {
            trusted: ArcSwapOption::from_pointee(trusted),
            only: config.documents.only,
            persisted: keeps.then(|| Persisted::new(config.persisted.clone(), shared)),
        })
    }

    /// Trusts the documents of this manifest from now on; back comes how many they are.
    ///
    /// # Errors
    /// Where it is none, in a sentence: the old one then stays.
    pub(crate) fn trust(&self, text: &str) -> Result<usize, String> {
        let manifest = Manifest::parse(text)?;
        is_of_use(&manifest, self.only)?;
        let count = manifest.len();
        self.trusted.store(Some(Arc::new(manifest)));
        Ok(count)
    }

    /// Warns of trusted documents that cannot be run under this schema: whoever asks for one is told so, the operator is told at once.
    pub(crate) fn hold_against(&self, schema: &Valid<Schema>) {
        let misfits = self.trusted.load().as_ref().and_then(|manifest| manifest.misfits(schema));
        if let Some((documents, first)) = misfits {
            tracing::warn!(documents, first, "documents of the manifest do not fit the schema");
        }
    }

    /// The document that a request sends or names.
    pub(crate) async fn find(&self, params: &Params) -> Result<Found, GraphqlError> {
        let sent = params.query.as_deref();
        if let Some(name) = &params.document
            && let Some(text) = self.trusted.load().as_ref().and_then(|manifest| manifest.named(name).cloned())
        {
            if sent.is_some_and(|sent| *sent != *text) {
                return refuse(ErrorCode::BadUserInput, "\"query\" is not the document that is named beside it");
            }
            return Ok(text.into());
        }
        if self.only {
            let trusted = self.trusted.load();
            let saying = trusted.as_ref().zip(sent).and_then(|(manifest, sent)| manifest.saying(sent).cloned());
            return match saying.filter(|_| params.document.is_none()) {
                Some(text) => Ok(text.into()),
                None => refuse(
                    ErrorCode::DocumentNotTrusted,
                    "only documents of the manifest are run here, and this is none of them",
                ),
            };
        }
        match (sent, &params.document) {
            (Some(sent), Some(DocumentName::Sha256(digest))) => self.sent_with(sent, *digest),
            (Some(sent), _) => Ok(Arc::<str>::from(sent).into()),
            (None, Some(DocumentName::Sha256(digest))) => self.kept(*digest).await,
            (None, _) => refuse(ErrorCode::PersistedQueryNotFound, NOT_FOUND),
        }
    }

    /// Keeps what a client sent to be kept: after it was read, it fits the schema and is within its bounds.
    pub(crate) async fn keep(&self, found: &Found) {
        if let (Some(persisted), Some(digest)) = (&self.persisted, found.new) {
            persisted.keep(digest, &found.text).await;
        }
    }

    fn sent_with(&self, sent: &str, digest: Digest) -> Result<Found, GraphqlError> {
        if Digest::of(sent) != digest {
            return refuse(ErrorCode::BadUserInput, "the SHA-256 that is given is not that of \"query\"");
        }
        Ok(Found { text: Arc::from(sent), new: Some(digest) })
    }

    async fn kept(&self, digest: Digest) -> Result<Found, GraphqlError> {
        let Some(persisted) = &self.persisted else {
            return refuse(ErrorCode::PersistedQueryNotFound, NOT_SUPPORTED);
        };
        match persisted.find(digest).await {
            Some(text) => Ok(text.into()),
            None => refuse(ErrorCode::PersistedQueryNotFound, NOT_FOUND),
        }
    }
}

/// Refuses a manifest under which nothing at all would be run.
fn is_of_use(manifest: &Manifest, only: bool) -> Result<(), String> {
    if only && manifest.len() == 0 {
        return Err("it has no document, and with gateway.documents.only nothing else is run".to_owned());
    }
    Ok(())
}

/// What clients of automatic persisted queries read: send the document too.
const NOT_FOUND: &str = "PersistedQueryNotFound";
/// And: do not try again.
const NOT_SUPPORTED: &str = "PersistedQueryNotSupported";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_nothing_is_refused_where_nothing_else_is_run() {
        for only in [false, true] {
            let mut config = GatewayConfig::default();
            config.documents.only = only;
            let documents = Documents::of(&config, None).expect("documents");
            assert_eq!(documents.trust("{}").is_err(), only);
            assert_eq!(documents.trust(r#"{"a": "{ a }"}"#), Ok(1));
        }
    }
}
