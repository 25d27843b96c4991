//! The command line: what it prints, what it refuses, how it ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use testkit::client::{data, get};
use testkit::process::{Running, command, run};
use testkit::stack::{Database, Site};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_second_start_of_the_demonstration_imports_nothing() {
    let site = Site::new(Database::Sqlite);
    let mut first = site.in_process(true);
    assert!(first.log().contains("filling the demonstration's data"));
    assert_eq!(get(&format!("{}/livez", first.url)).await.0, 200);
    assert_eq!(get(&format!("{}/readyz", first.url)).await.0, 200);
    assert!(first.stop());
    let second = site.in_process(true);
    assert!(!second.log().contains("filling"), "{}", second.log());
    // Without --demo the same data are served by the same rules.
    drop(second);
    let third = site.in_process(false);
    let answer = data(&third.url, r#"{ territory(id: "ACA-04") { establishments { totalCount } } }"#).await;
    assert!(answer["territory"]["establishments"]["totalCount"].as_i64().is_some_and(|count| count > 3000));
}

#[tokio::test]
async fn a_demonstration_that_was_cut_off_is_filled_again() {
    let site = Site::new(Database::Sqlite);
    fs::create_dir_all(site.data()).expect("a folder");
    fs::write(site.data().join("demo.marker"), "the demonstration's data is being imported\n").expect("written");
    let serve = site.in_process(true);
    assert!(serve.log().contains("filling"));
    let answer =
        data(&serve.url, r#"{ establishments(filter: { territory: "ACA-11", kinds: [COLLEGE] }) { totalCount } }"#)
            .await;
    assert_eq!(answer["establishments"]["totalCount"], 202);
}

/// As the first process of a container, it would be ended by no signal that it does not hear.
#[test]
fn a_demonstration_that_is_told_to_stop_while_it_fills_ends_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data").display().to_string();
    let mut filling = command(["serve", "--demo", "--listen", "127.0.0.1:0", "--data", &data], &[])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(filling.stderr.take().expect("it is piped")).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("filling")));
    let told = Command::new("kill").arg(filling.id().to_string()).status();
    assert!(told.is_ok_and(|told| told.success()));
    assert!(lines.any(|line| line.contains("stopped before anything was served")));
    assert!(filling.wait().expect("it ends").success());
}

#[test]
fn the_demonstration_fills_only_an_empty_directory() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("precious.txt"), "mine").expect("written");
    let ended = run(["serve", "--demo", "--data", &folder.path().display().to_string()], &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("holds something else"), "{}", text(&ended.stderr));
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
}

#[tokio::test]
async fn the_demonstration_fills_only_an_empty_database() {
    let site = Site::new(Database::Postgres);
    drop(site.in_process(true));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let ended = run(
        ["serve", "--demo", "--listen", "127.0.0.1:0", "--data", &elsewhere.path().display().to_string()],
        &site.environment,
    );
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("--demo fills an empty database"), "{}", text(&ended.stderr));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let site = Site::new(Database::Sqlite);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let ended = run(["serve", "--listen", &address, "--data", &site.data().display().to_string()], &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains(&format!("cannot listen on {address}")), "{}", text(&ended.stderr));
}

fn config(content: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), content).expect("written");
    file
}

fn check(file: &Path, environment: &[(String, String)]) -> (Option<i32>, String) {
    let ended = run(["config", "check", "--config", &file.display().to_string()], environment);
    (ended.status.code(), text(&ended.stdout) + &text(&ended.stderr))
}

