//! What this service knows of people: where they are at which level, and who is whom since they were merged.

use std::collections::{HashMap, HashSet};

use db::{StoreError, Tx, with_pool, with_tx};
use kernel::Profile;
use kernel::events::{AffiliationChanged, PersonMerged, PersonUnmerged};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{CHUNK, Store, push_ids};

/// What a person is somewhere in a school year.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct PersonPlace {
    pub(crate) person_id: Uuid,
    pub(crate) uai: String,
    profile: String,
    pub(crate) mefstat4: Option<String>,
}

impl PersonPlace {
    /// As what.
    pub(crate) fn profile(&self) -> Option<Profile> {
        Profile::parse(&self.profile)
    }
}

impl Store {
    /// Where these people are in a school year, by whom lookups lead to.
    pub(crate) async fn person_places(
        &self,
        tx: &mut Tx,
        ids: &[Uuid],
        school_year: &str,
    ) -> Result<Vec<PersonPlace>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "SELECT person_id, uai, profile, mefstat4 FROM person_affiliations WHERE school_year = ",
            );
            query.push_bind(school_year.to_owned()).push(" AND person_id IN ");
            push_ids!(query, ids);
            query.push(" ORDER BY person_id, ordinal");
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows)
    }

    /// Where lookups of these people lead.
    pub(crate) async fn redirects(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(Uuid, Uuid)> = with_tx!(tx, |connection| {
            let mut query =
                QueryBuilder::new("SELECT person_id, canonical_id FROM person_redirects WHERE person_id IN ");
            push_ids!(query, ids);
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Every id that means the same person as this one.
    pub(crate) async fn same_person(&self, id: Uuid) -> Result<HashSet<Uuid>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> = with_pool!(&self.db, |pool| {
            sqlx::query_as(
                "SELECT person_id, canonical_id FROM person_redirects WHERE person_id = $1 OR canonical_id = $1 OR canonical_id IN \
                 (SELECT canonical_id FROM person_redirects WHERE person_id = $1)",
            )
            .bind(id)
            .fetch_all(pool)
            .await
        })?;
        Ok(rows.into_iter().flat_map(|(one, other)| [one, other]).chain([id]).collect())
    }

    /// Replaces what is known of these people. None may stand twice.
    pub(crate) async fn write_affiliations(
        &self,
        tx: &mut Tx,
        changes: &[(Uuid, AffiliationChanged)],
    ) -> Result<(), StoreError> {
        for chunk in changes.chunks(CHUNK) {
            let ids: Vec<Uuid> = chunk.iter().map(|(id, _)| *id).collect();
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("DELETE FROM person_affiliations WHERE person_id IN ");
                push_ids!(query, &ids);
                query.build().execute(connection).await.map(drop)
            })?;
        }
        let rows: Vec<_> = changes
            .iter()
            .flat_map(|(id, change)| change.affiliations.iter().enumerate().map(move |(at, one)| (*id, at, one)))
            .collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO person_affiliations (person_id, ordinal, school_year, uai, profile, mefstat4) ",
                );
                query.push_values(chunk, |mut row, (id, at, one)| {
                    row.push_bind(*id)
                        .push_bind(i64::try_from(*at).expect("few affiliations"))
                        .push_bind(one.school_year.clone())
                        .push_bind(one.uai.clone())
                        .push_bind(one.profile.as_str())
                        .push_bind(one.mefstat4.clone());
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Applies a merge.
    pub(crate) async fn write_merge(&self, tx: &mut Tx, merge: &PersonMerged) -> Result<(), StoreError> {
        let Ok(into) = merge.into.parse::<Uuid>() else { return Ok(()) };
        for id in merge.person_ids.iter().filter_map(|id| id.parse::<Uuid>().ok()) {
            self.write_redirect(tx, id, into).await?;
        }
        Ok(())
    }

    /// Applies the end of a merge.
    pub(crate) async fn write_unmerge(&self, tx: &mut Tx, unmerge: &PersonUnmerged) -> Result<(), StoreError> {
        for (id, leads_to) in &unmerge.redirects {
            if let (Ok(id), Ok(leads_to)) = (id.parse::<Uuid>(), leads_to.parse::<Uuid>()) {
                self.write_redirect(tx, id, leads_to).await?;
            }
        }
        Ok(())
    }

    async fn write_redirect(&self, tx: &mut Tx, id: Uuid, leads_to: Uuid) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            if id == leads_to {
                sqlx::query("DELETE FROM person_redirects WHERE person_id = $1")
                    .bind(id)
                    .execute(connection)
                    .await
                    .map(drop)
            } else {
                sqlx::query(
                    "INSERT INTO person_redirects (person_id, canonical_id) VALUES ($1, $2) \
                     ON CONFLICT (person_id) DO UPDATE SET canonical_id = excluded.canonical_id",
                )
                .bind(id)
                .bind(leads_to)
                .execute(connection)
                .await
                .map(drop)
            }
        })?;
        Ok(())
    }

    /// Forgets everything that is known of people.
    pub(crate) async fn clear_people(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for statement in ["DELETE FROM person_affiliations", "DELETE FROM person_redirects"] {
            with_tx!(tx, |connection| sqlx::query(statement).execute(connection).await.map(drop))?;
        }
        Ok(())
    }
}
