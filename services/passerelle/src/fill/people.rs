//! Filling the demonstration's people, through the use case of every import.

use anyhow::{Context, anyhow, bail};
use kernel::{Clock, SchoolYear};
use uuid::Uuid;

use crate::demo::{self, Everybody};
use crate::house::House;
use crate::say;

/// People registered in one transaction.
const BATCH: usize = 500;

/// Registers everybody; their internal ids, by place.
pub(super) async fn fill(
    house: &House,
    secrets: &users::Secrets,
    clock: Clock,
) -> anyhow::Result<(Everybody, Vec<Uuid>)> {
    let everybody = demo::people(SchoolYear::of(clock.today()));
    let mut ids = Vec::with_capacity(everybody.registrations.len());
    for batch in everybody.registrations.chunks(BATCH) {
        let answers = users::register_people(&house.users, secrets, &clock, batch).await;
        let answers = answers.map_err(|fault| anyhow!(fault.cause_chain().unwrap_or_else(|| fault.to_string())));
        for answer in answers.context("cannot register people")? {
            match answer {
                Ok(registered) => ids.push(registered.person_id()),
                Err(refusal) => bail!("a person of the demonstration was refused ({refusal}): this build is faulty"),
            }
        }
    }
    say::progress(&format!("  people: {}", ids.len()));
    Ok((everybody, ids))
}
