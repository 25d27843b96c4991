//! What streams by server-sent events and by WebSocket have in common: who listens, and where a stream of answers begins.

use std::sync::Arc;

use axum::http::HeaderMap;
use futures::FutureExt;
use futures::stream::{BoxStream, StreamExt};
use kernel::ErrorCode;
use service_kit::server::Stopping;

use super::auth::Credentials;
use super::places::Place;
use crate::Gateway;
use crate::error::GraphqlError;
use crate::people;
use crate::pipeline::{self, Answer, Answers, Asker, Caller, Params, Recall};
use crate::telemetry::Account;

/// Learns who listens, whenever it is asked. Who began `with_a_session` and has it no more is not taken for somebody else.
fn recall(
    credentials: Credentials,
    gateway: Arc<Gateway>,
    account: Arc<Account>,
    headers: HeaderMap,
    with_a_session: bool,
) -> Recall {
    Box::new(move || {
        let (credentials, gateway, account) = (credentials.clone(), Arc::clone(&gateway), Arc::clone(&account));
        let headers = headers.clone();
        async move {
            let identity = credentials.identity(&gateway, &account).await;
            let identity = identity.map_err(|unknown| GraphqlError::new(unknown.code(), unknown.to_string()))?;
            if with_a_session && !identity.has_session() && !identity.is_doubtful() {
                let told = "the session has ended: log in, and subscribe again";
                return Err(GraphqlError::new(ErrorCode::Unauthenticated, told));
            }
            let (principal, doubt) = people::recognise(&gateway, &gateway.serving(), identity, &account).await;
            Ok(Caller { principal, doubt, account, headers })
        }
        .boxed()
    })
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
    let (account, headers, with_a_session) =
        (Arc::clone(&asker.account), asker.headers.clone(), asker.identity.has_session());
    let recall = recall(credentials, Arc::clone(gateway), account, headers, with_a_session);
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
