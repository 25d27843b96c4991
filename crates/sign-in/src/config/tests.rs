use std::time::Duration;

use kernel::Profile;
use serde_json::json;

use super::*;

fn provider() -> ProviderConfig {
    ProviderConfig {
        id: "ent".to_owned(),
        name: "ENT de l'académie".to_owned(),
        issuer: "https://op.example/oidc".to_owned(),
        client_id: "passerelle".to_owned(),
        ..ProviderConfig::default()
    }
}

fn good() -> SignInConfig {
    SignInConfig {
        public_url: "https://api.example".to_owned(),
        providers: vec![provider()],
        sessions: SessionsConfig::default(),
    }
}

#[test]
fn a_provider_and_an_address_are_enough() {
    assert_eq!(good().check(), Ok(()));
    assert_eq!(SignInConfig::default().check(), Ok(()), "nobody logs in");
    for issuer in ["http://127.0.0.1:4000", "http://localhost:1/a", "http://[::1]:8080"] {
        let mut config = good();
        issuer.clone_into(&mut config.providers[0].issuer);
        assert_eq!(config.check(), Ok(()), "{issuer}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_by_its_key() {
    type Change = fn(&mut SignInConfig);
    let cases: [(&str, Change); 25] = [
        ("public_url", |config| config.public_url.clear()),
        ("public_url", |config| config.public_url.push_str("/path")),
        ("public_url", |config| "http://api.example".clone_into(&mut config.public_url)),
        ("sessions.cookie", |config| "passerelle".clone_into(&mut config.sessions.cookie)),
        ("sessions.cookie", |config| "__Host-passerelle-login".clone_into(&mut config.sessions.cookie)),
        ("sessions.idle", |config| config.sessions.idle = Duration::from_mins(1)),
        ("sessions.idle", |config| config.sessions.absolute = Duration::from_mins(29)),
        ("sessions.max_per_person", |config| config.sessions.max_per_person = 0),
        ("providers: ent", |config| config.providers.push(provider())),
        ("providers (ENT): id", |config| "ENT".clone_into(&mut config.providers[0].id)),
        ("providers (ent): name", |config| config.providers[0].name.clear()),
        ("providers (ent): issuer", |config| "http://op.example".clone_into(&mut config.providers[0].issuer)),
        ("providers (ent): issuer: \"https://(hidden)@", |config| {
            "https://u:p@op.example".clone_into(&mut config.providers[0].issuer);
        }),
        ("providers (ent): issuer", |config| config.providers[0].issuer.push_str("?a=b")),
        ("providers (ent): client_id", |config| config.providers[0].client_id.clear()),
        ("providers (ent): scopes", |config| config.providers[0].scopes.push("a b".to_owned())),
        ("providers (ent): acr_values", |config| config.providers[0].acr_values.push(String::new())),
        ("providers (ent): territories", |config| {
            config.providers[0].territories.insert("ACA-4".to_owned());
        }),
        ("providers (ent): algorithms", |config| config.providers[0].algorithms.clear()),
        ("providers (ent): max_age", |config| config.providers[0].max_age = Some(Duration::from_millis(1500))),
        ("providers (ent): claims.ine", |config| config.providers[0].claims.ine = Some(String::new())),
        ("providers (ent): identifiers (c): write", |config| {
            config.providers[0].identifiers =
                vec![IdentifierClaim { claim: "c".to_owned(), ..IdentifierClaim::default() }];
        }),
        ("providers (ent): identifiers (c): systems", |config| {
            config.providers[0].identifiers = vec![IdentifierClaim {
                claim: "c".to_owned(),
                system: "oidc:other".to_owned(),
                ..IdentifierClaim::default()
            }];
        }),
        ("providers (ent): profile.claim", |config| config.providers[0].profile = Some(ProfileClaim::default())),
        ("providers (ent): profile.values", |config| {
            config.providers[0].profile = Some(ProfileClaim { claim: "p".to_owned(), ..ProfileClaim::default() });
        }),
    ];
    for (said, change) in cases {
        let mut config = good();
        change(&mut config);
        let told = config.check().expect_err(said);
        assert!(told.starts_with(said), "{said}: {told}");
    }
}

#[test]
fn a_shared_secret_or_nothing_is_no_signature() {
    for name in ["HS256", "none", "rs256"] {
        assert!(serde_json::from_value::<SignatureAlgorithm>(name.into()).is_err(), "{name}");
    }
    assert_eq!(ProviderConfig::default().algorithms.len(), 4);
}

#[test]
fn it_is_read_as_it_is_written() {
    let written = json!({
        "public_url": "https://api.example",
        "providers": [{
            "id": "educonnect", "name": "EduConnect", "issuer": "https://op.example", "client_id": "passerelle",
            "for": ["eleves", "parents"], "max_age": "5m", "prompt": "select_account", "auth_method": "post",
            "preset": "educonnect", "claims": { "birth_date": "born" },
        }],
        "sessions": { "store": "redis", "idle": "10m" },
    });
    let config: SignInConfig = serde_json::from_value(written).expect("read");
    assert_eq!(config.check(), Ok(()));
    assert_eq!(config.providers[0].max_age, Some(Duration::from_mins(5)));
    let again: SignInConfig = serde_json::from_value(json!(config)).expect("read again");
    assert_eq!(json!(again), json!(config));
    let unknown = serde_json::from_value::<SignInConfig>(json!({ "sessions": { "length": "1h" } }));
    assert!(unknown.expect_err("refused").to_string().contains("length"));

    let mapping = config.providers[0].mapping();
    assert_eq!(mapping.claims.birth_date.as_deref(), Some("born"), "what is written wins");
    assert_eq!(mapping.claims.ine.as_deref(), Some("FrEduCtEleveINE"), "then the preset");
    assert_eq!(mapping.claims.given_name.as_deref(), Some("given_name"), "then the standard");
    assert_eq!(mapping.profile.expect("a claim").values["resp2d"], Profile::Guardian);
}
