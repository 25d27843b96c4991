//! Access tokens: what the command line makes, what it refuses, and who is known by them in both shapes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use kernel::{Clock, EstablishmentKind, LegalStatus, Perimeter, Principal, PrincipalKind};
use serde_json::{Value, json};
use service_kit::access_token::Verifier;
use testkit::process::{Running, run};
use testkit::stack::{Database, Site};

/// What only known callers may read.
const QUERY: &str = r#"{ establishments(first: 1, filter: { territory: "ACA-04", kinds: [ECOLE] }) { nodes {
    indicator(code: ENT_DEPLOYMENT, schoolYear: "2017-2018") { denominator } } } }"#;

fn token(arguments: &[&str], data: &Path) -> Output {
    let data = data.display().to_string();
    run(["token"].into_iter().chain(arguments.iter().copied()).chain(["--data", &data]), &[])
}

/// The token alone on its line.
fn printed(ended: &Output) -> String {
    let line = String::from_utf8(ended.stdout.clone()).expect("plain text");
    assert!(ended.status.success(), "{}", told(ended));
    assert!(line.ends_with('\n') && line.trim_end().split('.').count() == 3 && line.lines().count() == 1, "{line:?}");
    line.trim_end().to_owned()
}

fn told(ended: &Output) -> String {
    String::from_utf8_lossy(&ended.stderr).into_owned()
}

fn known(data: &Path, token: &str) -> Principal {
    let key = data.join("keys/issuer.pub.pem");
    Verifier::from_file(&key, Clock::System).expect("a public key").verify(token).expect("a good token")
}

/// A directory that is a demonstration, without its data.
fn demo(data: &Path) {
    fs::create_dir_all(data).expect("a folder");
    fs::write(data.join("demo.marker"), "the demonstration's data is being imported\n").expect("written");
}

async fn ask(url: &str, token: Option<&str>) -> (u16, Value) {
    let mut request = reqwest::Client::new().post(format!("{url}/graphql")).json(&json!({"query": QUERY}));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.expect("an answer");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

#[test]
fn a_token_says_what_the_command_line_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("new");
    let made = printed(&token(&["issue", "--client", "portal"], &data));
    assert_eq!(known(&data, &made), Principal::application("portal"));
    let private = fs::metadata(data.join("keys/issuer.pem")).expect("made at first use").permissions();
    assert_eq!(private.mode() & 0o777, 0o600);

    let arguments = [
        "issue",
        "--client",
        "vendor",
        "--kind",
        "person",
        "--subject",
        "p-1",
        "--scope",
        "users:read",
        "--scope",
        "productions:write",
        "--territory",
        "ACA-04",
        "--territory",
        "DEP-2A",
        "--project",
        "argos",
        "--establishment-kind",
        "COLLEGE",
        "--establishment-kind",
        "LYCEE",
        "--legal-status",
        "PUBLIC",
        "--ttl",
        "30days",
    ];
    let person = known(&data, &printed(&token(&arguments, &data)));
    assert_eq!((person.kind, person.client.as_deref()), (PrincipalKind::Person, Some("vendor")));
    assert_eq!(person.person.map(|person| person.subject).as_deref(), Some("p-1"));
    assert_eq!(person.scopes, ["productions:write".to_owned(), "users:read".to_owned()].into());
    let perimeter = Perimeter {
        territories: ["ACA-04".to_owned(), "DEP-2A".to_owned()].into(),
        kinds: [EstablishmentKind::College, EstablishmentKind::Lycee].into(),
        legal_status: [LegalStatus::Public].into(),
        projects: ["argos".to_owned()].into(),
    };
    assert_eq!(person.perimeter, perimeter);
    assert!(known(&data, &made).client.is_some(), "the pair stays");
}

#[test]
fn a_value_that_means_nothing_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("none");
    for (wrong, said) in [
        (&["--territory", "ACA-4"][..], "a territory is written FR"),
        (&["--establishment-kind", "COLLEG"], "'COLLEGE'"),
        (&["--legal-status", "PUBLIQUE"], "'PUBLIC'"),
        (&["--kind", "persn"], "'person'"),
        (&["--kind", "person"], "--subject"),
        (&["--subject", "p-1"], "--subject names a person"),
        (&["--kind", "person", "--subject", ""], "no spaces"),
        (&["--scope", "users:read productions:write"], "--scope again"),
        (&["--project", "Argos!"], "lower-case"),
        (&["--ttl", "31days"], "30 days at most"),
        (&["--ttl", "0s"], "a second at least"),
        (&["--ttl", "soon"], "--ttl"),
    ] {
        let ended = token(&[&["issue", "--client", "c"], wrong].concat(), &data);
        assert_eq!((ended.status.code(), ended.stdout.len()), (Some(1), 0), "{wrong:?}");
        assert!(told(&ended).contains(said), "{wrong:?}: {}", told(&ended));
    }
    assert_eq!(token(&["issue"], &data).status.code(), Some(1), "a client is needed");
    let another = token(&["issue", "--client", "https://op.example#portal"], &data);
    assert!(told(&another).contains("names of other issuers' clients"), "{}", told(&another));
    assert!(!data.exists(), "nothing is made for what is refused");
}

