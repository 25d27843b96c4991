//! A directory of one's own for tests: slapd with TLS and the schema that is read, on free ports, in a temporary folder.
//!
//! It needs Debian's packages `slapd`, `ldap-utils` and `openssl`, and no rights beyond those of the test.

mod certificates;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use certificates::authority;

use crate::Config;

/// Below it everything is.
pub const SUFFIX: &str = "dc=ent,dc=fr";
/// Where people are.
pub const PEOPLE: &str = "ou=personnes,dc=ent,dc=fr";
/// Where establishments are.
pub const STRUCTURES: &str = "ou=structures,dc=ent,dc=fr";
/// Who reads, and sees all but passwords.
pub const READER: &str = "cn=lecture,dc=ent,dc=fr";
/// The reader's password.
pub const READER_PASSWORD: &str = "lire-et-relire";
const ADMIN: &str = "cn=admin,dc=ent,dc=fr";
const ADMIN_PASSWORD: &str = "tout-changer";

/// Starting takes a tenth of a second where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(30);
/// Another process may take a port between its choice and its use.
const TRIES: u32 = 3;

/// How a directory is to be.
#[derive(Clone, Debug)]
pub struct Setup {
    files: Vec<PathBuf>,
    names: String,
    expired: bool,
    tls: bool,
    limits: String,
    access: String,
}

/// A running directory; it ends with its value.
#[derive(Debug)]
pub struct Slapd {
    folder: TempDir,
    child: Option<Child>,
    port: u16,
    tls_port: u16,
    tls: bool,
}

impl Setup {
    /// More entries than the few that every directory has, as LDIF.
    #[must_use]
    pub fn ldif(mut self, file: &Path) -> Self {
        self.files.push(file.to_owned());
        self
    }

    /// The names in its certificate, as OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`.
    #[must_use]
    pub fn names(mut self, names: &str) -> Self {
        names.clone_into(&mut self.names);
        self
    }

    /// A certificate of the past.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// No certificate, and so neither LDAPS nor `StartTLS`.
    #[must_use]
    pub fn without_tls(mut self) -> Self {
        self.tls = false;
        self
    }

    /// Limits of a search, as slapd's `sizelimit` has them.
    #[must_use]
    pub fn limits(mut self, limits: &str) -> Self {
        limits.clone_into(&mut self.limits);
        self
    }

    /// Who may do what, before the usual rules, as slapd's `access` has it.
    #[must_use]
    pub fn access(mut self, rule: &str) -> Self {
        self.access = format!("access {rule}\n");
        self
    }

    /// Starts it, and waits until it answers.
    ///
    /// # Panics
    /// When a package is missing, an entry is wrong, or slapd does not start; with what it said.
    pub fn start(self) -> Slapd {
        let folder = tempfile::Builder::new().prefix("slapd-").tempdir().expect("a temporary folder");
        let path = folder.path();
        if self.tls {
            certificates::make(path, &self.names, self.expired);
        }
        fs::create_dir(path.join("db")).expect("the folder is new");
        write(&path.join("ent.schema"), include_str!("../../testing/ent.schema"));
        write(&path.join("base.ldif"), include_str!("../../testing/base.ldif"));
        write(&path.join("password"), READER_PASSWORD);
        write(&path.join("slapd.conf"), &self.configuration(path));
        for file in [path.join("base.ldif")].iter().chain(&self.files) {
            done(program("slapadd").arg("-q").arg("-f").arg(path.join("slapd.conf")).arg("-l").arg(file));
        }
        let mut slapd = Slapd { folder, child: None, port: 0, tls_port: 0, tls: self.tls };
        let started = (0..TRIES).any(|_| {
            (slapd.port, slapd.tls_port) = free_ports();
            slapd.run()
        });
        assert!(started, "slapd does not start: {}", slapd.log());
        slapd
    }

    fn configuration(&self, folder: &Path) -> String {
        let shown = folder.display();
        let mut text = String::new();
        for schema in ["core", "cosine", "inetorgperson"] {
            writeln!(text, "include /etc/ldap/schema/{schema}.schema").expect("a string takes text");
        }
        let tls = if self.tls {
            format!(
                "TLSCACertificateFile {shown}/ca.pem\nTLSCertificateFile {shown}/server.pem\nTLSCertificateKeyFile {shown}/server.key\n"
            )
        } else {
            String::new()
        };
        let Self { limits, access, .. } = self;
        let written = write!(
            text,
            "include {shown}/ent.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {shown}/slapd.pid
argsfile {shown}/slapd.args
{tls}sizelimit {limits}
database mdb
maxsize 1073741824
dbnosync
suffix \"{SUFFIX}\"
rootdn \"{ADMIN}\"
rootpw {ADMIN_PASSWORD}
directory {shown}/db
index objectClass,uid,ENTPersonJointure,entryUUID,modifyTimestamp eq
access to attrs=userPassword by anonymous auth by self write by * none
{access}access to * by dn.exact=\"{READER}\" read by * none
"
        );
        written.expect("a string takes text");
        text
    }
}

