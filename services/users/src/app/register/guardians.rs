//! Guardians are where their children are: nobody tells it of themselves.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use db::Tx;
use kernel::{Fault, Profile, SchoolYear};
use uuid::Uuid;

use crate::Store;
use crate::domain::Affiliation;
use crate::store::{Said, unreadable};

/// What is said of guardians out of their children's places, beside what a source says of them itself.
const BY_CHILDREN: &str = "/children";

/// Brings what is said of these guardians, and of those of these pupils, up to where their children now are. Whoever changed.
pub(super) async fn follow(
    store: &Store,
    tx: &mut Tx,
    guardians: &BTreeSet<Uuid>,
    pupils: &[Uuid],
    today: NaiveDate,
) -> Result<BTreeSet<Uuid>, Fault> {
    let mut guardians = guardians.clone();
    guardians.extend(store.guardians_of(tx, pupils).await?);
    let guardians: Vec<Uuid> = guardians.into_iter().collect();
    let mut now: BTreeMap<(Uuid, String, SchoolYear), BTreeSet<String>> = BTreeMap::new();
    for (guardian, source, year, uai) in store.child_places(tx, &guardians).await? {
        let year = year.parse().map_err(|_| unreadable("school year"))?;
        now.entry((guardian, format!("{source}{BY_CHILDREN}"), year)).or_default().insert(uai);
    }
    let mut known = store.said_of(tx, &guardians).await?;
    known.retain(|(_, source, _), _| source.ends_with(BY_CHILDREN));
    let keys: BTreeSet<_> = known.keys().chain(now.keys()).cloned().collect();
    let mut otherwise = Said::new();
    for key in keys {
        let before: BTreeSet<String> = known.get(&key).into_iter().flatten().map(|one| one.uai.clone()).collect();
        let places = now.remove(&key).unwrap_or_default();
        if before == places {
            continue;
        }
        let guardian = |uai: String| Affiliation {
            school_year: key.2,
            uai,
            profile: Profile::Guardian,
            mefstat4: None,
            classes: Vec::new(),
            groups: Vec::new(),
            ended_on: None,
        };
        let said = places.into_iter().map(guardian).collect();
        otherwise.insert(key, said);
    }
    store.write_affiliations(tx, &otherwise, today).await?;
    Ok(otherwise.into_keys().map(|(guardian, _, _)| guardian).collect())
}
