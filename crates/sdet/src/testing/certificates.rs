//! An authority and a server's certificate, made with OpenSSL.

use std::path::Path;
use std::process::Command;

use super::{done, write};

const NEW_KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// Makes an authority in the folder: `ca.pem` and `ca.key`.
///
/// # Panics
/// When OpenSSL does not.
pub fn authority(folder: &Path) {
    let usage = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
    let files = ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Authority of a test"];
    done(Command::new("openssl").current_dir(folder).args(["req", "-x509"]).args(NEW_KEY).args(files).args(usage));
}

/// Makes an authority and, signed by it, `server.pem` and `server.key`.
pub(super) fn make(folder: &Path, names: &str, expired: bool) {
    authority(folder);
    let files = ["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=directory"];
    done(Command::new("openssl").current_dir(folder).arg("req").args(NEW_KEY).args(files));
    let register = format!(
        "[ca]
default_ca = own
[own]
new_certs_dir = .
database = register
serial = serial
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = {names}
"
    );
    write(&folder.join("authority.conf"), &register);
    write(&folder.join("register"), "");
    write(&folder.join("serial"), "01\n");
    let end = if expired { "20210101000000Z" } else { "20491231000000Z" };
    let period = ["-startdate", "20200101000000Z", "-enddate", end];
    let files = ["-config", "authority.conf", "-in", "server.csr", "-out", "server.pem", "-notext"];
    done(Command::new("openssl").current_dir(folder).args(["ca", "-batch"]).args(files).args(period));
}
