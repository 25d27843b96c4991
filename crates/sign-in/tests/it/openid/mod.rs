//! At a real provider, in a process of its own: it needs node and the packages of `tests/openid`.

mod attacks;
mod logging_in;
mod logging_out;

use sign_in::ProviderConfig;
use sign_in::config::{AuthMethod, IdentifierClaim, Preset, ProfileClaim};

use crate::harness::{Browser, House, Page, Parameter, Provider, Site};

/// How the provider is told of its two clients.
const NAMES: [&str; 2] = ["ent:basic:RS256", "educonnect:none:EdDSA"];

/// An installation beside a provider that is two: the ENT's, and EduConnect.
async fn open() -> (Provider, House) {
    let site = Site::bind().await;
    let provider = Provider::start(&site.base, &NAMES);
    let house = site.open(vec![ent(&provider), educonnect(&provider)]);
    (provider, house)
}

fn ent(provider: &Provider) -> ProviderConfig {
    let identifier =
        IdentifierClaim { claim: "ent_id".to_owned(), system: "ent:bordeaux".to_owned(), ..IdentifierClaim::default() };
    let profile = ProfileClaim {
        claim: "profile_ent".to_owned(),
        values: [("National_ENS".to_owned(), kernel::Profile::Teacher)].into(),
        default: None,
    };
    ProviderConfig {
        id: "ent".to_owned(),
        name: "ENT".to_owned(),
        issuer: provider.issuer.clone(),
        client_id: "passerelle-ent".to_owned(),
        client_secret_file: Some(provider.secret_file.clone()),
        scopes: ["profile", "email", "ent"].map(str::to_owned).to_vec(),
        identifiers: vec![identifier],
        profile: Some(profile),
        establishments: Some("uai".to_owned()),
        trust_mail: true,
        ..ProviderConfig::default()
    }
}

fn educonnect(provider: &Provider) -> ProviderConfig {
    ProviderConfig {
        id: "educonnect".to_owned(),
        name: "EduConnect".to_owned(),
        issuer: provider.issuer.clone(),
        client_id: "passerelle-educonnect".to_owned(),
        scopes: ["profile", "educonnect"].map(str::to_owned).to_vec(),
        auth_method: AuthMethod::Post,
        preset: Some(Preset::EduConnect),
        ..ProviderConfig::default()
    }
}

/// Logs in as a user, up to the address that the browser comes back to.
async fn at_provider(house: &House, browser: &mut Browser, provider: &str, user: &str) -> reqwest::Url {
    let url = house.begin(browser, provider).await.with("login_hint", Some(user));
    let page = browser.get(url).await;
    browser.follow_to(&page, &house.base).await
}

/// Logs in as a user.
async fn log_in(house: &House, browser: &mut Browser, provider: &str, user: &str) -> Page {
    let back = at_provider(house, browser, provider, user).await;
    let page = browser.get(back).await;
    assert_eq!(page.status, 303, "{}\n{}", page.text, house.log());
    page
}
