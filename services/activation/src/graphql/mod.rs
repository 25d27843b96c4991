//! The subgraph: thin resolvers over loaders. What each type and field means stands in its description, which is the
//! vendors' manual.

mod enums;
mod indicator;
mod loaders;
mod measure;
mod perimeter;
mod query;

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Schema};
use axum::Router;
use kernel::{Clock, Principal};
use service_kit::batches::Batches;
use service_kit::guard::Guard;
use service_kit::principal_token::Verifier;
use service_kit::sdl::complete;
use service_kit::subgraph::{self, Subgraph, SubgraphLimits};

use crate::Store;

type Activation = Schema<query::Query, EmptyMutation, EmptySubscription>;

/// The completed SDL of this subgraph, as composition reads it.
pub fn sdl() -> String {
    complete(&build(Arc::from(""), &SubgraphLimits::default()))
}

/// The subgraph over `store`, for the gateway that holds the key which `verifier` checks.
pub fn subgraph(store: Store, verifier: Arc<Verifier>, limits: &SubgraphLimits, clock: Clock) -> Subgraph {
    let sdl: Arc<str> = Arc::from(sdl());
    let schema = build(Arc::clone(&sdl), limits);
    let ready_store = store.clone();
    let per_request = Arc::new(move |request: async_graphql::Request, principal: &Principal, batches: &Batches| {
        request.data(loaders::Loaders::new(store.clone(), principal.clone(), batches)).data(clock)
    });
    Subgraph {
        name: crate::NAME,
        sdl,
        router: subgraph::router(schema, verifier, limits, per_request),
        public: Router::new(),
        ready: Arc::new(move || {
            let store = ready_store.clone();
            Box::pin(async move {
                store.db().ping().await.map_err(|_| "the indicators' database does not answer".to_owned())
            })
        }),
    }
}

fn build(sdl: Arc<str>, limits: &SubgraphLimits) -> Activation {
    Schema::build(query::Query, EmptyMutation, EmptySubscription)
        .enable_federation()
        .extension(Guard(sdl))
        .limit_depth(limits.max_depth)
        .finish()
}
