//! A connection to a directory: TLS, bind, and what is read over it.

use std::io;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use rustls::CertificateError;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::address::Address;
use crate::map::{Context, Entry, Key, Structure};
use crate::pages::Ask;
use crate::secrets::Secrets;
use crate::supervised::{Stopped, supervised};
use crate::{Config, Cursor, DirectoryError, moment};

/// A directory that is open for reading.
///
/// A server keeps the place of one paged search a connection, so that there is one [`Cursor`] at a time. After an error of a cursor
/// the directory is to be connected to again.
#[derive(Debug)]
pub struct Directory {
    pub(crate) config: Config,
    pub(crate) address: Address,
    pub(crate) ldap: Ldap,
    driver: JoinHandle<Result<(), LdapError>>,
}

const CONNECTING: &str = "connecting";
const BINDING: &str = "the bind";

impl Directory {
    /// Connects and binds, once: nothing is tried again.
    ///
    /// # Errors
    /// When the configuration or its files cannot be used, the server cannot be reached, is not who it should be, or refuses
    /// the bind; each step ends after `timeout`.
    pub async fn connect(config: &Config) -> Result<Self, DirectoryError> {
        config.check().map_err(DirectoryError::Config)?;
        let address = Address::parse(&config.url)
            .ok_or_else(|| DirectoryError::Config("url: it is no address of a directory".to_owned()))?;
        let secrets = secrets(config, &address).await?;
        let stream = reach(config, &address).await?;
        let settings = LdapConnSettings::new()
            .set_std_stream(StdStream::Tcp(stream))
            .set_config(secrets.tls)
            .set_starttls(config.start_tls);
        let url = address.url();
        let opening = async move { LdapConnAsync::with_settings(settings, &url).await };
        let opened = supervised(config.timeout, opening).await;
        let opened = opened.map_err(|stopped| of_stopped(stopped, config, &address, "changing to TLS"))?;
        let (connection, ldap) = opened.map_err(|error| of_opening(error, &address))?;
        let driver = tokio::spawn(connection.drive());
        let directory = Self { config: config.clone(), address, ldap, driver };
        directory.bind(secrets.password).await?;
        Ok(directory)
    }

    async fn bind(&self, password: String) -> Result<(), DirectoryError> {
        let (mut ldap, name) = (self.ldap.clone(), self.config.bind_dn.clone());
        let binding = async move { ldap.simple_bind(&name, &password).await };
        let answered = supervised(self.config.timeout, binding).await;
        let answered = answered.map_err(|stopped| of_stopped(stopped, &self.config, &self.address, BINDING))?;
        let result = answered.map_err(|error| of_asking(&error, &self.address, BINDING, 0))?;
        match result.rc {
            0 => Ok(()),
            49 => Err(DirectoryError::Credentials(self.address.to_string())),
            code => Err(DirectoryError::Answer { address: self.address.to_string(), doing: BINDING, code }),
        }
    }

    /// All establishments.
    pub fn structures(&mut self) -> Cursor<'_, Structure> {
        let ask = self.ask(&self.config.structures_base, self.config.structure_filter.clone(), Structure::ATTRIBUTES);
        Cursor::new(self, "structures_base", ask, Structure::read)
    }

    /// All people, or those whose entries were changed at `since` or later: a `generalizedTime`, as
    /// [`Cursor::next_since`] of the reading before gives it.
    ///
    /// Who has gone is not among changes: [`Directory::keys`] says who is there.
    ///
    /// # Errors
    /// When `since` is no `generalizedTime`.
    pub fn people(&mut self, since: Option<&str>) -> Result<Cursor<'_, Entry>, DirectoryError> {
        let since = since.map(|text| moment::parse(text).ok_or(DirectoryError::Moment)).transpose()?;
        let all = &self.config.people_filter;
        let filter = since.map_or_else(|| all.clone(), |since| changed(all, &moment::write(since)));
        let ask = self.ask(&self.config.people_base, filter, Entry::ATTRIBUTES);
        Ok(Cursor::new(self, "people_base", ask, Entry::read).since(since))
    }

    /// The keys of all people, and nothing else of them: who is not among these has gone.
    pub fn keys(&mut self) -> Cursor<'_, Key> {
        let ask = self.ask(&self.config.people_base, self.config.people_filter.clone(), Key::ATTRIBUTES);
        Cursor::new(self, "people_base", ask, Key::read)
    }

    fn ask(&self, base: &str, filter: String, attributes: &[&'static str]) -> Ask {
        let attributes = attributes.iter().chain(&crate::raw::OPERATIONAL).copied().collect();
        let Config { page_size, max_entry_bytes, .. } = self.config;
        Ask { base: base.to_owned(), filter, attributes, page_size, max_entry_bytes }
    }

    pub(crate) fn context(&self) -> Context {
        Context::of(&self.config)
    }

    /// Ends the connection: after a fault nobody knows what would come next.
    pub(crate) fn hang_up(&self) {
        self.driver.abort();
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.hang_up();
    }
}

