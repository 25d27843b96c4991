//! The sections as they stand in a file.

use std::time::Duration;

use gateway::config::GatewayConfig;
use serde_json::json;

fn load(content: &str) -> Result<GatewayConfig, String> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), content).expect("written");
    service_kit::config::load(Some(file.path()), &json!({})).map_err(|error| error.to_string())
}

#[test]
fn a_file_says_what_holds_for_all_and_for_one() {
    let config = load(
        r#"
        [traffic]
        max_concurrent = 64
        retry_backoff = "20ms"

        [traffic.subgraph.users]
        timeout = "3s"
        retries = 0
        coalesce = false

        [headers]
        forward = ["accept-language"]

        [headers.subgraph.reviews]
        forward = ["authorization"]
        set = { "x-api-key" = "k" }
        "#,
    )
    .expect("a configuration");
    assert_eq!(config.check(), Ok(()));
    assert_eq!((config.traffic.max_concurrent, config.traffic.retry_backoff), (64, Duration::from_millis(20)));
    let users = &config.traffic.subgraph["users"];
    assert_eq!((users.timeout, users.retries, users.coalesce), (Some(Duration::from_secs(3)), Some(0), Some(false)));
    assert_eq!((users.try_timeout, users.max_concurrent), (None, None));
    assert_eq!(config.headers.forward, ["accept-language"]);
    let reviews = &config.headers.subgraph["reviews"];
    assert_eq!(
        (reviews.forward.as_slice(), reviews.set["x-api-key"].as_str()),
        (&["authorization".to_owned()][..], "k")
    );
}

#[test]
fn a_key_that_nobody_knows_is_refused() {
    for (content, key) in [
        ("[traffic]\nretry = 1\n", "`traffic.retry`"),
        ("[traffic.subgraph.users]\ntimeouts = \"3s\"\n", "`traffic.subgraph.users.timeouts`"),
        ("[headers.subgraph.users]\nsend = []\n", "`headers.subgraph.users.send`"),
    ] {
        let told = load(content).expect_err("it is refused");
        assert!(told.contains(&format!("unknown key {key}; did you mean")), "{told}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_the_whole_configuration() {
    for (content, key) in [
        ("subgraph_timeout = \"1s\"\n[traffic]\ntry_timeout = \"2s\"\n", "gateway.traffic.try_timeout: "),
        ("[headers]\nforward = [\"cookie\"]\n", "gateway.headers.forward: "),
    ] {
        let told = load(content).expect("a configuration").check().expect_err("it is refused");
        assert!(told.starts_with(key), "{told}");
    }
}
