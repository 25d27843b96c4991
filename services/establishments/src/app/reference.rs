//! The country's régions, académies and départements: code lists of INSEE and of the ministry, built in.

use db::StoreError;
use kernel::{TerritoryId, TerritoryLevel};

use crate::Store;
use crate::store::TerritoryWrite;

const TERRITORIES: &str = include_str!("../../reference/territories.csv");

/// The built-in territories, parents before children.
pub(super) fn territories() -> Vec<TerritoryWrite> {
    TERRITORIES.lines().skip(1).filter_map(read).collect()
}

fn read(line: &str) -> Option<TerritoryWrite> {
    let mut fields = line.split(';').map(str::trim);
    let id: TerritoryId = fields.next()?.parse().ok()?;
    let level = TerritoryLevel::parse(fields.next()?)?;
    let (code, name) = (fields.next()?.to_owned(), fields.next()?.to_owned());
    let mut optional = || fields.next().filter(|field| !field.is_empty()).map(str::to_owned);
    let (parent_id, zone) = (optional(), optional());
    Some(TerritoryWrite { id: id.to_string(), level, code, name, zone, parent_id })
}

/// Writes them where they are missing or differ.
pub(super) async fn seed(store: &Store) -> Result<(), StoreError> {
    let known = store.territory_names().await?;
    let territories = territories();
    if territories.iter().all(|territory| known.get(&territory.id) == Some(&territory.name)) {
        return Ok(());
    }
    let mut tx = store.db().begin().await?;
    store.write_territories(&mut tx, &territories).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_is_a_territory_whose_parent_comes_before() {
        let territories = territories();
        assert_eq!(territories.len(), TERRITORIES.lines().count() - 1);
        let mut seen: HashSet<&str> = HashSet::new();
        for territory in &territories {
            let parent = territory.parent_id.as_deref();
            assert!(parent.is_none_or(|parent| seen.contains(parent)), "{}", territory.id);
            assert!(seen.insert(&territory.id), "{} twice", territory.id);
        }
        let count = |level| territories.iter().filter(|territory| territory.level == level).count();
        assert_eq!(
            (count(TerritoryLevel::Country), count(TerritoryLevel::Region), count(TerritoryLevel::Academy)),
            (1, 18, 34)
        );
        assert_eq!(count(TerritoryLevel::Department), 107);
    }
}
