//! The page at `/` in a real browser without the internet.

use std::process::Command;

use testkit::client::get;
use testkit::stack::{Database, Site};

#[tokio::test]
async fn the_explorer_opens_on_the_pix_orga_query() {
    let site = Site::new(Database::Sqlite);
    let serve = site.in_process(false);
    let (status, page) = get(&serve.url).await;
    assert!(status == 200 && page.contains("lang=\"fr\""), "{page}");
    let profile = site.folder().join("profile");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args([
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--virtual-time-budget=15000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(&serve.url)
        .output()
        .expect("chromium is installed");
    let dom = String::from_utf8_lossy(&output.stdout);
    assert!(dom.contains("PIX_ORGA_STATE"), "the query is in the editor:\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(dom.contains("graphiql-container"), "GraphiQL has drawn itself");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(!log.contains("Content Security Policy"), "{log}");
}
