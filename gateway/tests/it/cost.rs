//! What operations cost by `@cost` and `@listSize`, and that those which cost too much reach no subgraph.
//!
//! `node xtask/compose/compose.mjs shop-supergraph.graphql shop-public.graphql shop.graphql` makes these fixtures.

use gateway::Supergraph;
use gateway::config::GatewayConfig;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Answer, Reply, Stub, TestGateway};

const SHOP: &str = include_str!("../fixtures/shop-supergraph.graphql");
const PUBLIC: &str = include_str!("../fixtures/shop-public.graphql");
const IMPORTED: &str = "import: [\"@listSize\"]";

struct Shop {
    gateway: TestGateway,
    shop: Stub,
}

impl Shop {
    async fn start(supergraph: &str, change: impl FnOnce(&mut GatewayConfig)) -> Self {
        let shop = Stub::start(Reply::Json(json!({"data": {}}))).await;
        let url = shop.url.clone();
        let builder = TestGateway::builder().supergraph(supergraph).config(|config| {
            config.subgraphs.insert("shop".to_owned(), url);
            change(config);
        });
        Self { gateway: builder.start().await, shop }
    }

    async fn ask(&self, query: &str, variables: &Value) -> Answer {
        self.gateway.post(&json!({"query": query, "variables": variables, "extensions": {"cost": true}})).await
    }

    async fn cost(&self, query: &str, variables: &Value) -> Value {
        let answer = self.ask(query, variables).await.json();
        assert!(answer.get("data").is_some(), "{answer}");
        answer["extensions"]["cost"]["estimated"].clone()
    }
}

#[rstest]
#[case::an_object("{ thing(id: 1) { id name } }", json!({}), 1)]
#[case::a_list_of_which_nothing_is_said("{ things { id } }", json!({}), 5)]
#[case::lists_within_lists("{ things { parts { parts { id } } } }", json!({}), 5 + 25 + 125)]
#[case::a_type_of_its_own_weight("{ thing(id: 1) { kind weight } }", json!({}), 1 + 1 + 5)]
#[case::a_field_of_its_own_weight("{ dear { title } }", json!({}), 11 + 9)]
#[case::an_assumed_size("{ assumed { title } }", json!({}), 30 * 10)]
#[case::a_size_by_argument("{ sliced(first: 3) { id } }", json!({}), 3)]
#[case::a_size_by_variable("query($n: Int) { sliced(last: $n) { id } }", json!({"n": 12}), 12)]
#[case::a_size_by_a_variables_default("query($n: Int = 8) { sliced(last: $n) { id } }", json!({}), 8)]
#[case::the_larger_of_two_sizes("query($n: Int) { sliced(first: 3, last: $n) { id } }", json!({"n": 12}), 12)]
#[case::no_size_given("query($n: Int) { sliced(last: $n) { id } }", json!({}), 7)]
#[case::a_null_size("query($n: Int) { sliced(last: $n) { id } }", json!({"n": null}), 7)]
#[case::a_negative_size("{ sliced(first: -3) { id } }", json!({}), 0)]
#[case::a_negative_size_by_variable("query($n: Int) { sliced(last: $n) { id } }", json!({"n": -12}), 0)]
#[case::an_arguments_default("{ defaulted { id } }", json!({}), 4)]
#[case::not_the_default("{ defaulted(last: 9) { id } }", json!({}), 9)]
#[case::sized_fields("{ page(limit: 3) { total edges { node { id } } } }", json!({}), 1 + 3 * 2)]
#[case::other_lists("{ page(limit: 3) { others { id } first { id } } }", json!({}), 1 + 5 + 1)]
#[case::sized_by_variable("query($n: Int) { page(limit: $n) { nodes { parts { id } } } }", json!({"n": 50}), 1 + 50 * 6)]
#[case::sized_in_fragments(
    "query($n: Int) { page(limit: $n) { ...p ... on Page { edges { node { id } } } } } fragment p on Page { nodes { id } }",
    json!({"n": 50}),
    1 + 50 + 100
)]
#[case::a_page_without_directives("{ plain(first: 8) { nodes { id } total } }", json!({}), 1 + 8)]
#[case::a_page_by_variable("query($n: Int) { plain(first: $n) { nodes { id } } }", json!({"n": 80}), 1 + 80)]
#[case::a_page_of_the_usual_size("{ plain { nodes { id } } }", json!({}), 1 + 20)]
#[case::an_object_for_many("{ counted(first: 8) { name } }", json!({}), 8 * 6)]
#[case::arguments("{ dear(word: \"x\", words: [\"y\", \"z\"]) { id } }", json!({}), 11 + 3 + 5)]
#[case::nothing_for_null("{ dear(word: null, by: null) { id } }", json!({}), 11)]
#[case::input_objects("{ dear(by: {word: \"x\", within: {plain: 1}}, all: [{}, {}]) { id } }", json!({}), 11 + 5 + 1 + 2)]
#[case::input_objects_by_variable(
    "query($by: Filter, $word: String) { dear(by: $by, all: [{more: [{word: $word}]}]) { id } }",
    json!({"by": {"within": {"word": "x"}, "more": [{}, {"word": "y"}]}, "word": "z"}),
    11 + (1 + 5 + 1 + 5) + (1 + 1 + 4)
)]
#[case::the_dearest_of_a_union("{ any { ... on Thing { id } } }", json!({}), 5 * 6)]
#[case::the_dearest_of_an_interface("{ named { title } }", json!({}), 6 + 9)]
#[case::a_field_costs_never_less_than_nothing("{ cheap { name } }", json!({}), 10)]
#[case::a_mutation("mutation { make(by: {word: \"x\"}) { id } }", json!({}), 10 + 1 + 5)]
#[case::what_is_left_out(
    "query($on: Boolean!) { thing(id: 1) { id } things @include(if: $on) { id } a: things @skip(if: true) { id } }",
    json!({"on": false}),
    1
)]
#[case::what_is_let_in("query($on: Boolean!) { ... @include(if: $on) { things { id } } }", json!({"on": true}), 5)]
#[case::what_stands_twice("{ a: things { id } things { id } ...f } fragment f on Query { b: things { id } }", json!({}), 15)]
#[case::a_name("{ __typename things { __typename } }", json!({}), 5)]
#[tokio::test]
async fn the_cost_of(#[case] query: &str, #[case] variables: Value, #[case] cost: u64) {
    let shop = Shop::start(SHOP, |_| {}).await;
    assert_eq!(shop.cost(query, &variables).await, cost);
    assert_eq!(shop.cost(query, &variables).await, cost, "from the cache");
}

