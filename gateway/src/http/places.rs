//! Places for what stays open: so many in all, and so many of one client, so that none of them leaves the others nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use kernel::ErrorCode;

use super::graphql::refusal;
use crate::budget::Client;
use crate::config::SubscriptionsConfig;
use crate::error::GraphqlError;

/// When who found no place may try again, in seconds.
const LATER: &str = "5";

/// Streams, and connections by WebSocket, that may be open at a time.
#[derive(Debug)]
pub(crate) struct Places {
    pub(super) streams: Arc<Quota>,
    pub(super) connections: Arc<Quota>,
}

impl Places {
    pub(crate) fn of(config: &SubscriptionsConfig) -> Self {
        Self {
            streams: Quota::new("streams", config.max_streams, config.max_streams_per_client),
            connections: Quota::new("connections", config.max_connections, config.max_connections_per_client),
        }
    }
}

/// Places of one kind.
#[derive(Debug)]
pub(super) struct Quota {
    /// What takes them, in the plural.
    called: &'static str,
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    count: usize,
    /// Clients that have some, and how many.
    by: HashMap<Client, usize>,
}

impl Taken {
    fn take(&mut self, client: &Client) {
        self.count += 1;
        *self.by.entry(client.clone()).or_default() += 1;
    }

    fn give_back(&mut self, client: &Client) {
        self.count -= 1;
        if let Some(count) = self.by.get_mut(client) {
            *count -= 1;
            if *count == 0 {
                self.by.remove(client);
            }
        }
    }
}

impl Quota {
    fn new(called: &'static str, all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { called, all, each, taken: Mutex::default() })
    }

    /// A place of this client, held as long as what is returned is.
    pub(super) fn take(self: &Arc<Self>, client: Client) -> Result<Place, NoPlace> {
        let mut taken = self.taken();
        if taken.count >= self.all {
            return Err(NoPlace { called: self.called, own: None });
        }
        self.has_left(&taken, &client)?;
        taken.take(&client);
        Ok(Place { quota: Arc::clone(self), client })
    }

    fn has_left(&self, taken: &Taken, client: &Client) -> Result<(), NoPlace> {
        match taken.by.get(client) {
            Some(count) if *count >= self.each => Err(NoPlace { called: self.called, own: Some(self.each) }),
            _ => Ok(()),
        }
    }

    // Nothing panics under this lock, and counts would still be counts.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that somebody has.
#[derive(Debug)]
pub(super) struct Place {
    quota: Arc<Quota>,
    client: Client,
}

impl Place {
    /// It turned out to be this client's.
    pub(super) fn is_of(&mut self, client: Client) -> Result<(), NoPlace> {
        if self.client == client {
            return Ok(());
        }
        let mut taken = self.quota.taken();
        self.quota.has_left(&taken, &client)?;
        taken.give_back(&self.client);
        taken.take(&client);
        drop(taken);
        self.client = client;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.quota.taken().give_back(&self.client);
    }
}

/// There was no place.
#[derive(Debug)]
pub(super) struct NoPlace {
    called: &'static str,
    /// How many the client has, where that is what is too many.
    own: Option<usize>,
}

impl NoPlace {
    /// It in words.
    pub(super) fn told(&self) -> String {
        match self.own {
            Some(own) => format!("this client has {own} {} open already; end one of them first", self.called),
            None => format!("too many {} are open here; try again later", self.called),
        }
    }

    /// It as an error of GraphQL.
    pub(super) fn error(&self) -> GraphqlError {
        GraphqlError::new(ErrorCode::RateLimited, self.told())
    }

    /// It as an answer: status 429 where it is the client's to end something, or 503.
    pub(super) fn response(&self, request_id: &str) -> Response {
        let status = if self.own.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::SERVICE_UNAVAILABLE };
        let mut response = refusal(status, vec![self.error()], "application/json", request_id);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(LATER));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(name: &str) -> Client {
        Client::Named(name.to_owned())
    }

    #[test]
    fn so_many_in_all_and_so_many_of_one() {
        let quota = Quota::new("streams", 3, 2);
        let (a, _b) = (quota.take(client("a")).expect("a place"), quota.take(client("a")).expect("a place"));
        let refused = quota.take(client("a")).expect_err("its share is taken");
        assert_eq!(refused.told(), "this client has 2 streams open already; end one of them first");
        assert_eq!(refused.response("1").status(), 429);
        let c = quota.take(client("b")).expect("another's");
        let refused = quota.take(client("c")).expect_err("all are taken");
        assert_eq!(refused.response("1").status(), 503);
        drop((a, c));
        quota.take(client("a")).expect("it was given back");
        assert_eq!(quota.taken().by.len(), 1, "who has none is forgotten");
    }

    #[test]
    fn a_place_goes_over_to_whose_it_is() {
        let quota = Quota::new("connections", 2, 1);
        let mut place = quota.take(Client::Unknown).expect("a place");
        place.is_of(client("a")).expect("a has none");
        let mut other = quota.take(Client::Unknown).expect("it is free again");
        other.is_of(client("a")).expect_err("a has one");
        drop(place);
        other.is_of(client("a")).expect("a has none again");
        drop(other);
        assert_eq!(quota.taken().count, 0);
    }
}
