//! Sessions that ended, as the gateway hears of them beside the answers of public routes: within the process, and over Redis from
//! whichever process ended them.

use std::sync::Arc;
use std::time::Duration;

use service_kit::session::ended_channel;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::People;
use crate::shared::SharedStore;

/// How long Redis is left alone between two tries to listen there.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until what is returned is dropped.
pub(crate) fn listen(
    people: &Arc<People>,
    here: Option<Receiver<String>>,
    shared: Option<Arc<SharedStore>>,
) -> JoinSet<()> {
    let mut listening = JoinSet::new();
    if let Some(ended) = here {
        listening.spawn(within_the_process(Arc::clone(people), ended));
    }
    if let Some(shared) = shared {
        listening.spawn(over_redis(Arc::clone(people), shared));
    }
    listening
}

async fn within_the_process(people: Arc<People>, mut ended: Receiver<String>) {
    loop {
        match ended.recv().await {
            Ok(hash) => people.session_ended(&hash),
            // So many ended at once that some were not heard.
            Err(RecvError::Lagged(_)) => people.sessions_may_have_ended(),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn over_redis(people: Arc<People>, shared: Arc<SharedStore>) {
    let channel = ended_channel(shared.prefix());
    let mut told = false;
    loop {
        if let Ok(mut ended) = shared.subscribe(&channel).await {
            if told {
                tracing::info!("sessions that end are heard of over Redis again");
                told = false;
            }
            // Whatever ended before it was listened to was not heard.
            people.sessions_may_have_ended();
            while let Some(hash) = ended.next().await {
                people.session_ended(&hash);
            }
        }
        if !told {
            tracing::warn!(
                "sessions that end are not heard of over Redis: none is remembered for longer than a moment"
            );
            told = true;
        }
        people.sessions_may_have_ended();
        tokio::time::sleep(PAUSE).await;
    }
}
