//! What lies in the tables of the service of people, on either database.

use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use testkit::stack::Site;

/// The rows of a statement that gives one text for each, sorted.
pub(super) async fn rows(site: &Site, statement: &str) -> Vec<String> {
    let file = site.data().join("users.sqlite");
    let mut rows: Vec<String> = if file.is_file() {
        let options = SqliteConnectOptions::new().filename(&file).read_only(true);
        let pool = SqlitePool::connect_with(options).await.expect("the database opens");
        let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_all(&pool).await.expect(statement);
        pool.close().await;
        rows
    } else {
        let printed = site.psql(&format!("SET search_path TO users; {statement}"));
        printed.lines().map(str::to_owned).collect()
    };
    rows.sort_unstable();
    rows
}

/// The one number that a statement gives.
pub(super) async fn count(site: &Site, of: &str) -> u64 {
    let found = rows(site, &format!("SELECT CAST(COUNT(*) AS TEXT) FROM {of}")).await;
    found.concat().parse().expect("a number")
}
