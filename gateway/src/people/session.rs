//! The session of a browser: told by a cookie, kept by the service of people, which is asked about it by the cookie's hash.

use std::sync::Arc;

use ::http::HeaderMap;
use bytes::Bytes;
use kernel::{Perimeter, PersonFacts, Principal, PrincipalKind};
use serde_json::json;

use super::memory::{Learned, Memory};
use super::question::{self, Asking};
use super::{Identity, unavailable};
use crate::Gateway;
use crate::cookies;
use crate::engine::Serving;
use crate::telemetry::Account;

/// A session that a browser claims to have, by the hash of its cookie: the value itself is kept nowhere.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Session(Arc<str>);

impl std::fmt::Debug for Session {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Session")
    }
}

impl std::borrow::Borrow<str> for Session {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Session {
    /// That of the cookie of this name. None where there are two of them, of which one may be somebody else's, or where its value is
    /// none that is ever given.
    pub(crate) fn claimed(headers: &HeaderMap, cookie: &str) -> Option<Self> {
        let mut given = cookies::of(headers).filter(|given| given.name == cookie.as_bytes());
        let (only, None) = (given.next()?, given.next()) else { return None };
        let value = std::str::from_utf8(only.value).ok()?;
        let well_formed = service_kit::session::is_well_formed(value.as_bytes());
        well_formed.then(|| Self(Arc::from(service_kit::session::hash(value))))
    }
}

/// Sessions that were asked about lately.
#[derive(Default)]
pub(super) struct Sessions(Memory<Session, Principal>);

impl Sessions {
    pub(super) fn forget(&self, hash: &str) {
        self.0.forget(hash);
    }

    pub(super) fn forget_all(&self) {
        self.0.forget_all();
    }
}

/// Who has a session. Nobody known where there is none, since browsers go on sending cookies of sessions that are over.
pub(crate) async fn by_session(
    gateway: &Gateway,
    serving: &Serving,
    session: &Session,
    account: &Arc<Account>,
) -> Identity {
    let Some(asking) = Asking::on_behalf_of(gateway, serving, &Principal::anonymous(), account) else {
        return Identity::nobody();
    };
    let learned = gateway.people.sessions.0.learn(session, async {
        let body = json!({ "query": question::SESSION, "variables": { "session": &*session.0 } }).to_string();
        let Some(question::Session { calling_session }) = asking.answer(Bytes::from(body)).await else {
            return Learned::Failed;
        };
        calling_session.map_or(Learned::Nobody, |found| Learned::Known(Arc::new(person(found))))
    });
    match learned.await {
        Learned::Known(principal) => Identity::of_session((*principal).clone()),
        Learned::Nobody => Identity::nobody(),
        Learned::Failed => Identity::in_doubt(unavailable(asking.service())),
    }
}

fn person(found: question::SessionFacts) -> Principal {
    let question::SessionFacts { client, subject, session, facts } = found;
    Principal {
        kind: PrincipalKind::Person,
        client: Some(client),
        scopes: [].into(),
        perimeter: Perimeter::default(),
        person: Some(PersonFacts { session: Some(session), ..facts.of(subject) }),
    }
}

#[cfg(test)]
mod tests {
    use ::http::HeaderValue;
    use ::http::header::COOKIE;

    use super::*;

    fn claimed(values: &[&str]) -> Option<Session> {
        let value = |text: &&str| (COOKIE, HeaderValue::from_str(text).expect("a header"));
        Session::claimed(&values.iter().map(value).collect(), "sid")
    }

    #[test]
    fn one_cookie_of_a_value_as_they_are_given() {
        let good = "A".repeat(43);
        let cookie = format!("sid={good}");
        let session = claimed(&["theme=dark", &cookie]).expect("a session");
        assert_eq!(&*session.0, service_kit::session::hash(&good));
        assert_eq!(claimed(&[&format!("a=b; {cookie}; sid-login=x")]), Some(session));
        for values in [
            &["theme=dark"][..],
            &["sid"],
            &["sid="],
            &[&cookie[..46]],
            &[&format!("{cookie}A")],
            &[&format!("sid=\"{good}\"")],
            &[&cookie.replace("AA", "A+")],
            &[&cookie, &cookie],
            &[&format!("{cookie}; sid=x")],
            &[&format!("SID={good}")],
        ] {
            assert_eq!(claimed(values), None, "{values:?}");
        }
    }
}