/// However composition names the directives, they mean the same, and no client sees them.
#[rstest]
#[case::as_composed("import: [\"@listSize\"]", "@cost", "@listSize")]
#[case::both_imported("import: [\"@cost\", \"@listSize\"]", "@cost", "@listSize")]
#[case::renamed("import: [{name: \"@cost\", as: \"@price\"}, {name: \"@listSize\", as: \"@long\"}]", "@price", "@long")]
#[case::not_imported("for: EXECUTION", "@cost", "@cost__listSize")]
#[case::linked_as("as: \"demand\"", "@demand", "@demand__listSize")]
#[case::behind_federation(
    "import: [{name: \"@cost\", as: \"@federation__cost\"}, {name: \"@listSize\", as: \"@federation__listSize\"}]",
    "@federation__cost",
    "@federation__listSize"
)]
#[tokio::test]
async fn the_names_of_the_directives(#[case] link: &str, #[case] cost: &str, #[case] list_size: &str) {
    let named = SHOP.replace("@listSize", list_size).replace("@cost", cost);
    let text = named.replacen(&IMPORTED.replace("@listSize", list_size), link, 1);
    assert!(text.contains(link));
    let shop = Shop::start(&text, |_| {}).await;
    assert_eq!(shop.cost("{ assumed { title kind } dear(word: \"x\") { id } }", &json!({})).await, 30 * 11 + 14);
    let public = shop.gateway.get("/schema.graphql").await.text;
    for hidden in ["ost", "istSize", "demand", "price", "@long"] {
        assert!(!public.contains(hidden), "{hidden}: {public}");
    }
    let public = apollo_compiler::Schema::parse_and_validate(public, "public.graphql").expect("valid");
    let composed = apollo_compiler::Schema::parse_and_validate(PUBLIC, "composed.graphql").expect("valid");
    assert_eq!(public.types.keys().len(), composed.types.keys().len());
}

/// Directives of these names that the supergraph links no specification for say nothing.
#[tokio::test]
async fn without_the_link_the_names_mean_nothing() {
    let link = format!("@link(url: \"https://specs.apollo.dev/cost/v0.1\", {IMPORTED})");
    let text = SHOP.replacen(&link, "", 1).replace("-3", "3");
    assert!(text.len() < SHOP.len() - link.len());
    let shop = Shop::start(&text, |_| {}).await;
    assert_eq!(shop.cost("{ assumed { title kind } }", &json!({})).await, 5);
}

#[rstest]
#[case("{ assumed { title } }", json!({}))]
#[case("query($n: Int) { sliced(first: $n) { title } }", json!({"n": 30}))]
#[tokio::test]
async fn what_costs_too_much_is_refused_before_any_call(#[case] query: &str, #[case] variables: Value) {
    let shop = Shop::start(SHOP, |config| config.cost.max = 299).await;
    let answer = shop.ask(query, &variables).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, "LIMIT_EXCEEDED"));
    let message =
        "the operation would cost 300 points, 299 at most: ask for shorter pages, or for fewer lists within lists";
    assert_eq!(answer.message(), message);
    assert_eq!(answer.json().get("data"), None);
    assert_eq!(shop.shop.calls(), 0);
    let shop = Shop::start(SHOP, |config| config.cost.max = 300).await;
    assert_eq!(shop.cost(query, &variables).await, 300);
    assert_eq!(shop.shop.calls(), 1);
}

