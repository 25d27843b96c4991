//! Subscriptions, to clients by server-sent events and by WebSocket, from subgraphs by either, with entities joined to each event.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};

use super::Graph;
use crate::harness::{Gate, Reply};

/// What a stream of events holds, its data as JSON.
async fn events(graph: &Graph, query: &str) -> Vec<(String, Value)> {
    let request = graph.client.post(format!("{}/graphql", graph.url)).header("accept", "text/event-stream");
    let response = request.json(&json!({"query": query})).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    read(&response.text().await.expect("a stream that ends"))
}

fn read(text: &str) -> Vec<(String, Value)> {
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim_start_matches(':').trim().to_owned()).unwrap_or_default()
    };
    let all = text.split("\n\n").filter(|event| event.contains("event"));
    all.map(|event| (field(event, "event"), serde_json::from_str(&field(event, "data")).unwrap_or(Value::Null)))
        .collect()
}

fn next(data: impl Into<Value>) -> (String, Value) {
    ("next".to_owned(), json!({"data": data.into()}))
}

fn complete() -> (String, Value) {
    ("complete".to_owned(), Value::Null)
}

const REVIEWED: &str = "subscription { reviewed { stars of { title price } } }";

fn reviewed() -> [Value; 2] {
    [
        json!({"reviewed": {"stars": 5, "of": {"title": "Germinal", "price": 9}}}),
        json!({"reviewed": {"stars": 2, "of": {"title": "Nana", "price": 7}}}),
    ]
}

