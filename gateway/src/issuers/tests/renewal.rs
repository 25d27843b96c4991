//! Keys come and go, and their issuer with them.

use futures::future::join_all;

use super::*;

#[tokio::test]
async fn a_new_key_is_found_at_once_and_an_old_one_is_gone_with_it() {
    let scene = Scene::new().await;
    let old = scene.token();
    assert!(scene.verify(&old, 0).await.is_ok());
    let next = Pair::ed25519("next");
    scene.server.reply(Reply::Keys(set([next.public(), scene.pair.public()])));
    assert!(scene.verify(&next.sign(&scene.claims()), 1).await.is_ok());
    assert!(scene.verify(&old, 1).await.is_ok(), "both are published for a while");
    assert_eq!(scene.server.fetched(), 2);

    scene.server.reply(Reply::Keys(set([next.public()])));
    let last = Pair::ed25519("last");
    scene.server.reply(Reply::Keys(set([last.public()])));
    assert!(scene.verify(&last.sign(&scene.claims()), 40).await.is_ok());
    assert_eq!(scene.verify(&old, 40).await, Err(Refused::Key), "although it was remembered");
    assert_eq!(scene.server.fetched(), 3);
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_good_for_the_keys_age_at_most() {
    let scene = Scene::new().await;
    let token = scene.token();
    assert!(scene.verify(&token, 0).await.is_ok());
    scene.server.reply(Reply::Keys(set([])));
    assert!(scene.verify(&token, 479).await.is_ok());
    assert_eq!(scene.server.fetched(), 1, "nobody asks for what is fresh");
    assert_eq!(scene.verify(&token, 600).await, Err(Refused::Key));
    assert_eq!(scene.server.fetched(), 2);
}

#[tokio::test]
async fn keys_are_renewed_beside_the_requests_before_they_are_old() {
    let scene = Scene::new().await;
    let token = scene.token();
    assert!(scene.verify(&token, 0).await.is_ok());
    scene.server.asked().await;
    scene.server.reply(Reply::Held(set([scene.pair.public()])));
    for _ in 0..3 {
        assert!(scene.verify(&token, 480).await.is_ok(), "nobody waits");
    }
    scene.server.asked().await;
    scene.server.let_go();
    scene.settled().await;
    assert!(scene.verify(&token, 959).await.is_ok(), "fresh once more");
    scene.settled().await;
    assert_eq!(scene.server.fetched(), 2, "and asked for once");
}

#[tokio::test]
async fn an_issuer_may_make_its_keys_age_sooner_but_not_later() {
    let scene = Scene::new().await;
    let token = scene.token();
    scene.server.reply(Reply::KeysFor(100, set([scene.pair.public()])));
    assert!(scene.verify(&token, 0).await.is_ok());
    assert!(scene.verify(&token, 79).await.is_ok());
    assert_eq!(scene.server.fetched(), 1);
    scene.server.reply(Reply::KeysFor(86_400, set([scene.pair.public()])));
    assert!(scene.verify(&token, 100).await.is_ok());
    assert_eq!(scene.server.fetched(), 2);
    scene.server.reply(Reply::KeysFor(0, set([scene.pair.public()])));
    assert!(scene.verify(&token, 700).await.is_ok());
    assert_eq!(scene.server.fetched(), 3, "ten minutes later, whatever it said");
    assert!(scene.verify(&token, 723).await.is_ok());
    scene.settled().await;
    assert_eq!(scene.server.fetched(), 3, "no time at all is half a minute");
}

#[tokio::test]
async fn a_flood_of_made_up_keys_reaches_the_issuer_once() {
    let scene = Scene::new().await;
    assert!(scene.verify(&scene.token(), 0).await.is_ok());
    let claims = scene.claims();
    let flood = async |seconds: i64| {
        let tokens: Vec<String> = (0..60).map(|n| Pair::ed25519(&format!("made-up-{n}")).sign(&claims)).collect();
        for refused in join_all(tokens.iter().map(|token| scene.verify(token, seconds))).await {
            assert_eq!(refused, Err(Refused::Key));
        }
    };
    flood(1).await;
    assert_eq!(scene.server.fetched(), 2);
    flood(29).await;
    assert_eq!(scene.server.fetched(), 2);
    flood(31).await;
    assert_eq!(scene.server.fetched(), 3);
    assert!(scene.verify(&scene.token(), 31).await.is_ok());
}

#[tokio::test]
async fn whoever_comes_first_fetches_for_all_even_if_they_leave() {
    let scene = Scene::new().await;
    let token = scene.token();
    scene.server.reply(Reply::Held(set([scene.pair.public()])));
    {
        let mut first = std::pin::pin!(scene.verify(&token, 0));
        let leaves = async { scene.server.asked().await };
        tokio::select! {
            biased;
            _ = &mut first => panic!("the keys are held back"),
            () = leaves => {}
        }
    }
    let others = join_all((0..20).map(|_| scene.verify(&token, 0)));
    let (all, ()) = tokio::join!(others, async { scene.server.let_go() });
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(scene.server.fetched(), 1);
}

#[tokio::test]
async fn the_keys_are_fetched_before_the_first_token_comes() {
    let server = Server::start(Reply::Keys(set([]))).await;
    let issuers = Issuers::of(None, &[server.config()]);
    issuers.prepare();
    server.asked().await;
}

#[tokio::test]
async fn while_the_issuer_is_down_its_last_keys_are_good_for_a_day() {
    let day = 86_400;
    let scene = Scene::new().await;
    let token = scene.pair.sign(&scene.with_claims(&json!({ "exp": at(10 * day).timestamp() })));
    assert!(scene.verify(&token, 0).await.is_ok());
    scene.server.reply(Reply::Text(503, String::new()));
    assert!(scene.verify(&token, 600).await.is_ok());
    assert_eq!(scene.server.fetched(), 2);
    for seconds in [601, 604] {
        assert!(scene.verify(&token, seconds).await.is_ok());
        scene.settled().await;
    }
    assert_eq!(scene.server.fetched(), 2, "it is left alone for some seconds");
    let unknown = Pair::ed25519("unknown").sign(&scene.claims());
    assert_eq!(scene.verify(&unknown, 604).await, Err(Refused::Unavailable), "the key may be a new one");

    assert!(scene.verify(&token, day - 1).await.is_ok());
    scene.settled().await;
    assert_eq!(scene.verify(&token, day).await, Err(Refused::Unavailable));
    assert_eq!(scene.verify(&token, day + 4).await, Err(Refused::Unavailable));

    scene.server.reply(Reply::Keys(set([scene.pair.public()])));
    assert!(scene.verify(&token, day + 10).await.is_ok());
    let certain = scene.verify(&unknown, day + 10).await;
    assert_eq!(certain, Err(Refused::Key), "and now it is known to be none");
}

#[tokio::test]
async fn how_long_the_last_keys_are_good_can_be_configured() {
    let scene = Scene::changed(|config| config.keys_outage = std::time::Duration::from_mins(20)).await;
    let token = scene.token();
    assert!(scene.verify(&token, 0).await.is_ok());
    scene.server.reply(Reply::Text(503, String::new()));
    assert!(scene.verify(&token, 1199).await.is_ok());
    assert_eq!(scene.verify(&token, 1210).await, Err(Refused::Unavailable));
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_no_key_good_for_longer() {
    let scene = Scene::new().await;
    let token = scene.pair.sign(&scene.with_claims(&json!({ "iat": null, "exp": at(9000).timestamp() })));
    assert!(scene.verify(&token, 0).await.is_ok());
    scene.server.reply(Reply::Keys(set([])));
    assert_eq!(scene.verify(&token, -3600).await, Err(Refused::Key));
    assert_eq!(scene.server.fetched(), 2);
}
