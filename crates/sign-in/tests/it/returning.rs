//! The browser comes back: what binds it to the attempt that it began, and what becomes of it.

use rstest::rstest;
use sign_in::{SessionsConfig, session_hash};

use crate::harness::{Browser, House, Kept, Parameter, Register, Rogue, Shelf, Site, state};

const SESSION: &str = "__Host-passerelle";
const LOGIN: &str = "__Host-passerelle-login";

#[rstest]
#[tokio::test]
async fn somebody_logs_in(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let rogue = Rogue::start().await;
    let store = kept.fresh(&SessionsConfig::default());
    let house = Site::bind().await.open_over(vec![rogue.config("op")], store);
    let mut browser = Browser::new();
    let page = house.log_in(&mut browser, &rogue).await;
    assert_eq!(page.header("location"), "/after");
    let mut cookies = page.cookies();
    cookies.sort_unstable();
    let [over, kept] = &*cookies else { panic!("two cookies: {cookies:?}") };
    assert!(over.starts_with("__Host-passerelle-login=; Max-Age=0;"), "{over}");
    let kept = kept.strip_prefix("__Host-passerelle=").expect("the session's cookie");
    assert_eq!(&kept[43..], "; Path=/; Secure; HttpOnly; SameSite=Lax");
    let session = house.session(&browser).await.expect("a session");
    assert_eq!((session.person, &*session.provider, &*session.subject), (Register::id("op", "s-1"), "op", "s-1"));
    assert_eq!(house.sign_in.sessions_of(session.person).await.expect("listed"), [session]);
}

#[tokio::test]
async fn what_is_sent_to_the_provider() {
    let rogue = Rogue::start().await;
    let mut config = rogue.config("op");
    config.acr_values = vec!["eidas1".to_owned(), "eidas2".to_owned()];
    config.max_age = Some(std::time::Duration::from_mins(5));
    config.prompt = Some(sign_in::config::Prompt::SelectAccount);
    let house = Site::bind().await.open(vec![config]);
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    assert!(url.as_str().starts_with(&format!("{}/authorize?", rogue.issuer)), "{url}");
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "passerelle"),
        ("redirect_uri", &*house.url("/auth/callback/op")),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
        ("acr_values", "eidas1 eidas2"),
        ("max_age", "300"),
        ("prompt", "select_account"),
    ] {
        assert_eq!(url.parameter(name).as_deref(), Some(value), "{name}");
    }
    for secret in ["state", "nonce", "code_challenge"] {
        assert_eq!(url.parameter(secret).expect("given").len(), 43, "{secret}");
    }
    let again = house.begin(&mut browser, "op").await;
    for secret in ["state", "nonce", "code_challenge"] {
        assert_ne!(url.parameter(secret), again.parameter(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_state_that_nobody_began() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    rogue.honest(&url);
    let made_up = "A".repeat(43);
    let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &made_up)]).await;
    house.refuses(&browser, &page, 400, "no_attempt").await;
    for told in [
        &[("code", "c")][..],
        &[("code", "c"), ("state", "")],
        &[("code", "c"), ("state", "short")],
        &[("code", "c"), ("state", &*state(&url)), ("state", &made_up)],
    ] {
        let page = house.come_back(&mut browser, "op", told).await;
        house.refuses(&browser, &page, 400, "bad_answer").await;
    }
    assert_eq!(rogue.asked("/token"), 0, "no code was exchanged");
}

#[tokio::test]
async fn an_attempt_is_used_once() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    rogue.honest(&url);
    let login = browser.cookie(&house.base, LOGIN).expect("an attempt").to_owned();
    let told = [("code", "c"), ("state", &*state(&url))];
    assert_eq!(house.come_back(&mut browser, "op", &told).await.status, 303);
    // The whole browser as it was before, and the same answer again.
    let mut replay = Browser::new();
    replay.set_cookie(&house.base, LOGIN, &login);
    let page = house.come_back(&mut replay, "op", &told).await;
    house.refuses(&replay, &page, 400, "no_attempt").await;
    assert_eq!(rogue.asked("/token"), 1);
}

