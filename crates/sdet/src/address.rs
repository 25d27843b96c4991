//! Where a directory is: `ldaps://HOST:PORT` or `ldap://HOST:PORT`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A host and a port, and whether TLS is spoken there from the first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) secure: bool,
    /// Without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Nothing where the text has a user, a path or anything else that is asked for elsewhere.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (secure, usual) = match scheme {
            "ldaps" => (true, 636),
            "ldap" => (false, 389),
            _ => return None,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = if let Some(bracketed) = rest.strip_prefix('[') {
            let (host, port) = bracketed.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        } else {
            let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
            if host.is_empty() || !host.bytes().all(fits) {
                return None;
            }
            (host, port)
        };
        let port = port.map_or(Some(usual), |port| port.parse().ok().filter(|&port: &u16| port > 0))?;
        Some(Self { secure, host: host.to_owned(), port })
    }

    /// Whether it is this machine, so that nobody stands between.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether it is written as an IPv6 address, which is no name that a certificate is compared with here.
    pub(crate) fn is_ipv6(&self) -> bool {
        self.host.contains(':')
    }

    /// The address as the LDAP client wants it.
    pub(crate) fn url(&self) -> String {
        format!("{}://{self}", if self.secure { "ldaps" } else { "ldap" })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ipv6() {
            write!(out, "[{}]:{}", self.host, self.port)
        } else {
            write!(out, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_ports_and_what_is_this_machine() {
        let cases = [
            ("ldaps://ldap.ent.fr", "ldaps://ldap.ent.fr:636", false),
            ("ldap://ldap.ent.fr/", "ldap://ldap.ent.fr:389", false),
            ("ldap://localhost:3890", "ldap://localhost:3890", true),
            ("ldap://127.0.0.1:1", "ldap://127.0.0.1:1", true),
            ("ldap://[::1]:1", "ldap://[::1]:1", true),
            ("ldap://[2001:db8::1]", "ldap://[2001:db8::1]:389", false),
            ("ldap://localhost.evil.example", "ldap://localhost.evil.example:389", false),
        ];
        for (text, written, loopback) in cases {
            let address = Address::parse(text).expect(text);
            assert_eq!((address.url().as_str(), address.is_loopback()), (written, loopback), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        let none = [
            "",
            "ldap.ent.fr",
            "http://ldap.ent.fr",
            "LDAP://x",
            "ldapi:///run/slapd",
            "ldap://",
            "ldap://:389",
            "ldap://u:p@host",
            "ldap://host/dc=fr",
            "ldap://host:0",
            "ldap://host:65536",
            "ldap://host:x",
            "ldap://[::1",
            "ldap://[::1]x",
            "ldap://[host]",
            "ldap://host name",
            "ldap://host?x",
        ];
        for text in none {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }
}