#[tokio::test]
async fn entities_are_joined_to_each_event() {
    let graph = Graph::start("subscriptions").await;
    let [first, second] = reviewed();
    assert_eq!(events(&graph, REVIEWED).await, [next(first), next(second), complete()]);
    assert_eq!(graph.requests("books").len(), 2, "one call an event");
    let [opened] = &graph.requests("reviews")[..] else { panic!("one subscription") };
    assert_eq!(opened.header("accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn what_the_event_says_already_is_not_asked_for() {
    let graph = Graph::start("subscriptions").await;
    let query = "subscription($to: Int = 2) { n: counted(to: $to) }";
    let one = |n: i32| next(json!({"n": n}));
    assert_eq!(events(&graph, query).await, [one(1), one(2), one(3), complete()]);
    assert_eq!(graph.requests("books").len(), 0);
}

#[tokio::test]
async fn an_error_in_an_event_is_part_of_its_answer() {
    let graph = Graph::start("subscriptions").await;
    let all = events(&graph, "subscription { broken }").await;
    assert_eq!(all[0], next(json!({"broken": 1})));
    assert_eq!(all[1].1["data"], json!({"broken": null}), "{all:?}");
    assert_eq!(all[1].1["errors"][0]["path"], json!(["broken"]));
    assert_eq!(all.last(), Some(&complete()));
}

#[tokio::test]
async fn a_subgraph_that_joins_fails_and_the_event_is_told() {
    let graph = Graph::start("subscriptions").await;
    graph.subgraph("books").reply(Reply::html());
    let all = events(&graph, REVIEWED).await;
    assert_eq!(all[0].1["data"], json!({"reviewed": {"stars": 5, "of": {"title": null, "price": null}}}));
    assert_eq!(all[0].1["errors"][0]["extensions"], json!({"code": "UPSTREAM_UNAVAILABLE", "service": "books"}));
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn queries_and_refusals_are_events_too() {
    let graph = Graph::start("subscriptions").await;
    let query = events(&graph, "{ books { price } }").await;
    assert_eq!(query, [next(json!({"books": [{"price": 9}, {"price": 7}]})), complete()]);
    let refused = events(&graph, "subscription { nothing }").await;
    assert_eq!(refused[0].1["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(refused.len(), 2);
    let two = events(&graph, "subscription { counted broken }").await;
    assert_eq!(two[0].1["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{two:?}");
}

#[tokio::test]
async fn a_subscription_by_another_way_is_told_how() {
    let graph = Graph::start("subscriptions").await;
    let answer = graph.ask(REVIEWED, &json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert!(answer["errors"][0]["message"].as_str().expect("text").contains("text/event-stream"), "{answer}");
    assert_eq!(graph.requests("reviews").len(), 0);
}

#[tokio::test]
async fn by_get_for_event_sources() {
    let graph = Graph::start("subscriptions").await;
    let by_get = async |query: &str| {
        let url = format!("{}/graphql?query={}", graph.url, query.replace(' ', "+"));
        let response = graph.client.get(url).header("accept", "text/event-stream").send().await.expect("an answer");
        read(&response.text().await.expect("a stream"))
    };
    assert_eq!(by_get("subscription { counted }").await.len(), 4);
    let refused = by_get("mutation { __typename }").await;
    assert!(refused[0].1["errors"][0]["message"].is_string(), "{refused:?}");
}

#[tokio::test]
async fn who_goes_away_ends_it_at_the_subgraph() {
    let graph = Graph::start("subscriptions").await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let request = graph.client.post(format!("{}/graphql", graph.url)).header("accept", "text/event-stream");
    let response = request.json(&json!({"query": "subscription { counted }"})).send();
    sender.send("event: next\ndata: {\"data\":{\"counted\":1}}\n\n".to_owned()).await.expect("it listens");
    let mut body = response.await.expect("an answer").bytes_stream();
    let first = body.next().await.expect("an event").expect("bytes");
    assert!(first.starts_with(b"event: next\ndata: {\"data\":{\"counted\":1}}"), "{first:?}");
    drop(body);
    sender.closed().await;
}

#[tokio::test]
async fn a_subgraph_that_breaks_off_is_told_and_ends_it() {
    let graph = Graph::start("subscriptions").await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let sending = async {
        sender
            .send(": hello\n\nevent: next\ndata: {\"data\":{\"counted\":1}}\n\n".to_owned())
            .await
            .expect("it listens");
        sender.send("data: {\"data\":{\"counted\":2}}\n".to_owned()).await.expect("it listens");
        drop(sender);
    };
    let (all, ()) = tokio::join!(events(&graph, "subscription { counted }"), sending);
    assert_eq!(all[0], next(json!({"counted": 1})));
    assert_eq!(all[1].1["errors"][0]["extensions"]["code"], "UPSTREAM_UNAVAILABLE", "{all:?}");
    assert_eq!(all[2], complete());
}

#[tokio::test]
async fn it_lasts_no_longer_than_it_may_and_no_more_than_so_many_run() {
    let graph = Graph::start_with("subscriptions", |config| {
        config.subscriptions.max_lifetime = std::time::Duration::from_millis(300);
        config.subscriptions.max_streams = 1;
    })
    .await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let waiting = events(&graph, "subscription { counted }");
    let second = async {
        sender.send("data: {\"data\":{\"counted\":1}}\n\n".to_owned()).await.expect("it listens");
        while graph.requests("reviews").is_empty() {
            tokio::task::yield_now().await;
        }
        let request = graph.client.post(format!("{}/graphql", graph.url)).header("accept", "text/event-stream");
        let refused = request.json(&json!({"query": "subscription { counted }"})).send().await.expect("an answer");
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()["retry-after"], "5");
        assert!(refused.text().await.expect("text").contains("RATE_LIMITED"));
    };
    let (all, ()) = tokio::join!(waiting, second);
    assert_eq!(all, [next(json!({"counted": 1})), complete()]);
    sender.closed().await;
}

#[tokio::test]
async fn events_of_a_subgraph_by_web_socket() {
    let mut address = String::new();
    let graph = Graph::start_with("subscriptions", |config| {
        let url = config.subgraphs["reviews"].replace("http://", "ws://") + "/ws";
        address.clone_from(&url);
        config.subscriptions.websocket.insert("reviews".to_owned(), url);
    })
    .await;
    assert!(address.starts_with("ws://"));
    let [first, second] = reviewed();
    assert_eq!(events(&graph, REVIEWED).await, [next(first), next(second), complete()]);
    let [opened] = &graph.requests("reviews")[..] else { panic!("one subscription") };
    assert_eq!(opened.header("sec-websocket-protocol"), Some("graphql-transport-ws"));
    graph
        .check("{ books { title } }", json!({"books": [{"title": "Germinal"}, {"title": "Nana"}]}), &[("books", 1)])
        .await;
}

/// A client's WebSocket.
pub(super) struct Socket(tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>);

impl Socket {
    async fn open(graph: &Graph, protocol: Option<&str>) -> Self {
        let protocol = protocol.map(|protocol| ("sec-websocket-protocol", protocol));
        Self::open_with(graph, protocol.as_slice()).await
    }

    async fn open_with(graph: &Graph, headers: &[(&'static str, &str)]) -> Self {
        let url = graph.url.replace("http://", "ws://") + "/graphql";
        let mut request = url.into_client_request().expect("a request");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        Self(tokio_tungstenite::connect_async(request).await.expect("a connection").0)
    }

    async fn begun(graph: &Graph) -> Self {
        Self::begun_with(graph, &[]).await
    }

    pub(super) async fn begun_with(graph: &Graph, headers: &[(&'static str, &str)]) -> Self {
        let headers = [headers, &[("sec-websocket-protocol", "graphql-transport-ws")]].concat();
        let mut socket = Self::open_with(graph, &headers).await;
        socket.say(json!({"type": "connection_init"})).await;
        assert_eq!(socket.hear().await, json!({"type": "connection_ack"}));
        socket
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    pub(super) async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": query}})).await;
    }

    pub(super) async fn hear(&mut self) -> Value {
        loop {
            match self.0.next().await.expect("a message").expect("a message") {
                Message::Text(text) => return serde_json::from_str(text.as_str()).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code it is closed with, once what ran has ended.
    async fn closed_after_complete(&mut self) -> u16 {
        while self.hear().await["type"] != "complete" {}
        self.closed().await
    }

    async fn closed(&mut self) -> u16 {
        loop {
            match self.0.next().await.expect("a message").expect("a message") {
                Message::Close(frame) => return frame.map_or(CloseCode::Status, |frame| frame.code).into(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn by_web_socket_several_operations_at_once() {
    let graph = Graph::start("subscriptions").await;
    let mut socket = Socket::begun(&graph).await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong"}));
    socket.subscribe("a", REVIEWED).await;
    let [first, second] = reviewed();
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "a", "payload": {"data": first}}));
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "a", "payload": {"data": second}}));
    assert_eq!(socket.hear().await, json!({"type": "complete", "id": "a"}));
    socket.subscribe("a", "{ books { price } }").await;
    let books = json!({"books": [{"price": 9}, {"price": 7}]});
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "a", "payload": {"data": books}}));
    assert_eq!(socket.hear().await, json!({"type": "complete", "id": "a"}));
    socket.subscribe("b", "subscription { nothing }").await;
    let refused = socket.hear().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("b")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn a_client_completes_its_subscription() {
    let graph = Graph::start("subscriptions").await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let mut socket = Socket::begun(&graph).await;
    socket.subscribe("1", "subscription { counted }").await;
    sender.send("data: {\"data\":{\"counted\":1}}\n\n".to_owned()).await.expect("it listens");
    assert_eq!(socket.hear().await["payload"], json!({"data": {"counted": 1}}));
    socket.subscribe("1", "subscription { counted }").await;
    assert_eq!(socket.closed().await, 4409);
    sender.closed().await;

    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let mut socket = Socket::begun(&graph).await;
    socket.subscribe("1", "subscription { counted }").await;
    sender.send("data: {\"data\":{\"counted\":1}}\n\n".to_owned()).await.expect("it listens");
    assert_eq!(socket.hear().await["payload"], json!({"data": {"counted": 1}}));
    socket.say(json!({"type": "complete", "id": "1"})).await;
    sender.closed().await;
    socket.subscribe("1", "{ __typename }").await;
    assert_eq!(socket.hear().await["payload"], json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn what_does_not_hold_to_the_protocol_is_closed() {
    let graph = Graph::start_with("subscriptions", |config| {
        config.subscriptions.init_timeout = std::time::Duration::from_millis(200);
        config.max_body_bytes = 2_000;
    })
    .await;
    assert_eq!(Socket::open(&graph, None).await.closed().await, 4406);
    assert_eq!(Socket::open(&graph, Some("graphql-transport-ws")).await.closed().await, 4408, "no init");
    let first = |message: Value| {
        let graph = &graph;
        async move {
            let mut socket = Socket::open(graph, Some("graphql-transport-ws")).await;
            socket.say(message).await;
            socket.closed().await
        }
    };
    assert_eq!(first(json!({"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}})).await, 4401);
    assert_eq!(first(json!({"type": "start"})).await, 4400);
    assert_eq!(first(json!("hello")).await, 4400);
    assert_eq!(first(json!(["connection_init", null, null])).await, 4400);
    let begin = |payload: Value| first(json!({"type": "connection_init", "payload": payload}));
    assert_eq!(begin(json!({"Authorization": {"token": "t"}})).await, 4400, "no text is not nobody");
    assert_eq!(begin(json!(["Bearer t"])).await, 4400);
    for nobody in [json!({"authorization": null}), json!(null)] {
        let mut socket = Socket::open(&graph, Some("graphql-transport-ws")).await;
        socket.say(json!({"type": "connection_init", "payload": nobody})).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
    }
    let mut socket = Socket::begun(&graph).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await, 4429);
    let mut socket = Socket::begun(&graph).await;
    socket.0.send(Message::binary(vec![0; 10])).await.expect("sent");
    assert_eq!(socket.closed().await, 4400);
    let mut socket = Socket::begun(&graph).await;
    socket.0.send(Message::text("x".repeat(3_000))).await.expect("sent");
    while let Some(Ok(message)) = socket.0.next().await {
        assert!(!message.is_text(), "{message:?}");
    }
    assert_eq!(graph.requests("reviews").len() + graph.requests("books").len(), 0);
    assert_eq!(graph.ask("{ __typename }", &json!({})).await, json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn connections_and_operations_are_bounded() {
    let graph = Graph::start_with("subscriptions", |config| {
        config.subscriptions.max_connections = 1;
        config.subscriptions.max_per_connection = 1;
    })
    .await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let mut socket = Socket::begun(&graph).await;
    socket.subscribe("1", "subscription { counted }").await;
    socket.subscribe("2", "subscription { counted }").await;
    let refused = socket.hear().await;
    assert_eq!((&refused["id"], &refused["payload"][0]["extensions"]["code"]), (&json!("2"), &json!("LIMIT_EXCEEDED")));
    let url = graph.url.replace("http://", "ws://") + "/graphql";
    let refused = tokio_tungstenite::connect_async(url).await.expect_err("no place");
    assert!(refused.to_string().contains("503"), "{refused}");
    drop(socket);
    sender.closed().await;
}

#[tokio::test]
async fn one_client_leaves_the_others_their_places() {
    let graph = Graph::start_with("subscriptions", |config| {
        config.subscriptions.max_connections_per_client = 1;
        config.subscriptions.max_streams_per_client = 1;
    })
    .await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let mut socket = Socket::begun(&graph).await;
    let url = graph.url.replace("http://", "ws://") + "/graphql";
    let refused = tokio_tungstenite::connect_async(url).await.expect_err("its place is taken");
    assert!(refused.to_string().contains("429"), "{refused}");
    socket.subscribe("1", "subscription { counted }").await;
    socket.subscribe("2", "subscription { counted }").await;
    let refused = socket.hear().await;
    assert_eq!((&refused["id"], &refused["payload"][0]["extensions"]["code"]), (&json!("2"), &json!("RATE_LIMITED")));
    let request = graph.client.post(format!("{}/graphql", graph.url)).header("accept", "text/event-stream");
    let refused = request.json(&json!({"query": "subscription { counted }"})).send().await.expect("an answer");
    assert_eq!(refused.status(), 429);
    assert_eq!(graph.requests("reviews").len(), 1);
    drop(socket);
    sender.closed().await;
}

#[tokio::test]
async fn a_connection_on_which_nothing_runs_is_closed() {
    let graph = Graph::start_with("subscriptions", |config| {
        config.subscriptions.idle_timeout = std::time::Duration::from_millis(200);
    })
    .await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let mut busy = Socket::begun(&graph).await;
    busy.subscribe("1", "subscription { counted }").await;
    let mut idle = Socket::begun(&graph).await;
    // By then the other, which was open before, has been so for longer.
    assert_eq!(idle.closed().await, 1000);
    sender.send("data: {\"data\":{\"counted\":1}}\n\n".to_owned()).await.expect("it listens");
    assert_eq!(busy.hear().await["payload"]["data"], json!({"counted": 1}));
    drop(sender);
    assert_eq!(busy.closed_after_complete().await, 1000);
}

/// What runs on a connection when the process is told to stop is answered, and the connection closed.
#[tokio::test]
async fn who_stops_finishes_what_a_connection_asked() {
    let graph = Graph::start("subscriptions").await;
    let gate = Gate::closed();
    graph.subgraph("books").reply(gate.before(Reply::Json(json!({"data": {"books": []}}))));
    let mut socket = Socket::begun(&graph).await;
    let mut idle = Socket::begun(&graph).await;
    socket.subscribe("1", "{ books { price } }").await;
    gate.arrived().await;
    let mut stopped = graph.stop();
    assert_eq!(idle.closed().await, 1001);
    let early = tokio::time::timeout(std::time::Duration::from_millis(300), &mut stopped).await;
    assert!(early.is_err(), "something runs");
    gate.open();
    assert_eq!(socket.hear().await, json!({"type": "next", "id": "1", "payload": {"data": {"books": []}}}));
    assert_eq!(socket.closed_after_complete().await, 1001);
    drop(socket);
    stopped.await.expect("it has stopped");
}

#[tokio::test]
async fn who_does_not_read_holds_nothing_open() {
    let graph = Graph::start("subscriptions").await;
    let (sender, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let mut socket = Socket::begun(&graph).await;
    let name = "n".repeat(100_000);
    socket.subscribe("1", &format!("subscription {{ {name}: counted }}")).await;
    let event = format!("data: {{\"data\":{{\"{name}\":1}}}}\n\n");
    let sending = async { while sender.send(event.clone()).await.is_ok() {} };
    tokio::time::timeout(std::time::Duration::from_secs(10), sending).await.expect("the subscription has ended");
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_web_socket() {
    let graph = Graph::start("subscriptions").await;
    let open = async |origin: &str| {
        let url = graph.url.replace("http://", "ws://") + "/graphql";
        let mut request = url.into_client_request().expect("a request");
        request.headers_mut().insert("origin", origin.parse().expect("a header"));
        tokio_tungstenite::connect_async(request).await
    };
    let Err(tungstenite::Error::Http(refused)) = open("https://evil.example").await else { panic!("refused") };
    assert_eq!(refused.status(), 403);
    open(&graph.url).await.expect("a page of its own");
}
