//! A wire that is cut, and servers that say nothing or nonsense.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rstest::rstest;
use sdet::testing::{Slapd, pupils};
use sdet::{Config, Directory, DirectoryError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::{all, refused};

/// What becomes of a wire.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Closed,
    /// It stays open, and nothing comes any more.
    Silent,
}

/// Passes on what comes, and from the server no more than so many bytes.
async fn wire(bytes: u64, server: String, end: End) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let passing = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut server = TcpStream::connect(server).await.expect("the server listens");
        let (mut from_client, mut to_client) = client.split();
        let (from_server, mut to_server) = server.split();
        let mut from_server = from_server.take(bytes);
        tokio::select! {
            _ = copy(&mut from_client, &mut to_server) => {}
            _ = copy(&mut from_server, &mut to_client) => {}
        }
        if end == End::Silent {
            std::future::pending::<()>().await;
        }
    });
    (address, passing)
}

fn through(address: SocketAddr, slapd: &Slapd, timeout: Duration) -> Config {
    let url = format!("ldap://{address}");
    Config { url, insecure: true, ca_file: None, page_size: 50, timeout, ..slapd.config() }
}

/// Accepts connections, counts them, and gives each this one answer.
async fn server(answer: &'static [u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let accepted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&accepted);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let mut asked = [0; 512];
            if !answer.is_empty() && connection.read(&mut asked).await.is_ok() {
                connection.write_all(answer).await.expect("the client reads");
            }
            open.push(connection);
        }
    });
    (address, accepted)
}

#[rstest]
#[case::while_binding(5, None)]
#[case::within_the_first_page(2_000, Some(0))]
#[case::within_a_later_page(60_000, Some(100))]
#[tokio::test]
async fn slapd_whose_wire_is_cut_is_told_and_does_not_hang(#[case] bytes: u64, #[case] at_least: Option<u64>) {
    let slapd = Slapd::start();
    slapd.add(&pupils(0, 500));
    let host = slapd.url().replace("ldap://", "");
    let (address, _wire) = wire(bytes, host, End::Closed).await;
    let config = through(address, &slapd, Duration::from_mins(5));
    let Some(at_least) = at_least else {
        let told = refused(&config).await;
        assert!(matches!(told, DirectoryError::Lost { after: 0, .. }), "{told}");
        return;
    };
    let mut directory = Directory::connect(&config).await.unwrap();
    let mut cursor = directory.people(None).unwrap();
    let mut given = 0;
    let told = loop {
        match cursor.next().await {
            Ok(entry) => given += u64::from(entry.expect("the wire is cut before the end").is_ok()),
            Err(error) => break error,
        }
    };
    assert!(matches!(told, DirectoryError::Lost { after, .. } if after == given) && told.may_pass(), "{told}");
    assert!(given >= at_least && given < 503, "{given}");
    assert!(cursor.next().await.unwrap().is_none(), "it has ended");
    let told = all(&mut directory.keys()).await.expect_err("the connection is gone");
    assert!(matches!(told, DirectoryError::Lost { after: 0, .. }), "{told}");
}

#[tokio::test]
async fn slapd_whose_wire_falls_silent_is_waited_for_no_longer_than_it_may_take() {
    let slapd = Slapd::start();
    slapd.add(&pupils(0, 500));
    let (address, _wire) = wire(60_000, slapd.url().replace("ldap://", ""), End::Silent).await;
    let mut directory = Directory::connect(&through(address, &slapd, Duration::from_secs(2))).await.unwrap();
    let told = all(&mut directory.people(None).unwrap()).await.expect_err("silent");
    assert!(matches!(told, DirectoryError::TimedOut { .. }) && told.may_pass(), "{told}");
}

#[rstest]
#[case::ldaps("ldaps", false, false)]
#[case::start_tls("ldap", true, false)]
#[case::plain("ldap", false, true)]
#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_is_waited_for_no_longer_than_it_may_take(
    #[case] scheme: &str,
    #[case] start_tls: bool,
    #[case] insecure: bool,
) {
    let (address, _) = server(b"").await;
    let timeout = Duration::from_millis(200);
    let config = config(&format!("{scheme}://{address}"), start_tls, insecure, timeout);
    let told = refused(&config.0).await;
    assert!(matches!(told, DirectoryError::TimedOut { limit, .. } if limit == timeout) && told.may_pass(), "{told}");
}

// The beginning of a message that would be longer.
#[rstest]
#[case::http(b"HTTP/1.1 400 Bad Request\r\n\r\n", "TimedOut")]
// A message whose number is text, on which the LDAP client panics.
#[case::no_number(b"\x30\x0c\x04\x01\x61\x61\x07\x0a\x01\x00\x04\x00\x04\x00", "Lost")]
// An answer without a result in it, on which it panics too.
#[case::no_result(b"\x30\x05\x02\x01\x01\x61\x00", "NotLdap")]
#[tokio::test]
async fn a_server_that_talks_nonsense_takes_nobody_along(#[case] answer: &'static [u8], #[case] expected: &str) {
    for start_tls in [false, true] {
        let (address, _) = server(answer).await;
        let config = config(&format!("ldap://{address}"), start_tls, !start_tls, Duration::from_millis(500));
        let told = refused(&config.0).await;
        assert!(format!("{told:?}").starts_with(expected), "{told:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_once() {
    // invalidCredentials to the first message: a second try, on this connection or another, would be seen.
    let (address, accepted) = server(b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00").await;
    let config = config(&format!("ldap://{address}"), false, true, Duration::from_secs(10));
    let told = refused(&config.0).await;
    assert!(matches!(told, DirectoryError::Credentials(_)), "{told:?}");
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

fn config(url: &str, start_tls: bool, insecure: bool, timeout: Duration) -> (Config, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let password_file = folder.path().join("password");
    std::fs::write(&password_file, "x").expect("the folder takes a file");
    let config = Config {
        name: "ent".to_owned(),
        url: url.to_owned(),
        start_tls,
        insecure,
        bind_dn: "cn=x,dc=ent,dc=fr".to_owned(),
        password_file,
        structures_base: "dc=fr".to_owned(),
        people_base: "dc=fr".to_owned(),
        timeout,
        ..Config::default()
    };
    (config, folder)
}
