//! What streams by server-sent events and by WebSocket have in common: who listens, and where a stream of answers begins.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use futures::FutureExt;
use futures::stream::{BoxStream, StreamExt};
use service_kit::server::Stopping;

use super::auth::{self, Unknown};
use super::places::Place;
use crate::Gateway;
use crate::error::GraphqlError;
use crate::people;
use crate::pipeline::{self, Answer, Answers, Asker, Caller, Params, Recall};
use crate::telemetry::Account;

/// What makes a listener known, kept to be looked at again before each event.
#[derive(Clone, Debug, Default)]
pub(super) struct Credentials(HeaderMap);

impl Credentials {
    /// Those of a request.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut kept = HeaderMap::new();
        for value in headers.get_all(header::AUTHORIZATION) {
            kept.append(header::AUTHORIZATION, value.clone());
        }
        Self(kept)
    }

    pub(super) async fn principal(&self, gateway: &Gateway) -> Result<kernel::Principal, Unknown> {
        auth::principal(gateway, &self.0).await
    }

    /// Learns who it is, whenever it is asked.
    fn recall(self, gateway: Arc<Gateway>, account: Arc<Account>, headers: HeaderMap) -> Recall {
        Box::new(move || {
            let (credentials, gateway, account) = (self.clone(), Arc::clone(&gateway), Arc::clone(&account));
            let headers = headers.clone();
            async move {
                let principal = credentials.principal(&gateway).await;
                let principal = principal.map_err(|unknown| GraphqlError::new(unknown.code(), unknown.to_string()))?;
                let (principal, doubt) = people::recognise(&gateway, &gateway.serving(), principal, &account).await;
                Ok(Caller { principal, doubt, account, headers })
            }
            .boxed()
        })
    }
}

/// The answers of an operation, one after the other: of a query or a mutation there is one. Those of a subscription end when the process stops.
pub(super) async fn answers(
    gateway: &Arc<Gateway>,
    params: Params,
    asker: Asker<'_>,
    place: Place,
    credentials: Credentials,
    stopping: Option<Stopping>,
) -> Result<BoxStream<'static, Answer>, Vec<GraphqlError>> {
    let recall = credentials.recall(Arc::clone(gateway), Arc::clone(&asker.account), asker.headers.clone());
    Ok(match pipeline::stream(gateway, params, asker, recall).await? {
        Answers::One(answer) => futures::stream::iter([*answer]).boxed(),
        Answers::Many(answers) => {
            let answers = answers.inspect(move |_| {
                // The place is the stream's.
                let _held = &place;
            });
            match stopping {
                Some(stopping) => answers.take_until(stopping.told()).boxed(),
                None => answers.boxed(),
            }
        }
    })
}
