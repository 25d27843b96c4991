//! Content: bytes in an object store, under their SHA-256, and the links by which they are fetched.

mod links;
mod routes;

pub use links::Links;
pub(crate) use links::{Signed, stable_path};
pub(crate) use routes::{Served, routes};

use std::path::Path as FilePath;
use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};

/// Where content lies.
#[derive(Clone, Debug)]
pub struct Content {
    objects: Arc<dyn ObjectStore>,
}

/// Content cannot be kept or fetched.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The folder cannot be made.
    #[error("cannot make the folder {path} for content")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The object store failed.
    #[error("the object store failed")]
    Store(#[from] object_store::Error),
}

impl Content {
    /// Content as files under `folder`, made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn in_folder(folder: &FilePath) -> Result<Self, ContentError> {
        std::fs::create_dir_all(folder).map_err(|source| ContentError::Folder { path: folder.to_owned(), source })?;
        Ok(Self { objects: Arc::new(LocalFileSystem::new_with_prefix(folder)?) })
    }

    /// Keeps these bytes; returns their SHA-256 in lower-case hexadecimal. The same bytes are kept once.
    pub(crate) async fn put(&self, bytes: &[u8]) -> Result<String, ContentError> {
        let sha256 = hex(&Sha256::digest(bytes));
        let at = place(&sha256);
        // Kept under what it is: an object that is there holds these very bytes, unless a power cut has cut it short.
        let there = self.objects.head(&at).await.is_ok_and(|object| object.size == bytes.len() as u64);
        if !there {
            self.objects.put(&at, PutPayload::from(bytes.to_vec())).await?;
        }
        Ok(sha256)
    }

    /// The bytes of this SHA-256, as they come; none where they are not there.
    pub(crate) async fn get(
        &self,
        sha256: &str,
    ) -> Result<Option<BoxStream<'static, Result<axum::body::Bytes, ContentError>>>, ContentError> {
        match self.objects.get(&place(sha256)).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(ContentError::from).boxed())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Where an object lies: spread over folders, so that none holds them all.
fn place(sha256: &str) -> Path {
    Path::from_iter([&sha256[..2], &sha256[2..4], sha256])
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn kept_once_under_its_own_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        let content = Content::in_folder(folder.path()).expect("content");
        let sha256 = content.put(b"abc").await.expect("kept");
        assert_eq!(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(content.put(b"abc").await.expect("kept"), sha256);
        let found = content.get(&sha256).await.expect("read").expect("there");
        let bytes: Vec<axum::body::Bytes> = found.try_collect().await.expect("read");
        assert_eq!(bytes.concat(), b"abc");
        assert!(content.get(&"0".repeat(64)).await.expect("read").is_none());
    }
}
