//! `[[directories]]`: an ENT's directory, and how it is read.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::dn;

/// A directory and how it is read. The name that stands in the server's certificate is always compared with the host of `url`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What it is called here: small letters, digits and hyphens.
    pub name: String,
    /// `ldaps://HOST:PORT`, or `ldap://HOST:PORT` with `start_tls`.
    pub url: String,
    /// Whether a connection to `ldap://` changes to TLS before anything else is said.
    pub start_tls: bool,
    /// Lets a directory on this machine be read without TLS; no other.
    pub insecure: bool,
    /// Certificate authorities beside the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// As whom it is read.
    pub bind_dn: String,
    /// The file that holds the password, and nothing else.
    pub password_file: PathBuf,
    /// Below what the establishments are.
    pub structures_base: String,
    /// Below what the people are.
    pub people_base: String,
    /// Which entries are establishments.
    pub structure_filter: String,
    /// Which entries are people.
    pub people_filter: String,
    /// Entries that are asked for at a time.
    pub page_size: u16,
    /// How long connecting, binding and each page may take.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// A reading that would give more entries ends with an error.
    pub max_entries: u64,
    /// An entry with more bytes than this is refused by itself.
    pub max_entry_bytes: usize,
    /// What values of `ENTPersonJointure` are identifiers of; without it `sdet:` and the name.
    pub identifier_system: Option<String>,
    /// What logins are identifiers of; without it they are not read.
    pub login_system: Option<String>,
}

/// A page lies in memory whole.
const LARGEST_PAGE: u16 = 5_000;
/// Who waits for longer waits for nothing.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(10);
/// The smallest that an honest entry fits in, and what no honest one comes near.
const ENTRY_BYTES: std::ops::RangeInclusive<usize> = 4 << 10..=4 << 20;
const LONGEST_NAME: usize = 60;

impl Default for Config {
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            start_tls: false,
            insecure: false,
            ca_file: None,
            bind_dn: String::new(),
            password_file: PathBuf::new(),
            structures_base: String::new(),
            people_base: String::new(),
            structure_filter: "(objectClass=ENTStructure)".to_owned(),
            people_filter: "(objectClass=ENTPerson)".to_owned(),
            page_size: 500,
            timeout: Duration::from_secs(30),
            max_entries: 2_000_000,
            max_entry_bytes: 256 << 10,
            identifier_system: None,
            login_system: None,
        }
    }
}

impl Config {
    /// What values of `ENTPersonJointure` are identifiers of.
    pub fn identifier_system(&self) -> String {
        self.identifier_system.clone().unwrap_or_else(|| format!("sdet:{}", self.name))
    }

    /// Refuses what no directory could be read by, or what would send the password to whoever listens.
    ///
    /// # Errors
    /// The first fault, in a sentence that begins with the key.
    pub fn check(&self) -> Result<(), String> {
        self.check_name()?;
        self.check_way()?;
        self.check_search()?;
        self.check_limits()
    }

