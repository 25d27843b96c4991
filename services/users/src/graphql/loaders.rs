//! One look-up for all people that a request asks for at once.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use kernel::{Fault, Principal};
use service_kit::batches::Batches;
use uuid::Uuid;

use super::Front;
use super::user::User;
use crate::app::{self, Seen};

/// The loaders of one request.
pub(crate) struct Loaders(DataLoader<Reads, HashMapCache>);

/// The use cases' batched reads, for one caller.
pub(crate) struct Reads {
    pub(crate) front: Front,
    pub(crate) principal: Principal,
}

impl Loaders {
    pub(crate) fn new(reads: Reads, batches: &Batches) -> Self {
        let batches = batches.clone();
        let loader = DataLoader::with_cache(reads, move |batch| batches.add(batch), HashMapCache::default());
        // When a batch begins is the request's to say, and not a timer's.
        Self(loader.delay(Duration::ZERO))
    }

    /// What the request is for, and where it reads.
    pub(crate) fn reads<'a>(ctx: &Context<'a>) -> &'a Reads {
        ctx.data_unchecked::<Self>().0.loader()
    }

    /// The person, if there is one whom the caller may know.
    pub(crate) async fn user(ctx: &Context<'_>, id: Uuid) -> Result<Option<User>, Fault> {
        Ok(ctx.data_unchecked::<Self>().0.load_one(PersonKey(id)).await?.map(|seen| User { asked: id, seen }))
    }
}

/// A person by an id that may lead to another.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PersonKey(Uuid);

impl Loader<PersonKey> for Reads {
    type Value = Seen;
    type Error = Fault;
    async fn load(&self, keys: &[PersonKey]) -> Result<HashMap<PersonKey, Seen>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let front = &self.front;
        let seen = app::seen(&front.store, &front.secrets.pseudonyms, &self.principal, &front.clock, &ids).await?;
        Ok(seen.into_iter().map(|(id, seen)| (PersonKey(id), seen)).collect())
    }
}