#[tokio::test]
async fn sizes_beyond_all_counting_are_refused_and_no_more() {
    let shop = Shop::start(SHOP, |config| config.max_values = usize::MAX).await;
    let fields = "page(limit: $n) { nodes { parts { parts { parts { parts { parts { title } } } } } } }";
    for n in [i32::MAX, i32::MIN] {
        let answer = shop.ask(&format!("query($n: Int) {{ {fields} }}"), &json!({"n": n})).await;
        assert_eq!(answer.json().get("errors").is_some(), n > 0, "{}", answer.text);
    }
    let answer =
        shop.ask("{ sliced(first: 2147483647) { title } a: sliced(last: 2147483647) { title } }", &json!({})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
    assert_eq!(shop.shop.calls(), 1, "the negative one alone");
}

#[rstest]
#[case::none("{ strict { id } }", json!({}))]
#[case::both("{ strict(first: 1, last: 2) { id } }", json!({}))]
#[case::null("{ strict(first: null) { id } }", json!({}))]
#[case::none_by_variable("query($n: Int) { strict(first: $n) { id } }", json!({}))]
#[case::both_by_variable("query($n: Int) { strict(first: $n, last: 2) { id } }", json!({"n": 1}))]
#[tokio::test]
async fn exactly_one_argument_must_say_how_many(#[case] query: &str, #[case] variables: Value) {
    let shop = Shop::start(SHOP, |_| {}).await;
    let answer = shop.ask(query, &variables).await;
    assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(answer.message(), "Query.strict takes exactly one of the arguments first, last");
    assert_eq!(answer.json()["errors"][0]["locations"][0]["line"], 1);
    assert_eq!(shop.shop.calls(), 0);
    assert_eq!(shop.cost("query($n: Int) { strict(first: $n, last: 2) { id } }", &json!({})).await, 2);
    assert_eq!(shop.cost("{ strict(last: 2, after: \"x\") { id } }", &json!({})).await, 2);
}

#[tokio::test]
async fn values_are_bounded_beside_the_cost() {
    let shop = Shop::start(SHOP, |config| config.max_values = 100).await;
    let query = "query($n: Int) { page(limit: $n) { nodes { id name } } }";
    let answer = shop.ask(query, &json!({"n": 34})).await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
    let message =
        "the answer would have some 103 values, 100 at most: ask for shorter pages, or for fewer lists within lists";
    assert_eq!(answer.message(), message);
    assert_eq!(shop.shop.calls(), 0);
    assert_eq!(shop.cost(query, &json!({"n": 33})).await, 34);
}

#[tokio::test]
async fn the_cost_is_told_to_who_asks_and_to_nobody_else() {
    let shop = Shop::start(SHOP, |_| {}).await;
    let answer = shop.ask("{ things { id } }", &json!({})).await.json();
    assert_eq!(answer["extensions"], json!({"cost": {"estimated": 5, "max": 100_000}}));
    let parameters = [("query", "{ things { id } }"), ("extensions", "{\"cost\":true}")];
    let query = serde_urlencoded::to_string(parameters).expect("plain text");
    let answer = shop.gateway.get(&format!("/graphql?{query}")).await.json();
    assert_eq!(answer["extensions"]["cost"]["estimated"], 5);
    for extensions in [json!(null), json!({}), json!({"cost": false}), json!({"other": {"x": 1}})] {
        let answer = shop.gateway.post(&json!({"query": "{ things { id } }", "extensions": extensions})).await;
        assert_eq!(answer.json().get("extensions"), None);
    }
    let answer = shop.gateway.post(&json!({"query": "{ things { id } }", "extensions": {"cost": 1}})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn without_weighing_nothing_is_refused_or_told() {
    let shop = Shop::start(SHOP, |config| (config.cost.enabled, config.cost.max) = (false, 1)).await;
    let answer = shop.ask("{ things { id } }", &json!({})).await.json();
    assert_eq!((answer.get("extensions"), answer.get("errors").is_some()), (None, false), "{answer}");
    let answer = shop.ask("{ strict { id } }", &json!({})).await.json();
    assert_eq!(answer.get("errors"), None, "{answer}");
}

#[tokio::test]
async fn the_usual_length_of_a_list_is_configured() {
    let shop = Shop::start(SHOP, |config| config.cost.list_size = 2).await;
    assert_eq!(shop.cost("{ things { parts { id } } }", &json!({})).await, 2 + 4);
}

#[rstest]
#[case(0, 5, "gateway.cost.max: 0 lets no operation through; enabled = false switches the limit off")]
#[case(1, 0, "gateway.cost.list_size: with 0 what stands in lists would cost nothing")]
fn a_configuration_that_makes_no_sense(#[case] max: u64, #[case] list_size: u64, #[case] told: &str) {
    let mut config = GatewayConfig::default();
    (config.cost.max, config.cost.list_size) = (max, list_size);
    assert_eq!(config.check(), Err(told.to_owned()));
}

#[test]
fn the_fixture_is_loaded() {
    assert!(Supergraph::load(SHOP, 1 << 20, std::time::Duration::MAX).is_ok());
}
