//! School years: who was a pupil of a level.

use db::{StoreError, with_pool};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::Store;

impl Store {
    /// Pupils of these levels in a school year, after `after`, in order of ids.
    pub(crate) async fn pupils_of(
        &self,
        school_year: &str,
        levels: &[&str],
        after: Uuid,
        size: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            let mut query = QueryBuilder::new(
                "SELECT DISTINCT person_id FROM affiliations WHERE profile = 'PUPIL' AND school_year = ",
            );
            query.push_bind(school_year.to_owned()).push(" AND person_id > ").push_bind(after);
            query.push(" AND mefstat4 IN (");
            let mut list = query.separated(", ");
            for level in levels {
                list.push_bind((*level).to_owned());
            }
            query.push(") ORDER BY person_id LIMIT ").push_bind(size);
            query.build_query_scalar().fetch_all(pool).await
        })?;
        Ok(rows)
    }
}
