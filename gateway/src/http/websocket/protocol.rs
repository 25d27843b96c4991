//! The messages of `graphql-transport-ws`, and the codes that a connection is closed with.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::GraphqlError;
use crate::pipeline::Answer;

/// The protocol's name, which a client must ask for.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";
/// Characters of an operation's id, at most.
const MAX_ID: usize = 128;

/// What a client says.
#[derive(Debug)]
pub(super) enum Said {
    Init { authorization: Option<String> },
    Ping,
    Pong,
    Subscribe { id: String, payload: Box<RawValue> },
    Complete { id: String },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

impl Said {
    /// Reads a message; the error says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if !text.trim_start().starts_with('{') {
            return Err("the message is no JSON object".to_owned());
        }
        let Envelope { kind, id, payload } =
            serde_json::from_str(text).map_err(|error| format!("the message is no JSON of this protocol: {error}"))?;
        let id = || match id {
            Some(id) if !id.is_empty() && id.len() <= MAX_ID => Ok(id),
            _ => Err(format!("the message {kind} needs an id of 1 to {MAX_ID} bytes")),
        };
        Ok(match kind.as_str() {
            "connection_init" => Self::Init { authorization: payload.map(authorization).transpose()?.flatten() },
            "ping" => Self::Ping,
            "pong" => Self::Pong,
            "subscribe" => {
                let payload = payload.ok_or("the message subscribe needs a payload")?.to_owned();
                Self::Subscribe { id: id()?, payload }
            }
            "complete" => Self::Complete { id: id()? },
            other => return Err(format!("there is no message of type {other:.40}")),
        })
    }
}

/// The member `authorization` of what a client opens the connection with: browsers cannot send headers of their own here.
fn authorization(payload: &RawValue) -> Result<Option<String>, String> {
    let members: Option<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(payload.get()).map_err(|_| "the payload of connection_init is no object".to_owned())?;
    let told =
        |(name, value): &(&String, &serde_json::Value)| name.eq_ignore_ascii_case("authorization") && !value.is_null();
    let mut given = members.iter().flatten().filter(told);
    // Who says who it is, and says it wrong, is not taken for nobody.
    given.next().map(|(_, value)| value.as_str().map(str::to_owned)).map_or(Ok(None), |text| {
        text.map(Some).ok_or_else(|| "authorization in connection_init is no text: write \"Bearer TOKEN\"".to_owned())
    })
}

/// What a client is told.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Told<'a> {
    ConnectionAck,
    Pong,
    Next { id: &'a str, payload: &'a Answer },
    Error { id: &'a str, payload: &'a [GraphqlError] },
    Complete { id: &'a str },
}

impl Told<'_> {
    pub(super) fn message(&self) -> Message {
        Message::text(serde_json::to_string(self).expect("a tree of values is JSON"))
    }
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Close(u16, &'static str);

impl Close {
    pub(super) const GOING_AWAY: Self = Self(1001, "the gateway stops");
    /// No client lost anything by it, and none needs to come back before it asks again.
    pub(super) const IDLE: Self = Self(1000, "nothing runs on this connection");
    pub(super) const TRY_LATER: Self = Self(1013, "too many connections");
    pub(super) const TOO_LONG: Self = Self(1009, "the message is too long");
    pub(super) const BAD_MESSAGE: Self = Self(4400, "Invalid message");
    pub(super) const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self(4403, "Forbidden");
    pub(super) const PROTOCOL: Self = Self(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self(4408, "Connection initialisation timeout");
    pub(super) const SUBSCRIBED: Self = Self(4409, "Subscriber already exists");
    pub(super) const TOO_MANY_INITS: Self = Self(4429, "Too many initialisation requests");
    pub(super) const NO_ANSWER: Self = Self(1001, "no answer to ping");

    /// The message that closes, with a sentence in place of the usual words where there is one.
    pub(super) fn message(self, why: Option<&str>) -> Message {
        // A close frame has room for 123 bytes.
        let mut text = why.unwrap_or(self.1);
        while text.len() > 120 {
            let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= 117).last().unwrap_or(0);
            text = &text[..end];
        }
        Message::Close(Some(CloseFrame { code: self.0, reason: Utf8Bytes::from(text) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_or_told_to_be_wrong() {
        let said = Said::read(r#"{"type":"connection_init","payload":{"Authorization":"Bearer x"}}"#);
        assert!(matches!(said, Ok(Said::Init { authorization: Some(token) }) if token == "Bearer x"));
        assert!(matches!(Said::read(r#"{"type":"connection_init"}"#), Ok(Said::Init { authorization: None })));
        assert!(matches!(Said::read(r#"{"type":"subscribe","id":"a","payload":{}}"#), Ok(Said::Subscribe { .. })));
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":""}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(Said::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_reason_of_a_close_fits_into_its_frame() {
        let Message::Close(Some(frame)) = Close::BAD_MESSAGE.message(Some(&"é".repeat(200))) else {
            panic!("a close")
        };
        assert!(frame.reason.len() <= 123 && !frame.reason.is_empty());
    }
}
