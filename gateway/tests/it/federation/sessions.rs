//! Streams of somebody with a session: they end with it.

use futures::StreamExt;
use futures::stream::BoxStream;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Graph;
use super::subscriptions::Socket;
use crate::harness::{Reply, Sessions, cookie};

const QUERY: &str = "subscription { counted }";

/// A way of streaming.
#[derive(Clone, Copy, Debug)]
enum By {
    Events,
    WebSocket,
}

/// Answers, and null where they have ended.
type Answers = BoxStream<'static, Value>;

async fn next(answers: &mut Answers) -> Value {
    answers.next().await.expect("something comes")
}

/// A graph for which `books` knows sessions, and a subscription of one of them.
async fn subscribed(by: By, sessions: &Sessions) -> (Graph, mpsc::Sender<String>, Answers) {
    let graph = Graph::start_with("subscriptions", |config| {
        "books".clone_into(&mut config.person_service);
        config.own_subgraphs = vec!["books".to_owned()];
    })
    .await;
    graph.subgraph("books").reply(sessions.reply());
    let (events, reply) = Reply::events();
    graph.subgraph("reviews").reply(reply);
    let answers = match by {
        By::Events => by_events(&graph).await,
        By::WebSocket => by_web_socket(&graph).await,
    };
    (graph, events, answers)
}

async fn by_events(graph: &Graph) -> Answers {
    let request = graph.client.post(format!("{}/graphql", graph.url)).header("accept", "text/event-stream");
    let response = request.header("cookie", cookie("a")).json(&json!({"query": QUERY})).send().await;
    let lines = response.expect("an answer").bytes_stream().flat_map(|piece| {
        let text = String::from_utf8(piece.expect("a piece").to_vec()).expect("text");
        let data = text.lines().filter_map(|line| line.strip_prefix("data: ").map(str::to_owned)).collect::<Vec<_>>();
        futures::stream::iter(data)
    });
    lines.map(|data| serde_json::from_str(&data).expect("JSON")).boxed()
}

async fn by_web_socket(graph: &Graph) -> Answers {
    let mut socket = Socket::begun_with(graph, &[("cookie", &cookie("a"))]).await;
    socket.subscribe("1", QUERY).await;
    let messages = futures::stream::unfold(socket, |mut socket| async move {
        let message = socket.hear().await;
        let payload = if message["type"] == "complete" { Value::Null } else { message["payload"].clone() };
        Some((payload, socket))
    });
    messages.boxed()
}

async fn event(events: &mpsc::Sender<String>, number: i32) {
    events.send(format!("data: {{\"data\":{{\"counted\":{number}}}}}\n\n")).await.expect("it listens");
}

#[rstest]
#[tokio::test]
async fn a_stream_ends_with_the_session_that_began_it(#[values(By::Events, By::WebSocket)] by: By) {
    let sessions = Sessions::of(&["a"]);
    let (graph, events, mut answers) = subscribed(by, &sessions).await;
    for number in [1, 2] {
        event(&events, number).await;
        assert_eq!(next(&mut answers).await, json!({"data": {"counted": number}}));
    }
    assert_eq!(graph.requests("books").len(), 1, "it is remembered from event to event");
    graph.ended.send(sessions.end("a")).expect("it is heard");
    event(&events, 3).await;
    let last = next(&mut answers).await;
    assert_eq!((&last["data"], &last["errors"][0]["extensions"]["code"]), (&Value::Null, &json!("UNAUTHENTICATED")));
    assert_eq!(next(&mut answers).await, Value::Null, "it is complete");
    events.closed().await;
}

#[rstest]
#[tokio::test]
async fn what_anybody_may_see_goes_on_while_sessions_cannot_be_asked_about(
    #[values(By::Events, By::WebSocket)] by: By,
) {
    let sessions = Sessions::of(&["a"]);
    let (graph, events, mut answers) = subscribed(by, &sessions).await;
    event(&events, 1).await;
    assert_eq!(next(&mut answers).await, json!({"data": {"counted": 1}}));
    graph.subgraph("books").reply(Reply::html());
    graph.ended.send(Sessions::hash("a")).expect("it is heard");
    event(&events, 2).await;
    let answer = next(&mut answers).await;
    let told = json!({"code": "UPSTREAM_UNAVAILABLE", "service": "books"});
    assert_eq!((&answer["data"], &answer["errors"][0]["extensions"]), (&json!({"counted": 2}), &told));
}