    fn check_name(&self) -> Result<(), String> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || self.name.len() > LONGEST_NAME || !self.name.bytes().all(fits) {
            return Err(format!("name: write up to {LONGEST_NAME} small letters, digits and hyphens"));
        }
        for (key, system) in [("identifier_system", &self.identifier_system), ("login_system", &self.login_system)] {
            if system.as_ref().is_some_and(|system| system.is_empty() || !system.bytes().all(|b| b.is_ascii_graphic()))
            {
                return Err(format!("{key}: write a word without blanks, or leave the key out"));
            }
        }
        if self.login_system.as_ref() == Some(&self.identifier_system()) {
            return Err("login_system: logins and join keys are of two systems; write another word".to_owned());
        }
        Ok(())
    }

    fn check_way(&self) -> Result<(), String> {
        let Some(address) = Address::parse(&self.url) else {
            return Err("url: write ldaps://HOST:PORT, or ldap://HOST:PORT with start_tls = true".to_owned());
        };
        let tls = address.secure || self.start_tls;
        if address.secure && self.start_tls {
            return Err(
                "start_tls: ldaps:// speaks TLS from the beginning; leave the key out, or write ldap://".to_owned()
            );
        }
        if self.insecure && (tls || !address.is_loopback()) {
            return Err(
                "insecure: only a directory on this machine may be read without TLS; leave the key out".to_owned()
            );
        }
        if !tls && !self.insecure {
            return Err(
                "start_tls: over ldap:// the password could be read on the way; write start_tls = true, or ldaps://"
                    .to_owned(),
            );
        }
        if tls && address.is_ipv6() {
            return Err(
                "url: write the name of the host that stands in its certificate, not an IPv6 address".to_owned()
            );
        }
        // A bind without a name or a password succeeds as nobody (RFC 4513, 5.1), and an empty directory is read.
        if self.bind_dn.is_empty() {
            return Err("bind_dn is missing: write the DN that reads the directory".to_owned());
        }
        if self.password_file.as_os_str().is_empty() {
            return Err("password_file is missing: write the file that holds the password of bind_dn".to_owned());
        }
        Ok(())
    }

    fn check_search(&self) -> Result<(), String> {
        for (key, base) in [("structures_base", &self.structures_base), ("people_base", &self.people_base)] {
            if dn::normalised(base).is_none() {
                return Err(format!("{key}: write a DN, such as ou=personnes,dc=ent,dc=fr"));
            }
        }
        for (key, filter) in [("structure_filter", &self.structure_filter), ("people_filter", &self.people_filter)] {
            if !filter.starts_with('(') || ldap3::parse_filter(filter).is_err() {
                return Err(format!("{key}: it is no LDAP filter; write one such as (objectClass=ENTPerson)"));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), String> {
        if !(1..=LARGEST_PAGE).contains(&self.page_size) {
            return Err(format!("page_size: 1 at least, {LARGEST_PAGE} at most"));
        }
        if self.timeout.is_zero() || self.timeout > LONGEST_TIMEOUT {
            return Err("timeout: more than 0s, 10 minutes at most".to_owned());
        }
        if self.max_entries == 0 {
            return Err("max_entries: 1 at least".to_owned());
        }
        if !ENTRY_BYTES.contains(&self.max_entry_bytes) {
            let (least, most) = (ENTRY_BYTES.start(), ENTRY_BYTES.end());
            return Err(format!("max_entry_bytes: {least} at least, {most} at most"));
        }
        Ok(())
    }
}

/// Refuses directories that cannot be read, or told apart.
///
/// # Errors
/// The first fault, with the directory that it is of.
pub fn check(directories: &[Config]) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for directory in directories {
        let name = &directory.name;
        directory.check().map_err(|fault| format!("directories ({name}): {fault}"))?;
        if !known.insert(name) {
            return Err(format!("directories: {name} stands there twice; give each a name of its own"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Config {
        Config {
            name: "ent".to_owned(),
            url: "ldaps://ldap.ent.fr".to_owned(),
            bind_dn: "cn=lecture,dc=ent,dc=fr".to_owned(),
            password_file: "/run/secrets/ldap".into(),
            structures_base: "ou=structures,dc=ent,dc=fr".to_owned(),
            people_base: "ou=personnes,dc=ent,dc=fr".to_owned(),
            ..Config::default()
        }
    }

    fn at(url: &str, start_tls: bool, insecure: bool) -> Result<(), String> {
        Config { url: url.to_owned(), start_tls, insecure, ..good() }.check()
    }

    #[test]
    fn without_tls_only_this_machine_is_read_and_only_by_wish() {
        assert_eq!(good().check(), Ok(()));
        assert_eq!(at("ldap://ldap.ent.fr", true, false), Ok(()));
        assert_eq!(at("ldap://127.0.0.1:389", false, true), Ok(()));
        assert_eq!(at("ldap://[::1]:389", false, true), Ok(()));
        for (url, start_tls, insecure, said) in [
            ("ldap://ldap.ent.fr", false, false, "start_tls: over"),
            ("ldap://127.0.0.1", false, false, "start_tls: over"),
            ("ldap://ldap.ent.fr", false, true, "insecure"),
            ("ldap://10.0.0.1", false, true, "insecure"),
            ("ldap://localhost.example", false, true, "insecure"),
            ("ldap://127.0.0.1", true, true, "insecure"),
            ("ldaps://127.0.0.1", false, true, "insecure"),
            ("ldaps://ldap.ent.fr", true, false, "start_tls: ldaps"),
            ("ldaps://[::1]", false, false, "url"),
            ("ldaps://reader:secret@ldap.ent.fr", false, false, "url"),
        ] {
            let told = at(url, start_tls, insecure).expect_err(url);
            assert!(told.starts_with(said) && !told.contains("secret"), "{url}: {told}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_key() {
        type Change = fn(&mut Config);
        let cases: [(&str, Change); 20] = [
            ("name", |config| config.name.clear()),
            ("name", |config| config.name = "ENT".to_owned()),
            ("name", |config| config.name = "x".repeat(61)),
            ("url", |config| config.url.clear()),
            ("bind_dn", |config| config.bind_dn.clear()),
            ("password_file", |config| config.password_file = PathBuf::new()),
            ("structures_base", |config| config.structures_base.clear()),
            ("people_base", |config| config.people_base = "personnes".to_owned()),
            ("structure_filter", |config| config.structure_filter = "objectClass=x".to_owned()),
            ("people_filter", |config| config.people_filter = "(objectClass=x".to_owned()),
            ("people_filter", |config| config.people_filter = "(a=b)(c=d)".to_owned()),
            ("people_filter", |config| config.people_filter.clear()),
            ("page_size", |config| config.page_size = 0),
            ("page_size", |config| config.page_size = 5_001),
            ("timeout", |config| config.timeout = Duration::ZERO),
            ("timeout", |config| config.timeout = Duration::from_mins(11)),
            ("max_entries", |config| config.max_entries = 0),
            ("max_entry_bytes", |config| config.max_entry_bytes = 1),
            ("identifier_system", |config| config.identifier_system = Some("a b".to_owned())),
            ("login_system", |config| config.login_system = Some("sdet:ent".to_owned())),
        ];
        for (said, change) in cases {
            let mut config = good();
            change(&mut config);
            let told = check(&[config]).expect_err(said);
            assert!(told.starts_with("directories (") && told.contains(&format!("): {said}")), "{said}: {told}");
        }
        assert_eq!(check(&[good(), Config { name: "other".to_owned(), ..good() }]), Ok(()));
        assert!(check(&[good(), good()]).expect_err("twice").contains("twice"));
    }

    #[test]
    fn it_is_read_from_toml_with_defaults_and_without_unknown_keys() {
        let read = |text: &str| toml::from_str::<Config>(text);
        let config = read("name = 'ent'\ntimeout = '5s'").expect("read");
        assert_eq!((config.timeout, config.page_size), (Duration::from_secs(5), 500));
        assert_eq!(config.identifier_system(), "sdet:ent");
        assert!(read("password = 'x'").is_err());
    }
}
