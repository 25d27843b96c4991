//! The subgraph: thin resolvers over loaders. What each type and field means stands in its description, which is the
//! vendors' manual.

mod administration;
mod caller;
mod identity;
mod loaders;
mod mutation;
mod own;
mod query;
mod user;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Schema};
use kernel::{Clock, Principal};
use service_kit::access_token::Issuer;
use service_kit::batches::Batches;
use service_kit::guard::Guard;
use service_kit::principal_token::Verifier;
use service_kit::sdl::complete;
use service_kit::subgraph::{self, Subgraph, SubgraphLimits};
use sign_in::SignIn;

use crate::{Secrets, Store, oauth};

type Users = Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// What the subgraph stands on.
#[derive(Clone)]
pub struct Front {
    /// The rows.
    pub store: Store,
    /// The secrets.
    pub secrets: Secrets,
    /// Logging in, and who is logged in.
    pub sign_in: Arc<SignIn>,
    /// Makes tokens for clients that prove their secret; none where the key lies elsewhere.
    pub issuer: Option<Arc<Issuer>>,
    /// The time.
    pub clock: Clock,
}

/// The completed SDL of this subgraph, as composition reads it.
pub fn sdl() -> String {
    complete(&build(Arc::from(""), &SubgraphLimits::default()))
}

/// The subgraph over `front`, for the gateway that holds the key which `verifier` checks.
pub fn subgraph(front: Front, verifier: Arc<Verifier>, limits: &SubgraphLimits) -> Subgraph {
    let sdl: Arc<str> = Arc::from(sdl());
    let schema = build(Arc::clone(&sdl), limits);
    let ready_store = front.store.clone();
    let public = front.sign_in.router().merge(oauth::router(&front));
    let per_request = Arc::new(move |request: async_graphql::Request, principal: &Principal, batches: &Batches| {
        let reads = loaders::Reads { front: front.clone(), principal: principal.clone() };
        request.data(loaders::Loaders::new(reads, batches))
    });
    Subgraph {
        name: crate::NAME,
        sdl,
        router: subgraph::router(schema, verifier, limits, per_request),
        public,
        ready: Arc::new(move || {
            let store = ready_store.clone();
            Box::pin(
                async move { store.db().ping().await.map_err(|_| "the people's database does not answer".to_owned()) },
            )
        }),
    }
}

fn build(sdl: Arc<str>, limits: &SubgraphLimits) -> Users {
    Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .enable_federation()
        .extension(Guard(sdl))
        .limit_depth(limits.max_depth)
        .finish()
}