#[test]
fn tokens_are_made_where_the_private_key_is() {
    let folder = tempfile::tempdir().expect("a folder");
    printed(&token(&["issue", "--client", "c"], folder.path()));
    fs::remove_file(folder.path().join("keys/issuer.pem")).expect("removed");
    let public = fs::read(folder.path().join("keys/issuer.pub.pem")).expect("read");
    let ended = token(&["issue", "--client", "c"], folder.path());
    assert!(!ended.status.success() && told(&ended).contains("without its private half"), "{}", told(&ended));
    assert_eq!(fs::read(folder.path().join("keys/issuer.pub.pem")).expect("read"), public);
}

#[test]
fn the_demonstration_has_its_clients() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let vendor = &["deployments:write", "productions:write", "users:read"][..];
    for (client, territories, projects, scopes) in [
        ("portail-bordeaux", &["ACA-04"][..], &[][..], &[][..]),
        ("portail-region", &["REG-75"], &[], &[]),
        ("tableau-region", &["REG-75"], &[], &[]),
        ("editeur-alienor", &[], &["alienor"], vendor),
        ("editeur-argos", &[], &["argos"], vendor),
    ] {
        let principal = known(folder.path(), &printed(&token(&["demo", client], folder.path())));
        assert_eq!((principal.kind, principal.client.as_deref()), (PrincipalKind::Application, Some(client)));
        assert!(principal.perimeter.territories.iter().eq(territories), "{principal:?}");
        assert!(principal.perimeter.projects.iter().eq(projects), "{principal:?}");
        assert!(principal.scopes.iter().eq(scopes), "{principal:?}");
    }
    let ended = token(&["demo", "portail-paris"], folder.path());
    assert_eq!(ended.status.code(), Some(1));
    let known = "it has portail-bordeaux, portail-region, tableau-region, editeur-alienor, editeur-argos";
    assert!(told(&ended).contains(known), "{}", told(&ended));
}

#[test]
fn a_directory_that_is_no_demonstration_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = token(&["demo", "portail-bordeaux"], folder.path());
    assert_eq!((ended.status.code(), ended.stdout.len()), (Some(1), 0));
    assert!(told(&ended).contains("is no demonstration"), "{}", told(&ended));
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0, "no key is made in it");
}

#[tokio::test]
async fn who_holds_a_token_is_known_in_both_shapes() {
    let site = Site::new(Database::Sqlite);
    let mut serve = site.in_process(true);
    let made = printed(&token(&["demo", "portail-bordeaux"], &site.data()));
    known_alone(&serve.url, &made).await;
    assert!(serve.stop());
    known_alone(&site.over_http().url(), &made).await;
}

async fn known_alone(url: &str, token: &str) {
    let (status, anonymous) = ask(url, None).await;
    assert_eq!(
        (status, &anonymous["errors"][0]["extensions"]["code"]),
        (200, &json!("UNAUTHENTICATED")),
        "{anonymous}"
    );
    let (status, answer) = ask(url, Some(token)).await;
    assert_eq!((status, &answer["errors"]), (200, &Value::Null), "{answer}");
    assert!(answer["data"]["establishments"]["nodes"][0]["indicator"]["denominator"].is_number(), "{answer}");
    let (status, refused) = ask(url, Some("whatever")).await;
    assert_eq!((status, &refused["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
}

#[tokio::test]
async fn a_gateway_with_another_issuers_key_knows_who_that_one_knows() {
    let site = Site::new(Database::Sqlite);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let theirs = printed(&token(&["issue", "--client", "c"], elsewhere.path()));
    let key = elsewhere.path().join("keys/issuer.pub.pem").display().to_string();
    let environment = [("PASSERELLE__GATEWAY__ISSUER_KEY".to_owned(), key)];
    let data = site.data().display().to_string();
    let gateway = Running::start(["gateway", "--listen", "127.0.0.1:0", "--data", &data], &environment, site.folder());
    assert_eq!(ask(&gateway.url, Some(&theirs)).await.0, 200);
    assert!(!site.data().join("keys/issuer.pem").exists(), "no pair of its own is made");
    let ours = printed(&token(&["issue", "--client", "c"], &site.data()));
    assert_eq!(ask(&gateway.url, Some(&ours)).await.0, 401);
}
