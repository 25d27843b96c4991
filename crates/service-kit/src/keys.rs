//! Ed25519 key pairs in two files: made where they are missing, read where they are used.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use jsonwebtoken::{DecodingKey, EncodingKey};

/// A key cannot be read, made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file cannot be read or written.
    #[error("cannot read or write {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no key of the kind asked for.
    #[error("{path} holds no Ed25519 key in PEM ({wanted})")]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// Private (PKCS#8) or public (SPKI).
        wanted: &'static str,
    },
}

/// The two files of a key pair under a data directory.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    /// PKCS#8 PEM, for who signs.
    pub private: PathBuf,
    /// SPKI PEM, for who verifies.
    pub public: PathBuf,
}

impl KeyFiles {
    /// Where the gateway's pair lies under `data`: it signs who asks, for the subgraphs.
    pub fn under(data: &Path) -> Self {
        Self::named(data, "gateway")
    }

    /// Where the pair of the installation's own issuer of access tokens lies under `data`.
    pub fn of_issuer(data: &Path) -> Self {
        Self::named(data, "issuer")
    }

    fn named(data: &Path, name: &str) -> Self {
        let folder = data.join("keys");
        Self { private: folder.join(format!("{name}.pem")), public: folder.join(format!("{name}.pub.pem")) }
    }

    /// Whether the public half lies here without the private one, which is then kept elsewhere. Making a new pair would
    /// put the public half out of force.
    pub fn only_public(&self) -> bool {
        self.public.exists() && !self.private.exists()
    }

    /// Makes the pair where it is missing. Two processes that start together end with the same pair.
    ///
    /// # Errors
    /// When a file cannot be read or written, or holds something else.
    pub fn ensure(&self) -> Result<(), KeyError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| KeyError::File { path, source }
        };
        if !self.private.exists() {
            if let Some(folder) = self.private.parent() {
                fs::create_dir_all(folder).map_err(at(folder))?;
            }
            let key = SigningKey::generate(&mut rand_core::OsRng);
            let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| self.not_private())?;
            publish(&self.private, pem.as_bytes(), 0o600, false).map_err(at(&self.private))?;
        }
        let pem = fs::read_to_string(&self.private).map_err(at(&self.private))?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| self.not_private())?;
        let public = key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|_| self.not_private())?;
        if fs::read_to_string(&self.public).ok().as_deref() != Some(public.as_str()) {
            publish(&self.public, public.as_bytes(), 0o644, true).map_err(at(&self.public))?;
        }
        Ok(())
    }

    fn not_private(&self) -> KeyError {
        KeyError::NotAKey { path: self.private.clone(), wanted: "private, PKCS#8" }
    }
}

/// Writes a file whole or not at all; without `replace`, the first writer wins.
pub(crate) fn publish(path: &Path, content: &[u8], mode: u32, replace: bool) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    if replace {
        return fs::rename(&draft, path);
    }
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Reads the private half.
pub(crate) fn private(path: &Path) -> Result<EncodingKey, KeyError> {
    let pem = fs::read(path).map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    EncodingKey::from_ed_pem(&pem).map_err(|_| KeyError::NotAKey { path: path.to_owned(), wanted: "private, PKCS#8" })
}

/// Reads the public half.
pub(crate) fn public(path: &Path) -> Result<DecodingKey, KeyError> {
    let pem = fs::read(path).map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    DecodingKey::from_ed_pem(&pem).map_err(|_| KeyError::NotAKey { path: path.to_owned(), wanted: "public, SPKI" })
}