#[test]
fn configuration_has_layers_and_knows_its_keys() {
    let file =
        config("[gateway]\nlisten = \"127.0.0.1:1\"\nmax_depth = 7\n[database]\nurl = \"postgres://u:secret@h/d\"\n");
    let environment = [("PASSERELLE__GATEWAY__LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
    let (status, printed) = check(file.path(), &environment);
    assert_eq!(status, Some(0), "{printed}");
    assert!(printed.contains("127.0.0.1:2") && printed.contains("\"max_depth\": 7"), "{printed}");
    assert!(!printed.contains("secret"), "{printed}");

    let (status, printed) = check(config("[gateway]\nmax_dept = 7\n").path(), &[]);
    assert_eq!(status, Some(1));
    assert!(printed.contains("unknown key `gateway.max_dept`; did you mean `gateway.max_depth`?"), "{printed}");
    let environment = [("PASSERELLE__DATABSE__URL".to_owned(), "sqlite".to_owned())];
    let (status, printed) = check(config("").path(), &environment);
    assert!(status == Some(1) && printed.contains("did you mean `database`?"), "{printed}");
    let (status, printed) = check(config("[database]\nurl = \"mysql://h\"\n").path(), &[]);
    assert!(status == Some(1) && printed.contains("database.url"), "{printed}");
    let (status, printed) = check(Path::new("/nowhere.toml"), &[]);
    assert!(status == Some(1) && printed.contains("/nowhere.toml"), "{printed}");
}

#[test]
fn the_gateways_sections_are_checked() {
    let known = "[gateway]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n[gateway.budget]\nenabled = true\nknown.per_minute = 700\n\
        [gateway.budget.clients.portail]\nper_minute = 5\nburst = 3\n[gateway.persisted]\nmax_age = \"2h\"\n";
    let (status, printed) = check(config(known).path(), &[]);
    assert_eq!(status, Some(0), "{printed}");
    assert!(printed.contains("\"::1/128\"") && printed.contains("\"per_minute\": 700"), "{printed}");
    for (file, told) in [
        (
            "[gateway.budget]\nenabled = true\nstore = \"redis\"\n",
            "a store of the gateway is redis, and redis.url is empty",
        ),
        ("[gateway]\ntrusted_proxies = [\"10.0.0.0/99\"]\n", "\"10.0.0.0/99\" is no network"),
        ("[gateway.budget]\nknown.per_minute = 0\n", "gateway.budget.known.per_minute: 1 to 60000000"),
        ("[gateway.budget.clients.portail]\nper_minute = 5\n", "burst"),
        ("[gateway.cost]\nmax = 0\n", "gateway.cost.max: 0 lets no operation through"),
        ("[gateway.limits]\nmax_alias = 3\n", "did you mean `gateway.limits.max_aliases`?"),
        ("[gateway.documents]\nonly = true\n", "without gateway.documents.manifest nothing would be run"),
    ] {
        let (status, printed) = check(config(file).path(), &[]);
        assert!(status == Some(1) && printed.contains(told), "{printed}");
    }
}

#[test]
fn the_address_of_redis_is_checked_and_never_shown() {
    let file = config("[redis]\nurl = \"rediss://passerelle:secret@redis:6379/0\"\nprefix = \"recette\"\n");
    let (status, printed) = check(file.path(), &[]);
    assert!(
        status == Some(0) && printed.contains("\"prefix\": \"recette\"") && !printed.contains("secret"),
        "{printed}"
    );
    let secret = config("http://redis:secret@h\n");
    let named = [("PASSERELLE__REDIS__URL_FILE".to_owned(), secret.path().display().to_string())];
    for (file, environment, told) in [
        ("[redis]\nurl = \"http://u:secret@h\"\n", &[][..], "redis.url: write redis://"),
        ("", &named[..], "redis.url_file: write redis://"),
        ("[redis]\nurl = \"redis://u:secret@h:port\"\n", &[], "redis.url"),
        ("[redis]\nprefix = \"a b\"\n", &[], "redis.prefix"),
    ] {
        let (status, printed) = check(config(file).path(), environment);
        assert!(status == Some(1) && printed.contains(told) && !printed.contains("secret"), "{printed}");
    }
}

#[test]
fn schemas_are_printed_and_are_those_of_the_code() {
    let ended = run(["schema", "check"], &[]);
    assert!(ended.status.success(), "{}", text(&ended.stderr));
    let public = text(&run(["schema", "print"], &[]).stdout);
    assert!(public.contains("type Establishment") && !public.contains("join__"), "{public}");
    assert!(text(&run(["schema", "print", "activation"], &[]).stdout).contains("federation/v2.9"));
}

#[tokio::test]
async fn a_gateway_over_somebody_elses_graph_makes_no_key_and_minds_no_authorization() {
    let site = Site::new(Database::Sqlite);
    let supergraph = site.folder().join("supergraph.graphql");
    fs::write(&supergraph, run(["schema", "print", "supergraph"], &[]).stdout).expect("written");
    let arguments = ["gateway", "--supergraph", &supergraph.display().to_string(), "--listen", "127.0.0.1:0"];
    let data = ("PASSERELLE__STORAGE__DATA".to_owned(), site.data().display().to_string());
    let gateway = Running::start(arguments, &[data], site.folder());
    assert!(!site.data().exists(), "no data directory and no key is made");
    let client = reqwest::Client::new();
    let request = client
        .post(format!("{}/graphql", gateway.url))
        .header("authorization", "Bearer whatever")
        .body(r#"{"query":"{ __typename }"}"#);
    let answer = request.header("content-type", "application/json").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.expect("a text"), r#"{"data":{"__typename":"Query"}}"#);
}

#[test]
fn a_supergraph_that_cannot_be_served_is_refused_in_one_sentence() {
    let file = config("type Query { hello: String }\n");
    let ended = run(["gateway", "--supergraph", &file.path().display().to_string(), "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("links no join specification"), "{}", text(&ended.stderr));
}

#[test]
fn an_address_for_a_subgraph_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    for (wrong, told) in [("activatoin=http://127.0.0.1:1", "\"activatoin\""), ("activation=nonsense", "\"nonsense\"")]
    {
        let ended = run(["gateway", "--subgraph", wrong, "--listen", "127.0.0.1:0", "--data", &data], &[]);
        assert_eq!(ended.status.code(), Some(1));
        assert!(text(&ended.stderr).contains(told), "{}", text(&ended.stderr));
    }
}
