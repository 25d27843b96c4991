//! The subgraph: thin resolvers over loaders. What each type and field means stands in its description, which is the
//! vendors' manual.

mod connection;
mod enums;
mod establishment;
mod filter;
mod loaders;
mod organisation;
mod project;
mod query;
mod territory;

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Schema};
use kernel::Clock;
use service_kit::batches::Batches;
use service_kit::principal_token::Verifier;
use service_kit::sdl::{CompletedSdl, complete};
use service_kit::subgraph::{self, Subgraph, SubgraphLimits};

use crate::Store;

type Directory = Schema<query::Query, EmptyMutation, EmptySubscription>;

/// The completed SDL of this subgraph, as composition reads it.
pub fn sdl() -> String {
    complete(&build(Arc::from(""), &SubgraphLimits::default()))
}

/// The subgraph over `store`, for the gateway that holds the key which `verifier` checks.
pub fn subgraph(store: Store, verifier: Arc<Verifier>, limits: &SubgraphLimits, clock: Clock) -> Subgraph {
    let sdl: Arc<str> = Arc::from(sdl());
    let schema = build(Arc::clone(&sdl), limits);
    let ready_store = store.clone();
    let per_request = Arc::new(move |request: async_graphql::Request, batches: &Batches| {
        request.data(loaders::Loaders::new(store.clone(), batches)).data(clock)
    });
    Subgraph {
        name: crate::NAME,
        sdl,
        router: subgraph::router(schema, verifier, limits, per_request),
        public: axum::Router::new(),
        ready: Arc::new(move || {
            let store = ready_store.clone();
            Box::pin(async move {
                store.db().ping().await.map_err(|_| "the directory's database does not answer".to_owned())
            })
        }),
    }
}

fn build(sdl: Arc<str>, limits: &SubgraphLimits) -> Directory {
    Schema::build(query::Query, EmptyMutation, EmptySubscription)
        .enable_federation()
        .extension(CompletedSdl(sdl))
        .limit_depth(limits.max_depth)
        .finish()
}