#[tokio::test]
async fn an_attempt_that_failed_is_used_too() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    rogue.gives("no.token.atall");
    let told = [("code", "c"), ("state", &*state(&url))];
    let page = house.come_back(&mut browser, "op", &told).await;
    house.refuses(&browser, &page, 502, "token_answer").await;
    assert!(page.cookies()[0].starts_with("__Host-passerelle-login=; Max-Age=0"), "it is over");
    rogue.honest(&url);
    let page = house.come_back(&mut browser, "op", &told).await;
    house.refuses(&browser, &page, 400, "no_attempt").await;
}

/// Login CSRF: somebody has another's browser come back with a code of their own.
#[tokio::test]
async fn another_browser_does_not_come_back() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    for with_own_attempt in [false, true] {
        let (mut attacker, mut victim) = (Browser::new(), Browser::new());
        let url = house.begin(&mut attacker, "op").await;
        rogue.honest(&url);
        if with_own_attempt {
            house.begin(&mut victim, "op").await;
        }
        let told = [("code", "c"), ("state", &*state(&url))];
        let page = house.come_back(&mut victim, "op", &told).await;
        house.refuses(&victim, &page, 400, "other_browser").await;
    }
    assert_eq!(rogue.asked("/token"), 0, "no code was exchanged");
}

#[tokio::test]
async fn several_tabs_log_in_at_once() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let (first, second) = (house.begin(&mut browser, "op").await, house.begin(&mut browser, "op").await);
    for url in [first, second] {
        rogue.honest(&url);
        let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        assert_eq!(page.status, 303, "{}", page.text);
    }
    assert_eq!(browser.cookie(&house.base, LOGIN), None, "nothing is under way any more");
}

/// A code that was given for one attempt, with the state of another.
#[tokio::test]
async fn a_token_of_another_attempt() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let (mut attacker, mut victim) = (Browser::new(), Browser::new());
    let stolen = house.begin(&mut victim, "op").await;
    let own = house.begin(&mut attacker, "op").await;
    rogue.honest(&stolen);
    let page = house.come_back(&mut attacker, "op", &[("code", "stolen"), ("state", &state(&own))]).await;
    house.refuses(&attacker, &page, 502, "token_nonce").await;
}

/// Session fixation: the cookie that a browser had before is not the one that it has afterwards.
#[tokio::test]
async fn who_logs_in_gets_a_session_of_their_own() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let planted = "B".repeat(43);
    browser.set_cookie(&house.base, SESSION, &planted);
    house.log_in(&mut browser, &rogue).await;
    let first = house.cookie(&browser).expect("a cookie").to_owned();
    assert_ne!(first, planted);
    assert!(house.sign_in.session(&session_hash(&planted)).await.expect("asked").is_none());

    let before = house.session(&browser).await.expect("a session");
    house.log_in(&mut browser, &rogue).await;
    let after = house.session(&browser).await.expect("a session");
    assert_ne!((before.id, &*first), (after.id, house.cookie(&browser).expect("a cookie")));
    assert!(house.sign_in.session(&session_hash(&first)).await.expect("asked").is_none(), "the one before has ended");
    assert_eq!(house.ended(), [session_hash(&first)], "and that was told");
}

#[tokio::test]
async fn after_logging_in_nobody_is_sent_elsewhere() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    for (asked, led) in [
        ("%2Fa%3Fb%3Dc", "/a?b=c"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%5C%5Cevil.example", "/"),
        ("%2F%09%2Fevil.example", "/"),
        ("%2Fa%0D%0Aset-cookie%3A%20b", "/"),
        ("javascript%3Aalert(1)", "/"),
        ("evil.example", "/"),
        ("", "/"),
        ("%2Fa&return_to=%2Fb", "/"),
    ] {
        let mut browser = Browser::new();
        let page = browser.get(house.url(&format!("/auth/login?provider=op&return_to={asked}"))).await;
        let url = page.location().expect("it leads to the provider");
        rogue.honest(&url);
        let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        assert_eq!(page.header("location"), led, "{asked}");
    }
}

