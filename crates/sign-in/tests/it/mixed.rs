//! Two providers, one of which pretends to be the other (RFC 9700, 4.4).

use serde_json::json;

use crate::harness::{Browser, House, Rogue, Site, state};

async fn both() -> (Rogue, Rogue, House) {
    let (honest, hostile) = (Rogue::start().await, Rogue::start().await);
    let house = Site::bind().await.open(vec![honest.config("honest"), hostile.config("hostile")]);
    (honest, hostile, house)
}

#[tokio::test]
async fn the_answer_of_one_at_the_address_of_the_other() {
    let (honest, hostile, house) = both().await;
    for (begun, came_back) in [("honest", "hostile"), ("hostile", "honest")] {
        let mut browser = Browser::new();
        let url = house.begin(&mut browser, begun).await;
        honest.honest(&url);
        hostile.honest(&url);
        let told = [("code", "c"), ("state", &*state(&url))];
        let page = house.come_back(&mut browser, came_back, &told).await;
        house.refuses(&browser, &page, 400, "other_provider").await;
        let page = house.come_back(&mut browser, begun, &told).await;
        house.refuses(&browser, &page, 400, "no_attempt").await;
    }
    assert_eq!((honest.asked("/token"), hostile.asked("/token")), (0, 0), "no code was shown to anybody");
}

#[tokio::test]
async fn an_answer_in_the_name_of_another() {
    let (honest, hostile, house) = both().await;
    let mut browser = Browser::new();
    for (issuer, status) in
        [(&*hostile.issuer, 400), ("", 400), (&*format!("{}/", honest.issuer), 400), (&*honest.issuer, 303)]
    {
        let url = house.begin(&mut browser, "honest").await;
        honest.honest(&url);
        let told = [("code", "c"), ("state", &*state(&url)), ("iss", issuer)];
        let page = house.come_back(&mut browser, "honest", &told).await;
        assert_eq!(page.status, status, "{issuer:?}: {}", page.text);
        if status == 400 {
            let reason = if issuer.is_empty() { "bad_answer" } else { "other_provider" };
            house.refuses(&browser, &page, 400, reason).await;
        }
    }
    assert_eq!(honest.asked("/token"), 1);
}

#[tokio::test]
async fn who_always_says_its_name_says_it() {
    let rogue = Rogue::start().await;
    rogue.tells("authorization_response_iss_parameter_supported", json!(true));
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    rogue.honest(&url);
    let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
    house.refuses(&browser, &page, 400, "other_provider").await;
}

#[tokio::test]
async fn nobody_is_nobody() {
    let (_, _, house) = both().await;
    let mut browser = Browser::new();
    let page = browser.get(house.url("/auth/login?provider=other")).await;
    house.refuses(&browser, &page, 404, "unknown_provider").await;
    let page = house.come_back(&mut browser, "other%22%3E", &[("code", "c")]).await;
    house.refuses(&browser, &page, 404, "unknown_provider").await;
    assert!(!house.log().contains("other\">"), "a name that is none of ours is not logged");
}
