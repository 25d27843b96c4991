//! Who spends a budget.

use std::net::{IpAddr, Ipv6Addr};

use kernel::Principal;

/// Who spends a budget.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// The client of an access token.
    Named(String),
    /// The person of an access token without a client.
    Person(String),
    /// Nobody known, at this address; of IPv6 the network, since one subscriber has all of it.
    Address(IpAddr),
    /// Nobody known, from nowhere known.
    Unknown,
}

impl Client {
    /// The client of a request from `address`.
    pub(crate) fn of(principal: &Principal, address: Option<IpAddr>) -> Self {
        if let Some(client) = &principal.client {
            return Self::Named(client.clone());
        }
        if let Some(person) = &principal.person {
            return Self::Person(person.subject.clone());
        }
        match address {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::Address(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            Some(address) => Self::Address(address),
            None => Self::Unknown,
        }
    }

    /// Its part of a key, which no other client has.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Named(name) => format!("client:{name}"),
            Self::Person(subject) => format!("person:{subject}"),
            Self::Address(address) => format!("address:{address}"),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}