#[tokio::test]
async fn whoever_keeps_people_may_refuse() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    for (subject, status, reason) in [("stranger", 403, "person_refused"), ("unlucky", 503, "people_away")] {
        let mut browser = Browser::new();
        let url = house.begin(&mut browser, "op").await;
        let mut claims = rogue.claims(&url);
        claims["sub"] = subject.into();
        rogue.gives(&rogue.key.sign(&claims));
        let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        house.refuses(&browser, &page, status, reason).await;
        let told = page.text.contains("Votre compte n’est pas connu &lt;ici&gt;.");
        assert_eq!(told, subject == "stranger", "{}", page.text);
    }
}

#[tokio::test]
async fn a_provider_that_says_no_is_not_quoted() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    let told = [
        ("error", "access_denied"),
        ("error_description", "<script>alert(1)</script>"),
        ("state", &*state(&url)),
        ("code", "c"),
    ];
    let page = house.come_back(&mut browser, "op", &told).await;
    house.refuses(&browser, &page, 400, "denied_by_provider").await;
    assert!(!page.text.contains("script") && !page.text.contains("access_denied"), "{}", page.text);
    assert!(page.text.contains("return_to=%2Fafter"), "where they wanted to go is not forgotten: {}", page.text);
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let rogue = Rogue::start().await;
    let mut config = rogue.config("op");
    config.trust_mail = true;
    let house = Site::bind().await.open(vec![config]);
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    let mut claims = rogue.claims(&url);
    claims["sub"] = "subject-of-the-test".into();
    claims["given_name"] = "Prénom-du-test".into();
    claims["email"] = "someone@mail.example".into();
    let token = rogue.key.sign(&claims);
    rogue.gives(&token);
    let state = state(&url);
    house.come_back(&mut browser, "op", &[("code", "code-of-the-test"), ("state", &state)]).await;
    let cookie = house.cookie(&browser).expect("a session").to_owned();
    house.come_back(&mut browser, "op", &[("code", "code-of-the-test"), ("state", &state)]).await;
    assert_eq!(house.people.asked()[0].1.mails, ["someone@mail.example"]);
    let log = house.log();
    assert!(log.contains("somebody logged in provider=\"op\"") && log.contains("no_attempt"), "{log}");
    for secret in
        [&*cookie, &token, &state, "code-of-the-test", "subject-of-the-test", "Prénom-du-test", "mail.example"]
    {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[rstest]
#[tokio::test]
async fn no_cookie_stands_in_the_store(#[values(Kept::Redis)] kept: Kept) {
    assert_eq!(kept, Kept::Redis, "what is kept is read there");
    let (rogue, shelf) = (Rogue::start().await, Shelf::fresh());
    let house = Site::bind().await.open_over(vec![rogue.config("op")], shelf.store(&SessionsConfig::default()));
    let mut browser = Browser::new();
    house.log_in(&mut browser, &rogue).await;
    let url = house.begin(&mut browser, "op").await;
    let secrets = [
        house.cookie(&browser).expect("a session").to_owned(),
        browser.cookie(&house.base, LOGIN).expect("an attempt").to_owned(),
        state(&url),
    ];
    let mut connection = shelf.connection().await;
    let keys = shelf.keys().await;
    assert!(keys.len() >= 4, "{keys:?}");
    for key in keys {
        let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut connection).await.expect("asked");
        let values: Vec<String> = match &*kind {
            "zset" => redis::cmd("ZRANGE").arg(&key).arg(0).arg(-1).query_async(&mut connection).await.expect("read"),
            _ => vec![redis::cmd("GET").arg(&key).query_async(&mut connection).await.expect("read")],
        };
        for secret in &secrets {
            assert!(!key.contains(secret) && !values.iter().any(|value| value.contains(secret)), "{key}");
        }
    }
}