/// The filter narrowed to what was changed at `since` or later.
fn changed(filter: &str, since: &str) -> String {
    format!("(&{filter}(modifyTimestamp>={}))", ldap3::ldap_escape(since))
}

async fn secrets(config: &Config, address: &Address) -> Result<Secrets, DirectoryError> {
    let config = config.clone();
    let read = tokio::task::spawn_blocking(move || Secrets::read(&config)).await;
    read.unwrap_or_else(|_| Err(DirectoryError::NotLdap { address: address.to_string(), doing: CONNECTING }))
}

async fn reach(config: &Config, address: &Address) -> Result<std::net::TcpStream, DirectoryError> {
    let unreachable = |source| DirectoryError::Unreachable { address: address.to_string(), source };
    let connecting = TcpStream::connect((address.host.as_str(), address.port));
    let connected = tokio::time::timeout(config.timeout, connecting).await;
    let stream = connected.map_err(|_| of_stopped(Stopped::TimedOut, config, address, CONNECTING))?;
    stream.and_then(TcpStream::into_std).map_err(unreachable)
}

pub(crate) fn of_stopped(stopped: Stopped, config: &Config, address: &Address, doing: &'static str) -> DirectoryError {
    let address = address.to_string();
    match stopped {
        Stopped::TimedOut => DirectoryError::TimedOut { address, doing, limit: config.timeout },
        Stopped::Panicked => DirectoryError::NotLdap { address, doing },
    }
}

/// What became of an operation on an open connection.
pub(crate) fn of_asking(error: &LdapError, address: &Address, doing: &'static str, after: u64) -> DirectoryError {
    let address = address.to_string();
    match error {
        LdapError::EndOfStream
        | LdapError::OpSend { .. }
        | LdapError::ResultRecv { .. }
        | LdapError::IdScrubSend { .. }
        | LdapError::Io { .. } => DirectoryError::Lost { address, after },
        _ => DirectoryError::NotLdap { address, doing },
    }
}

/// What became of a connection that was to be made safe.
fn of_opening(error: LdapError, address: &Address) -> DirectoryError {
    match error {
        LdapError::LdapResult { result } => {
            DirectoryError::StartTlsRefused { address: address.to_string(), code: result.rc }
        }
        LdapError::Io { source } => of_handshake(&source, address),
        other => of_asking(&other, address, CONNECTING, 0),
    }
}

fn of_handshake(error: &io::Error, address: &Address) -> DirectoryError {
    let address = address.to_string();
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(fault)) = cause else {
        return DirectoryError::Tls { address, fault: error.to_string() };
    };
    match fault {
        // An authority of the same name with another key is another authority.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => DirectoryError::Untrusted(address),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            DirectoryError::WrongName(address)
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => DirectoryError::Expired(address),
        other => DirectoryError::Tls { address, fault: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_moment_becomes_part_of_the_filter() {
        let filter = changed("(objectClass=ENTPerson)", "20260101000000Z)(|(uid=*)\0\\");
        assert_eq!(filter, r"(&(objectClass=ENTPerson)(modifyTimestamp>=20260101000000Z\29\28|\28uid=\2a\29\00\5c))");
        assert!(ldap3::parse_filter(&filter).is_ok());
    }
}
