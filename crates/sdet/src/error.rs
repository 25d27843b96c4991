//! What can go wrong with a directory, and with one entry. No message holds a password or anything of a person.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A directory cannot be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The configuration cannot be right.
    #[error("{0}")]
    Config(String),
    /// A file of the configuration cannot be used.
    #[error("{key}: {path} {fault}")]
    File {
        /// The key that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// Nobody listens there.
    #[error("{address} cannot be reached: {source}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// It took longer than `timeout`.
    #[error("{address} did not answer within {limit:?} while {doing}")]
    TimedOut {
        /// Host and port.
        address: String,
        /// What was waited for.
        doing: &'static str,
        /// The time that there was.
        limit: Duration,
    },
    /// Nobody who is trusted here signed the certificate.
    #[error("nobody who is trusted here signed the certificate of {0}: write the PEM file of its authority in ca_file")]
    Untrusted(String),
    /// The certificate is for another name.
    #[error("the certificate of {0} is for another name: write in url a name that stands in it (subjectAltName)")]
    WrongName(String),
    /// The certificate is too old, or too new.
    #[error(
        "the certificate of {0} has expired or is not valid yet: renew it on the server, or set this machine's clock"
    )]
    Expired(String),
    /// TLS failed for another reason.
    #[error(
        "TLS with {address} failed: {fault}; ldaps:// is for a port that speaks TLS at once, ldap:// with start_tls for one that does not"
    )]
    Tls {
        /// Host and port.
        address: String,
        /// What the TLS library says.
        fault: String,
    },
    /// The server does not change to TLS.
    #[error("{address} refuses StartTLS (LDAP result {code}): give the server a certificate, or write ldaps:// in url")]
    StartTlsRefused {
        /// Host and port.
        address: String,
        /// The result's code.
        code: u32,
    },
    /// The name or the password is wrong (49).
    #[error("{0} refuses the name or the password: look at bind_dn and at the file of password_file")]
    Credentials(String),
    /// There is no such entry, or nothing of it may be seen (32).
    #[error("{address} has no entry {base}, or bind_dn may not see it: look at {key}")]
    NoSuchBase {
        /// Host and port.
        address: String,
        /// The key that names it.
        key: &'static str,
        /// The DN of the configuration.
        base: String,
    },
    /// The reader may not read (50).
    #[error("{address} does not let bind_dn read below the DN of {key}: give it the right to read there")]
    Rights {
        /// Host and port.
        address: String,
        /// The key that names what was read.
        key: &'static str,
    },
    /// The server gives only so many entries to this reader (4, 11).
    #[error(
        "{0} gives bind_dn fewer entries than there are: raise its limit for paged searches (slapd: size.prtotal), or lower page_size where that of a page is too small"
    )]
    SizeLimit(String),
    /// The server does not know paged results, or gives more than was asked for.
    #[error("{0} does not give its entries in pages (RFC 2696): switch the control on there")]
    NotPaged(String),
    /// The connection ended within a reading.
    #[error("the connection to {address} was lost after {after} entries")]
    Lost {
        /// Host and port.
        address: String,
        /// Entries of this reading that were given before.
        after: u64,
    },
    /// More entries than `max_entries`.
    #[error("{address} has more than {limit} entries below the DN of {key}: raise max_entries, or narrow the filter")]
    TooMany {
        /// Host and port.
        address: String,
        /// The key that names what was read.
        key: &'static str,
        /// `max_entries`.
        limit: u64,
    },
    /// The moment from which on changes are wanted is none.
    #[error("the moment from which on changes are wanted is no generalizedTime, such as 20261127105446Z")]
    Moment,
    /// Another result that is no success.
    #[error("{address} answered {doing} with LDAP result {code} ({})", meaning(*code))]
    Answer {
        /// Host and port.
        address: String,
        /// What was asked.
        doing: &'static str,
        /// The result's code.
        code: u32,
    },
    /// What came is no answer that LDAP knows.
    #[error("{address} answers {doing} with something that is not LDAP")]
    NotLdap {
        /// Host and port.
        address: String,
        /// What was asked.
        doing: &'static str,
    },
}

impl DirectoryError {
    /// Whether the same may succeed later without anybody changing anything. What is not so must not be tried again by itself:
    /// servers lock accounts after some wrong passwords.
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::Lost { .. }
                | Self::Answer { code: BUSY | UNAVAILABLE, .. }
        )
    }
}

const BUSY: u32 = 51;
const UNAVAILABLE: u32 = 52;

/// A result of RFC 4511 (appendix A) in words, where it is known what to do about it.
const fn meaning(code: u32) -> &'static str {
    match code {
        3 => "the server's time limit was too short: raise it, or index what the filter looks at",
        10 => "the entries are on another server: write that one in url",
        8 | 13 => "the server wants TLS or a stronger bind: write ldaps://, or start_tls = true",
        34 => "the server takes a DN of the configuration for none",
        48 => "the entry of bind_dn has no password",
        BUSY | UNAVAILABLE => "the server cannot answer now: try again later",
        53 => "the server does not want to do that for bind_dn",
        80 => "the server has a fault: its log says more",
        _ => "its log says more",
    }
}

/// One entry cannot be used; those around it can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the entry {} {fault}", entry_uuid.as_deref().unwrap_or("without an entryUUID"))]
pub struct EntryError {
    /// Its `entryUUID`, by which it is found in the directory.
    pub entry_uuid: Option<String>,
    /// What is wrong with it.
    pub fault: EntryFault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// Nothing to call the person by.
    #[error("has no ENTPersonJointure")]
    NoKey,
    /// Its own name is none.
    #[error("has a DN that cannot be read")]
    NoName,
    /// More bytes than `max_entry_bytes`.
    #[error("has more bytes than max_entry_bytes")]
    TooLong,
    /// It is not built as entries are.
    #[error("is not built as LDAP has it")]
    NotLdap,
}
