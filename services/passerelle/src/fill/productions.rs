//! Filling the demonstration's productions: each is opened, joined, saved, published, at moments of its own year.

use anyhow::Context;
use chrono::TimeDelta;
use kernel::Clock;
use productions::{ChangeError, Content, Contributor, NewProduction, Role, Store};
use uuid::Uuid;

use crate::demo::{self, Everybody, Fate, Plan};
use crate::say;

/// Makes every production. One that a start before left behind, finished or not, is made anew.
pub(super) async fn fill(store: &Store, content: &Content, everybody: &Everybody, ids: &[Uuid]) -> anyhow::Result<()> {
    let plans = demo::plans(everybody);
    for plan in &plans {
        let made = make(store, content, everybody, ids, plan).await;
        made.with_context(|| format!("the demonstration's production {:?} was refused", plan.title))?;
    }
    say::progress(&format!("  productions: {}", plans.len()));
    Ok(())
}

async fn make(
    store: &Store,
    content: &Content,
    everybody: &Everybody,
    ids: &[Uuid],
    plan: &Plan,
) -> Result<(), ChangeError> {
    let after = |days| Clock::Fixed(plan.opened + TimeDelta::days(days));
    remove(store, after(0), plan.id).await?;
    let contributor = |&(place, role): &(usize, Role)| Contributor {
        person_id: ids[place],
        uai: everybody.registrations[place].affiliations[0].uai,
        role,
    };
    let contributors: Vec<Contributor> = plan.participants.iter().map(contributor).collect();
    let new = NewProduction {
        id: plan.id,
        title: plan.title.clone(),
        summary: plan.summary.clone(),
        kind: plan.kind,
        licence: plan.licence.map(str::to_owned),
        school_year: everybody.registrations[plan.participants[0].0].affiliations[0].school_year,
        author: contributors[0].clone(),
    };
    productions::create(store, &after(0), &new).await?;
    productions::contribute(store, &after(1), plan.id, &contributors[1..]).await?;
    for (days, version) in (7..).zip(&plan.versions) {
        let by = (plan.id, contributors[0].person_id);
        productions::save_version(store, content, &after(days), by, version).await?;
    }
    match plan.fate {
        Fate::Draft => {}
        Fate::Published(audience) => productions::publish(store, &after(14), plan.id, audience).await?,
        Fate::Withdrawn(audience) => {
            productions::publish(store, &after(14), plan.id, audience).await?;
            productions::withdraw(store, &after(21), plan.id).await?;
        }
    }
    Ok(())
}

/// Removes what an interrupted start may have left.
async fn remove(store: &Store, clock: Clock, id: Uuid) -> Result<(), ChangeError> {
    let mut removed = productions::discard(store, &clock, id).await;
    if matches!(removed, Err(ChangeError::State(_))) {
        productions::withdraw(store, &clock, id).await?;
        removed = productions::discard(store, &clock, id).await;
    }
    match removed {
        Err(ChangeError::UnknownProduction(_)) => Ok(()),
        other => other,
    }
}
