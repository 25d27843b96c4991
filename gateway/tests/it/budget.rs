//! Budgets: what a client may spend in a minute, and that who has spent it reaches no subgraph.

use std::time::Duration;

use futures::future::join_all;
use gateway::config::{BudgetConfig, GatewayConfig, Network, Rate, Store};
use gateway::{Gateway, GatewayParts};
use rstest::rstest;
use serde_json::json;
use service_kit::access_token::Grant;
use tokio::time::Instant;

use crate::harness::{Answer, Builder, SUPERGRAPH, SharedRedis, TestGateway};

/// It costs five points.
const QUERY: &str = "{ people { id } }";
const POLICY: &str = "\"points\";q=6;qu=\"cost-points\";w=60;passerelle-burst=12";

/// A point comes back in ten seconds: none does while a test asks.
fn slow(burst: u64) -> Rate {
    Rate { per_minute: 6, burst }
}

fn budgets(change: impl FnOnce(&mut BudgetConfig)) -> Builder {
    TestGateway::builder().config(|config| {
        let budget = &mut config.budget;
        (budget.enabled, budget.known, budget.anonymous) = (true, slow(1_000), slow(12));
        change(budget);
    })
}

async fn gateway_at(store: Store, anonymous: Rate) -> TestGateway {
    let builder = budgets(|budget| (budget.store, budget.anonymous) = (store, anonymous));
    if store == Store::Memory {
        return builder.start().await;
    }
    let redis = SharedRedis::fresh().await;
    builder.shared(&redis.url, &redis.prefix).start().await
}

async fn ask(gateway: &TestGateway, query: &str, headers: &[(&str, &str)]) -> Answer {
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": query}));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::of(request.send().await.expect("an answer")).await
}

fn told(answer: &Answer) -> (u16, Option<&str>, Option<&str>) {
    (answer.status.as_u16(), answer.header("ratelimit"), answer.header("retry-after"))
}

#[rstest]
#[tokio::test]
async fn what_is_spent_comes_back_evenly(#[values(Store::Memory, Store::Redis)] store: Store) {
    let gateway = gateway_at(store, slow(12)).await;
    let answer = ask(&gateway, QUERY, &[]).await;
    assert_eq!(told(&answer), (200, Some("\"points\";r=7;t=50"), None));
    assert_eq!(answer.header("ratelimit-policy"), Some(POLICY));
    let answer = ask(&gateway, QUERY, &[]).await;
    assert_eq!(told(&answer), (200, Some("\"points\";r=2;t=100"), None));
    for accept in ["application/json", "application/graphql-response+json"] {
        let answer = ask(&gateway, QUERY, &[("accept", accept)]).await;
        assert_eq!(told(&answer), (429, Some("\"points\";r=2;t=100"), Some("30")), "{}", answer.text);
        assert_eq!((answer.header("ratelimit-policy"), answer.code().as_str()), (Some(POLICY), "RATE_LIMITED"));
        let message = "this client has spent its budget of 6 points a minute; try again in 30 seconds";
        assert_eq!(answer.message(), message);
        assert_eq!(answer.json().get("data"), None);
    }
    assert_eq!(gateway.calls(), [0, 2, 0]);
    let answer = ask(&gateway, "{ best { id } }", &[]).await;
    assert_eq!((answer.status.as_u16(), gateway.calls()), (200, [0, 2, 1]), "a cheaper one is served");
}

#[rstest]
#[tokio::test]
async fn waiting_as_long_as_told_is_enough(#[values(Store::Memory, Store::Redis)] store: Store) {
    let gateway = gateway_at(store, Rate { per_minute: 60, burst: 12 }).await;
    ask(&gateway, "{ people { id } media { id } best { id } }", &[]).await;
    let refused = ask(&gateway, "{ best { id author { id } } }", &[]).await;
    assert_eq!(told(&refused).0, 429);
    let wait = refused.header("retry-after").and_then(|wait| wait.parse().ok()).expect("seconds");
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(ask(&gateway, "{ best { id author { id } } }", &[]).await.status.as_u16(), 200);
}

#[rstest]
#[tokio::test]
async fn many_at_once_spend_no_more(#[values(Store::Memory, Store::Redis)] store: Store) {
    let gateway = gateway_at(store, slow(12)).await;
    let answers = join_all((0..40).map(|_| ask(&gateway, "{ best { id } }", &[]))).await;
    let served = answers.iter().filter(|answer| answer.status.as_u16() == 200).count();
    let limited = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    assert_eq!(served + limited, 40);
    // Who asks the same at the same time may share a call.
    assert_eq!((served, &gateway.calls()[..2]), (12, &[0, 0][..]));
    assert!((1..=12).contains(&gateway.calls()[2]));
}

