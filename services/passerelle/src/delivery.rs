//! Who follows whose events in this house, and by which way.

use std::sync::Arc;

use anyhow::{Context, bail};
use db::{Db, Target};
use events::{Background, Follower, Projection, Relay, Source, Streams, Worker};

use crate::config::Config;
use crate::house::House;

/// Connections to another service's database: its events are read in order, one batch at a time.
const READERS: u32 = 2;

/// Each service that follows others, with those that it follows. Whoever is followed stands before its followers, so that one pass
/// over the list delivers everything.
pub(crate) const FOLLOWS: &[(&str, &[&str])] = &[
    (users::NAME, users::SOURCES),
    (productions::NAME, productions::SOURCES),
    (activation::NAME, activation::SOURCES),
];

impl House {
    /// What this service makes of others' events; none where it follows nobody.
    pub(crate) fn projection(&self, service: &str) -> Option<Arc<dyn Projection>> {
        match service {
            users::NAME => Some(Arc::new(self.users.clone())),
            productions::NAME => Some(Arc::new(self.productions.clone())),
            activation::NAME => Some(Arc::new(self.activation.clone())),
            _ => None,
        }
    }

    /// Every projection, in the order of [`FOLLOWS`].
    pub(crate) fn projections(&self) -> impl Iterator<Item = Arc<dyn Projection>> {
        FOLLOWS.iter().filter_map(|(service, _)| self.projection(service))
    }

    /// The databases of the services of this house, by name.
    pub(crate) fn databases(&self) -> Vec<(&'static str, Db)> {
        vec![
            (establishments::NAME, self.establishments.db().clone()),
            (users::NAME, self.users.db().clone()),
            (productions::NAME, self.productions.db().clone()),
            (activation::NAME, self.activation.db().clone()),
        ]
    }

    fn database(&self, service: &str) -> anyhow::Result<Db> {
        let found = self.databases().into_iter().find(|(name, _)| *name == service);
        Ok(found.with_context(|| format!("no service {service} is in this house"))?.1)
    }

    /// Delivers every event that a service has not applied yet; returns how many.
    pub(crate) async fn deliver(&self, worker: &Worker) -> anyhow::Result<u64> {
        let mut applied = 0;
        for projection in self.projections() {
            for &source in projection.sources() {
                let producer = self.database(source)?;
                applied += events::deliver(worker, &*projection, source, &producer).await.with_context(|| {
                    let name = projection.name();
                    format!("cannot deliver the events of {source} to {name}; the next command or start goes on")
                })?;
            }
        }
        Ok(applied)
    }

    /// Keeps every projection up to date out of the databases of this house.
    pub(crate) fn keep_delivering(&self, worker: &Worker) -> anyhow::Result<Background> {
        let mut followers = Vec::new();
        for projection in self.projections() {
            for &source in projection.sources() {
                let producer = Source::Direct(self.database(source)?);
                followers.push(Follower::new(worker, Arc::clone(&projection), source, producer));
            }
        }
        Ok(Background::start(followers, Vec::new()))
    }
}

/// What one service alone needs: its own projection followed, and its own events relayed where there is a Redis.
pub(crate) async fn of_role(
    config: &Config,
    service: &'static str,
    database: &Db,
    projection: Option<Arc<dyn Projection>>,
) -> anyhow::Result<Background> {
    let worker = Worker::new(kernel::Clock::System);
    let streams = config.redis.streams()?;
    let mut followers = Vec::new();
    if let Some(projection) = projection {
        for &source in projection.sources() {
            let from = source_of(config, streams.as_ref(), source).await?;
            followers.push(Follower::new(&worker, Arc::clone(&projection), source, from));
        }
    }
    let followed = FOLLOWS.iter().any(|(_, sources)| sources.contains(&service));
    let relay = streams.filter(|_| followed).map(|streams| Relay::new(&worker, service, database.clone(), &streams));
    Ok(Background::start(followers, relay.into_iter().collect()))
}

async fn source_of(config: &Config, streams: Option<&Streams>, source: &str) -> anyhow::Result<Source> {
    if let Some(streams) = streams {
        return Ok(Source::Streams(streams.clone()));
    }
    let migrations = match source {
        establishments::NAME => &establishments::MIGRATIONS,
        users::NAME => &users::MIGRATIONS,
        other => bail!("the events of {other} are followed, and nobody knows its tables"),
    };
    let mut target = config.target(source)?;
    if let Target::Postgres { max_connections, .. } = &mut target {
        *max_connections = READERS;
    }
    let opened = Db::open(&target, migrations).await;
    let producer = opened.with_context(|| format!("without redis.url the events of {source} are read there"))?;
    Ok(Source::Direct(producer))
}