impl Slapd {
    /// How a directory is to be, begun with the usual: a few entries, TLS, 500 entries a search and any number in pages.
    pub fn setup() -> Setup {
        Setup {
            files: Vec::new(),
            names: "DNS:localhost,IP:127.0.0.1".to_owned(),
            expired: false,
            tls: true,
            limits: "size.soft=500 size.hard=500 size.pr=5000 size.prtotal=unlimited".to_owned(),
            access: String::new(),
        }
    }

    /// A directory with two establishments, a pupil, a guardian and a teacher.
    ///
    /// # Panics
    /// As [`Setup::start`].
    pub fn start() -> Self {
        Self::setup().start()
    }

    /// One with these entries besides.
    ///
    /// # Panics
    /// As [`Setup::start`].
    pub fn with(file: &Path) -> Self {
        Self::setup().ldif(file).start()
    }

    /// A configuration that reads it over LDAPS.
    pub fn config(&self) -> Config {
        Config {
            name: "ent".to_owned(),
            url: self.ldaps_url(),
            ca_file: self.tls.then(|| self.ca()),
            bind_dn: READER.to_owned(),
            password_file: self.password_file(),
            structures_base: STRUCTURES.to_owned(),
            people_base: PEOPLE.to_owned(),
            ..Config::default()
        }
    }

    /// `ldap://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// `ldaps://127.0.0.1:PORT`.
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://127.0.0.1:{}", self.tls_port)
    }

    /// The authority that signed its certificate, as PEM.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A file with the reader's password.
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    /// Adds entries.
    ///
    /// # Panics
    /// When it takes them not.
    pub fn add(&self, ldif: &str) {
        self.write("ldapadd", ldif);
    }

    /// Changes, removes and renames entries: LDIF with `changetype`.
    ///
    /// # Panics
    /// When it does not.
    pub fn modify(&self, ldif: &str) {
        self.write("ldapmodify", ldif);
    }

    fn write(&self, tool: &str, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        write(&file, ldif);
        done(Command::new(tool).args(["-x", "-H", &self.url(), "-D", ADMIN, "-w", ADMIN_PASSWORD, "-f"]).arg(file));
    }

    /// Ends it at once, as a machine does that fails.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended already has nothing left to end.
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Starts it again after [`Slapd::kill`], at the same ports and with the same entries.
    ///
    /// # Panics
    /// When it does not start; with what it said.
    pub fn start_again(&mut self) {
        self.kill();
        assert!(self.run(), "slapd does not start: {}", self.log());
    }

    /// Whether it runs and answers.
    fn run(&mut self) -> bool {
        let log = fs::File::create(self.folder.path().join("slapd.log")).expect("the folder takes a file");
        let mut urls = self.url();
        if self.tls {
            write!(urls, " {}", self.ldaps_url()).expect("a string takes text");
        }
        let mut command = program("slapd");
        // A level of the log keeps it in the foreground; this one has what fails, and no more.
        command.args(["-h", &urls, "-d", "none", "-f"]).arg(self.folder.path().join("slapd.conf"));
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        let child = self.child.insert(started.expect("slapd is installed: apt-get install slapd"));
        let since = Instant::now();
        let url = format!("ldap://127.0.0.1:{}", self.port);
        while since.elapsed() < PATIENCE && child.try_wait().is_ok_and(|status| status.is_none()) {
            let asked = Command::new("ldapsearch")
                .args(["-x", "-o", "nettimeout=2", "-H", &url, "-s", "base", "-b", "", "1.1"])
                .stdin(Stdio::null())
                .output();
            if asked.expect("ldapsearch is installed: apt-get install ldap-utils").status.success() {
                return true;
            }
        }
        self.kill();
        false
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("slapd.log")).unwrap_or_default()
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Pupils of the first establishment, as LDIF, numbered from `first`.
pub fn pupils(first: u32, number: u32) -> String {
    let mut text = String::new();
    for n in first..first + number {
        let class = n % 40;
        let written = write!(
            text,
            "dn: uid=e{n},{PEOPLE}
objectClass: ENTEleve
uid: e{n}
cn: Eleve {n}
sn: Nom {n}
givenName: Prenom {n}
ENTPersonJointure: AC-PARIS$E{n}
ENTPersonProfils: National_ELV
ENTPersonDateNaissance: 2012-03-04
ENTPersonStructRattach: ENTStructureSIREN=19750001100012,{STRUCTURES}
ENTEleveClasses: ENTStructureSIREN=19750001100012,{STRUCTURES}$6-{class}

"
        );
        written.expect("a string takes text");
    }
    text
}

/// A program of the system, which a user's search path may not hold.
fn program(name: &str) -> Command {
    let system = Path::new("/usr/sbin").join(name);
    Command::new(if system.exists() { system } else { PathBuf::from(name) })
}

fn done(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{} is installed: {error}", command.get_program().display()));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} failed: {said}", command.get_program().display());
    output
}

fn write(path: &Path, text: &str) {
    let file = fs::File::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
    file.expect("the temporary folder takes a file");
}

/// Two ports that are free at this moment.
fn free_ports() -> (u16, u16) {
    let open = || TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = |listener: &TcpListener| listener.local_addr().expect("it is bound").port();
    let (one, other) = (open(), open());
    (port(&one), port(&other))
}