#[tokio::test]
async fn documents_that_are_refused_cost_a_point_and_then_nothing_is_read() {
    let gateway = budgets(|budget| budget.anonymous = Rate { per_minute: 1, burst: 3 }).start().await;
    for (query, code) in [("{ people {", "GRAPHQL_PARSE_FAILED"), ("{ x }", "GRAPHQL_VALIDATION_FAILED")] {
        let answer = ask(&gateway, query, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, code));
    }
    assert_eq!(told(&ask(&gateway, "{ __typename }", &[]).await).1, Some("\"points\";r=0;t=180"));
    let answer = ask(&gateway, "{ people {", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn what_no_budget_holds_is_refused_without_a_promise() {
    let gateway = budgets(|budget| budget.anonymous = slow(4)).start().await;
    let answer = ask(&gateway, QUERY, &[]).await;
    assert_eq!((told(&answer), answer.code().as_str()), ((200, Some("\"points\";r=4;t=0"), None), "LIMIT_EXCEEDED"));
    assert_eq!(answer.message(), "the operation costs 5 points, and this client may spend 4 at once: ask for less");
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn each_client_has_a_budget_of_its_own() {
    let change = |budget: &mut BudgetConfig| {
        budget.known = slow(20);
        budget.clients.insert("large".to_owned(), slow(300));
    };
    let gateway = budgets(change).with_issuer().start().await;
    let token = |client: &str, subject: Option<&str>| {
        let subject = subject.map(str::to_owned);
        let token = gateway.token(&Grant { client: client.to_owned(), subject, ..Grant::default() });
        format!("Bearer {token}")
    };
    let [small, person, large, other] =
        [token("small", None), token("small", Some("p-1")), token("large", None), token("other", None)];
    let spend = async |token: &str| {
        let answer = ask(&gateway, QUERY, &[("authorization", token)]).await;
        answer.header("ratelimit").expect("told").split(';').nth(1).expect("r").to_owned()
    };
    assert_eq!(spend(&small).await, "r=15");
    assert_eq!(spend(&person).await, "r=10", "people of one client share its budget");
    assert_eq!(spend(&large).await, "r=295");
    assert_eq!(spend(&other).await, "r=15");
    assert_eq!(told(&ask(&gateway, QUERY, &[]).await).1, Some("\"points\";r=7;t=50"), "nobody known");
}

#[tokio::test]
async fn who_is_turned_away_is_not_asked_about() {
    let change = |config: &mut GatewayConfig| {
        config.person_service = "people".to_owned();
        (config.budget.enabled, config.budget.known) = (true, slow(4));
    };
    let gateway = TestGateway::builder().signed_for(&["people"]).with_issuer().config(change).start().await;
    let grant = Grant { client: "portal".to_owned(), subject: Some("p-1".to_owned()), ..Grant::default() };
    let token = format!("Bearer {}", gateway.token(&grant));
    assert_eq!(ask(&gateway, QUERY, &[("authorization", &token)]).await.code(), "LIMIT_EXCEEDED");
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn addresses_told_by_proxies_are_believed_of_ours_alone() {
    let from = |address: &'static str| [("x-forwarded-for", address)];
    let gateway = budgets(|_| {}).start().await;
    assert_eq!(told(&ask(&gateway, QUERY, &from("192.0.2.1")).await).1, Some("\"points\";r=7;t=50"));
    assert_eq!(told(&ask(&gateway, QUERY, &from("192.0.2.2")).await).1, Some("\"points\";r=2;t=100"));

    let ours = |config: &mut GatewayConfig| {
        config.trusted_proxies = vec![Network::try_from("127.0.0.0/8".to_owned()).expect("a network")];
    };
    let gateway = budgets(|_| {}).config(ours).start().await;
    for (address, left) in [
        ("192.0.2.1", "\"points\";r=7;t=50"),
        ("192.0.2.2", "\"points\";r=7;t=50"),
        ("192.0.2.3, 192.0.2.2", "\"points\";r=2;t=100"),
        ("2001:db8::1", "\"points\";r=7;t=50"),
        ("2001:db8::2", "\"points\";r=2;t=100"),
        ("2001:db8:0:1::2", "\"points\";r=7;t=50"),
    ] {
        assert_eq!(told(&ask(&gateway, QUERY, &from(address)).await).1, Some(left), "{address}");
    }
}

#[tokio::test]
async fn requests_are_counted_where_nothing_is_weighed() {
    let gateway =
        budgets(|budget| budget.anonymous = slow(2)).config(|config| config.cost.enabled = false).start().await;
    let answer = ask(&gateway, QUERY, &[]).await;
    assert_eq!(told(&answer), (200, Some("\"requests\";r=1;t=10"), None));
    assert_eq!(answer.header("ratelimit-policy"), Some("\"requests\";q=6;w=60;passerelle-burst=2"));
    ask(&gateway, QUERY, &[]).await;
    let answer = ask(&gateway, QUERY, &[]).await;
    assert_eq!(told(&answer), (429, Some("\"requests\";r=0;t=20"), Some("10")));
    let message = "this client has spent its budget of 6 requests a minute; try again in 10 seconds";
    assert_eq!(answer.message(), message);
}

#[tokio::test]
async fn without_budgets_nothing_is_told() {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, QUERY, &[]).await;
    assert_eq!(told(&answer), (200, None, None));
    assert_eq!(answer.header("ratelimit-policy"), None);
}

#[rstest]
#[tokio::test]
async fn several_gateways_count_together_and_alone_while_it_is_away(#[values(Store::Redis)] store: Store) {
    let redis = SharedRedis::fresh().await;
    let start = async || {
        let builder = budgets(|budget| (budget.store, budget.anonymous) = (store, Rate { per_minute: 1, burst: 30 }));
        builder.shared(&redis.url, &redis.prefix).start().await
    };
    let [one, two] = [start().await, start().await];
    let left = async |gateway: &TestGateway| {
        let answer = ask(gateway, QUERY, &[]).await;
        let left = answer.header("ratelimit").and_then(|told| told.split(';').nth(1)).expect("told").to_owned();
        (answer.status.as_u16(), left)
    };
    assert_eq!(left(&one).await, (200, "r=25".to_owned()));
    assert_eq!(left(&two).await, (200, "r=20".to_owned()));
    assert_eq!(left(&one).await, (200, "r=15".to_owned()));
    assert_eq!(redis.keys().await, ["budget:address:127.0.0.1"]);

    redis.connect(false);
    let began = Instant::now();
    assert_eq!(left(&one).await, (200, "r=10".to_owned()), "from what it last knew");
    assert_eq!(left(&two).await, (200, "r=15".to_owned()));
    assert_eq!(left(&one).await, (200, "r=5".to_owned()));
    assert_eq!(left(&one).await, (200, "r=0".to_owned()));
    assert_eq!(left(&one).await, (429, "r=0".to_owned()));
    assert!(began.elapsed() < Duration::from_secs(3), "nobody waits for it: {:?}", began.elapsed());

    redis.connect(true);
    let deadline = Instant::now() + Duration::from_secs(10);
    // What was counted apart is not added up; the common count goes on.
    while left(&two).await != (429, "r=0".to_owned()) {
        assert!(Instant::now() < deadline, "it is counted together again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_redis_that_was_never_there_stops_nobody(#[values(Store::Redis)] store: Store) {
    let redis = SharedRedis::fresh().await;
    redis.connect(false);
    let gateway = budgets(|budget| budget.store = store).shared(&redis.url, &redis.prefix).start().await;
    let began = Instant::now();
    assert_eq!(told(&ask(&gateway, QUERY, &[]).await), (200, Some("\"points\";r=7;t=50"), None));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(told(&ask(&gateway, QUERY, &[]).await), (200, Some("\"points\";r=2;t=100"), None));
    assert_eq!(told(&ask(&gateway, QUERY, &[]).await).0, 429);
}

#[test]
fn budgets_in_a_redis_that_is_not_configured_are_refused() {
    let mut config = GatewayConfig::default();
    (config.budget.enabled, config.budget.store) = (true, Store::Redis);
    let supergraph = SUPERGRAPH.to_owned();
    let (in_process, public) = Default::default();
    let (signer, tokens, shared, sessions_ended) = Default::default();
    let parts = GatewayParts { config, supergraph, signer, tokens, in_process, public, shared, sessions_ended };
    let error = Gateway::new(parts).expect_err("refused").to_string();
    assert_eq!(error, "a store of the gateway is redis, and redis.url is empty");
}

#[rstest]
#[case(0, 1, "gateway.budget.known.per_minute: 1 to 60000000")]
#[case(60_000_001, 1, "gateway.budget.known.per_minute: 1 to 60000000")]
#[case(1, 0, "gateway.budget.known.burst: 1 to 1440, what comes back in a day")]
#[case(1, 1_441, "gateway.budget.known.burst: 1 to 1440, what comes back in a day")]
fn a_configuration_that_makes_no_sense(#[case] per_minute: u64, #[case] burst: u64, #[case] told: &str) {
    let mut config = GatewayConfig::default();
    config.budget.known = Rate { per_minute, burst };
    assert_eq!(config.check(), Err(told.to_owned()));
}
