//! The subgraph: thin resolvers over loaders. What each type and field means stands in its description, which is the
//! vendors' manual.

mod connection;
mod enums;
mod loaders;
mod participant;
mod production;
mod query;
mod version;

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Schema};
use kernel::{Clock, Principal};
use service_kit::batches::Batches;
use service_kit::guard::Guard;
use service_kit::principal_token::Verifier;
use service_kit::sdl::complete;
use service_kit::subgraph::{self, Subgraph, SubgraphLimits};

use crate::content::{Content, Links, Served, routes};
use crate::{NAME, Store};

type Productions = Schema<query::Query, EmptyMutation, EmptySubscription>;

/// What the subgraph stands on.
#[derive(Clone, Debug)]
pub struct Front {
    /// Its rows.
    pub store: Store,
    /// Its bytes.
    pub content: Content,
    /// What signs links to them.
    pub links: Links,
    /// Where clients reach the gateway, without a slash at the end; empty where nobody said it: links then begin with a slash.
    pub public_url: String,
    /// The clock.
    pub clock: Clock,
}

/// What links of this subgraph begin with.
pub(crate) struct PublicUrl(pub(crate) String);

/// The completed SDL of this subgraph, as composition reads it.
pub fn sdl() -> String {
    complete(&build(Arc::from(""), &SubgraphLimits::default()))
}

/// The subgraph, for the gateway that holds the key which `verifier` checks.
pub fn subgraph(front: Front, verifier: Arc<Verifier>, limits: &SubgraphLimits) -> Subgraph {
    let sdl: Arc<str> = Arc::from(sdl());
    let schema = build(Arc::clone(&sdl), limits);
    let Front { store, content, links, public_url, clock } = front;
    let ready_store = store.clone();
    let served = Served {
        store: store.clone(),
        content,
        links,
        verifier: Arc::clone(&verifier),
        clock,
        public_url: public_url.clone(),
    };
    let per_request = Arc::new(move |request: async_graphql::Request, principal: &Principal, batches: &Batches| {
        request
            .data(loaders::Loaders::new(store.clone(), principal.clone(), batches))
            .data(PublicUrl(public_url.clone()))
    });
    Subgraph {
        name: NAME,
        sdl,
        router: subgraph::router(schema, verifier, limits, per_request),
        public: routes(served),
        ready: Arc::new(move || {
            let store = ready_store.clone();
            Box::pin(async move {
                store.db().ping().await.map_err(|_| "the productions' database does not answer".to_owned())
            })
        }),
    }
}

fn build(sdl: Arc<str>, limits: &SubgraphLimits) -> Productions {
    Schema::build(query::Query, EmptyMutation, EmptySubscription)
        .enable_federation()
        .extension(Guard(sdl))
        .limit_depth(limits.max_depth)
        .finish()
}
