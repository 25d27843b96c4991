//! The files that a connection needs: the password, and the authorities that may vouch for the server.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::{Config, DirectoryError};

const LONGEST_PASSWORD: u64 = 4 << 10;
const LONGEST_AUTHORITIES: u64 = 4 << 20;

/// What the files of a configuration hold.
pub(crate) struct Secrets {
    pub(crate) password: String,
    pub(crate) tls: Arc<ClientConfig>,
}

impl Secrets {
    /// Reads the files; blocks meanwhile.
    pub(crate) fn read(config: &Config) -> Result<Self, DirectoryError> {
        Ok(Self { password: password(&config.password_file)?, tls: tls(config.ca_file.as_deref())? })
    }
}

fn password(path: &Path) -> Result<String, DirectoryError> {
    let wrong = |fault: String| DirectoryError::File { key: "password_file", path: path.to_owned(), fault };
    let bytes = bounded(path, LONGEST_PASSWORD).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("is not text in UTF-8".to_owned()))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(wrong("is empty: write the password of bind_dn there".to_owned()));
    }
    Ok(password.to_owned())
}

fn tls(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, DirectoryError> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    if !system.errors.is_empty() {
        tracing::warn!(errors = system.errors.len(), "some of the system's certificate authorities cannot be read");
    }
    roots.add_parsable_certificates(system.certs);
    if let Some(path) = ca_file {
        add(&mut roots, path)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), DirectoryError> {
    let wrong = |fault: String| DirectoryError::File { key: "ca_file", path: path.to_owned(), fault };
    let bytes = bounded(path, LONGEST_AUTHORITIES).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let broken = || wrong("holds a certificate that cannot be read".to_owned());
        roots.add(certificate.map_err(|_| broken())?).map_err(|_| broken())?;
        found = true;
    }
    if found { Ok(()) } else { Err(wrong("holds no certificate in PEM".to_owned())) }
}

fn bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(io::Error::other(format!("it is longer than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(password: &[u8], authority: Option<&[u8]>) -> Result<Secrets, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { password_file: folder.path().join("password"), ..Config::default() };
        std::fs::write(&config.password_file, password).unwrap();
        if let Some(authority) = authority {
            let path = folder.path().join("ca.pem");
            std::fs::write(&path, authority).unwrap();
            config.ca_file = Some(path);
        }
        Secrets::read(&config).map_err(|error| error.to_string())
    }

    #[test]
    fn a_password_is_the_file_without_its_last_line_end() {
        assert_eq!(read(b" s3cret \r\n", None).unwrap().password, " s3cret ");
        for bytes in [&b""[..], b"\n", b"\xff", &[b'x'; 5000]] {
            let told = read(bytes, None).err().expect("refused");
            assert!(told.starts_with("password_file: /") && !told.contains("xxx"), "{told}");
        }
        let missing = Secrets::read(&Config { password_file: "/nowhere".into(), ..Config::default() });
        assert!(missing.err().expect("refused").to_string().starts_with("password_file: /nowhere cannot be read"));
    }

    #[test]
    fn an_authority_is_a_certificate_in_pem() {
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (bytes, said) in [(&b""[..], "no certificate"), (b"text", "no certificate"), (broken, "cannot be read")] {
            let told = read(b"x", Some(bytes)).err().expect("refused");
            assert!(told.starts_with("ca_file: /") && told.contains(said), "{told}");
        }
    }
}
