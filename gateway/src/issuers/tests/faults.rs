//! Keys that do not come, or not in order.

use std::time::Duration;

use rstest::rstest;

use super::*;

#[rstest]
#[case::too_long(Reply::Text(200, format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(256 << 10))))]
#[case::no_json(Reply::Text(200, "<html>".to_owned()))]
#[case::no_set(Reply::Text(200, "{}".to_owned()))]
#[case::too_many(Reply::Keys(set((0..101).map(|_| json!({})))))]
#[case::broken(Reply::Text(500, "{\"keys\":[]}".to_owned()))]
#[case::not_there(Reply::Text(404, String::new()))]
#[case::moved(Reply::Text(302, String::new()))]
#[case::slow(Reply::Never)]
#[tokio::test]
async fn without_keys_nobody_is_known_and_nobody_asks_again_at_once(#[case] reply: Reply) {
    let scene = Scene::changed(|config| config.keys_timeout = Duration::from_millis(500)).await;
    scene.server.reply(reply);
    for seconds in [0, 4] {
        assert_eq!(scene.verify(&scene.token(), seconds).await, Err(Refused::Unavailable));
    }
    assert_eq!(scene.server.fetched(), 1);
    scene.server.reply(Reply::Keys(set([scene.pair.public()])));
    assert!(scene.verify(&scene.token(), 5).await.is_ok());
}

#[tokio::test]
async fn what_comes_in_disorder_does_not_drive_out_what_came_in_order() {
    let scene = Scene::new().await;
    assert!(scene.verify(&scene.token(), 0).await.is_ok());
    scene.server.reply(Reply::Keys(set((0..101).map(|_| scene.pair.public()))));
    assert!(scene.verify(&scene.token(), 600).await.is_ok());
    assert_eq!(scene.server.fetched(), 2);
}

#[tokio::test]
async fn where_nobody_listens_there_are_no_keys() {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let address = socket.local_addr().expect("an address");
    let scene = Scene::changed(|config| config.jwks_url = Some(format!("http://{address}/keys"))).await;
    assert_eq!(scene.verify(&scene.token(), 0).await, Err(Refused::Unavailable));
}

#[tokio::test]
async fn keys_are_found_by_discovery() {
    let scene = Scene::changed(|config| config.jwks_url = None).await;
    assert!(scene.verify(&scene.token(), 0).await.is_ok());
    assert_eq!(scene.server.fetched(), 1);
}

#[rstest]
#[case::another(json!({ "issuer": "https://op.example", "jwks_uri": "URL/keys" }))]
#[case::nearly(json!({ "issuer": "URL/", "jwks_uri": "URL/keys" }))]
#[case::without_keys(json!({ "issuer": "URL" }))]
#[case::elsewhere(json!({ "issuer": "URL", "jwks_uri": "file:///etc/passwd" }))]
#[tokio::test]
async fn who_says_to_be_somebody_else_is_not_asked_for_keys(#[case] about: Value) {
    let scene = Scene::changed(|config| config.jwks_url = None).await;
    let about = about.to_string().replace("URL", &scene.server.url);
    scene.server.about(serde_json::from_str(&about).expect("JSON"));
    assert_eq!(scene.verify(&scene.token(), 0).await, Err(Refused::Unavailable));
    assert_eq!(scene.server.fetched(), 0);
}

#[tokio::test]
async fn keys_may_lie_in_a_file_that_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys.json");
    let scene = Scene::changed(|config| {
        config.jwks_url = None;
        config.jwks_file = Some(file.clone());
    })
    .await;
    let token = scene.token();
    assert_eq!(scene.verify(&token, 0).await, Err(Refused::Unavailable), "it is not there yet");
    std::fs::write(&file, set([scene.pair.public()]).to_string()).expect("written");
    assert!(scene.verify(&token, 5).await.is_ok());
    let next = Pair::ed25519("next");
    std::fs::write(&file, set([next.public()]).to_string()).expect("written");
    assert!(scene.verify(&next.sign(&scene.claims()), 6).await.is_ok());
    assert_eq!(scene.verify(&token, 6).await, Err(Refused::Key));
    std::fs::write(&file, " ".repeat((256 << 10) + 1)).expect("written");
    assert!(scene.verify(&next.sign(&scene.claims()), 700).await.is_ok(), "a file that is too long changes nothing");
    assert_eq!(scene.server.fetched(), 0);
}
