//! `sync ldap` against a real directory: read whole, then only what changed; and errors after which nothing is half taken in.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read};
use std::net::{Shutdown, TcpListener, TcpStream};

use sdet::testing::{READER, Slapd};
use testkit::stack::{Database, Ended, Site};

/// Entries of the large directory, beside those that every one has.
const MANY: u32 = 20_000;

/// An installation that reads this directory, with what is otherwise than usual.
fn site(slapd: &Slapd, otherwise: &[(&str, &str)]) -> Site {
    Site::new(Database::Sqlite).configured(&config(slapd, otherwise))
}

fn config(slapd: &Slapd, otherwise: &[(&str, &str)]) -> String {
    let usual = [
        ("name", "ent".to_owned()),
        ("url", slapd.ldaps_url()),
        ("ca_file", slapd.ca().display().to_string()),
        ("bind_dn", READER.to_owned()),
        ("password_file", slapd.password_file().display().to_string()),
        ("structures_base", "ou=structures,dc=ent,dc=fr".to_owned()),
        ("people_base", "ou=personnes,dc=ent,dc=fr".to_owned()),
        ("timeout", "10s".to_owned()),
    ];
    let mut config = "[[users.ldap]]\n".to_owned();
    for (key, value) in usual {
        let value = otherwise.iter().find(|(other, _)| *other == key).map_or(value, |(_, value)| (*value).to_owned());
        writeln!(config, "{key} = \"{value}\"").expect("a string takes text");
    }
    config
}

/// How many of something a report tells.
fn told(ended: &Ended, what: &str) -> u64 {
    let report = ended.out.lines().find(|line| line.contains("rows read")).unwrap_or_else(|| panic!("{ended:?}"));
    let counted = report.split([',', ':']).filter_map(|part| part.trim().split_once(' '));
    let mut counted = counted.filter(|(_, told)| *told == what);
    counted.next().map_or(0, |(count, _)| count.parse().expect("a number"))
}

fn sync(site: &Site, flags: &[&str]) -> Ended {
    site.ended(&[&["sync", "ldap"], flags].concat())
}

#[test]
fn a_large_directory_is_read_whole_and_then_only_what_changed_slapd() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("many.ldif");
    // They were written long ago: what is of the last minutes is read again, whatever became of it.
    let pupils = sdet::testing::pupils(0, MANY);
    fs::write(&file, pupils.replace("\ngivenName:", "\nmodifyTimestamp: 20250901000000Z\ngivenName:")).expect("a file");
    let slapd = Slapd::with(&file);
    let site = site(&slapd, &[]);
    let first = sync(&site, &[]);
    let (read, added) = (told(&first, "rows read"), told(&first, "added"));
    assert!(added >= u64::from(MANY) && read >= added, "{first:?}");
    slapd.modify("dn: uid=zmartin,ou=personnes,dc=ent,dc=fr\nchangetype: modify\nreplace: sn\nsn: Martin-Lopez\n");
    let changed = sync(&site, &[]);
    assert_eq!((told(&changed, "added"), told(&changed, "changed")), (0, 1), "{changed:?}");
    assert!(told(&changed, "rows read") < 100, "only what changed is read: {changed:?}");
    slapd.modify("dn: uid=zmartin,ou=personnes,dc=ent,dc=fr\nchangetype: delete\n");
    let gone = sync(&site, &["--full"]);
    assert_eq!((told(&gone, "ended"), told(&gone, "added"), told(&gone, "changed")), (1, 0, 0), "{gone:?}");
    assert_eq!(told(&gone, "unchanged"), added - 1, "{gone:?}");
}

#[test]
fn a_directory_that_goes_away_half_way_changes_nothing_slapd() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("some.ldif");
    fs::write(&file, sdet::testing::pupils(0, 3000)).expect("a file");
    let slapd = Slapd::with(&file);
    let address = slapd.ldaps_url().trim_start_matches("ldaps://").to_owned();
    let site = site(&slapd, &[("url", &format!("ldaps://127.0.0.1:{}", cut_off(address, 400_000)))]);
    let ended = sync(&site, &[]);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.err.contains("went away") || ended.err.contains("lost"), "{ended:?}");
    let whole = site.configured(&config(&slapd, &[]));
    let next = sync(&whole, &[]);
    assert!(told(&next, "added") >= 3000 && told(&next, "unchanged") == 0, "{next:?}");
}

/// A way to a server that ends after so many bytes of its answers; its port.
fn cut_off(server: String, bytes: u64) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, Ok(server)) = (client.expect("a client"), TcpStream::connect(&server)) else { return };
            let both = |stream: &TcpStream| stream.try_clone().expect("the same stream");
            let (mut asks, mut asked) = (both(&client), both(&server));
            std::thread::spawn(move || drop(io::copy(&mut asks, &mut asked)));
            let (from, to) = (both(&server), &mut both(&client));
            drop(io::copy(&mut from.take(bytes), to));
            drop(client.shutdown(Shutdown::Both));
            drop(server.shutdown(Shutdown::Both));
        }
    });
    port
}

#[test]
fn errors_are_clear_and_nothing_is_taken_in_slapd() {
    let mut slapd = Slapd::start();
    let folder = tempfile::tempdir().expect("a folder");
    sdet::testing::authority(folder.path());
    let other_ca = fs::read_dir(folder.path())
        .expect("a folder")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| {
            path.extension().is_some_and(|extension| extension == "pem") && path.to_string_lossy().contains("ca")
        })
        .expect("a certificate of another authority");
    let wrong = folder.path().join("password");
    fs::write(&wrong, "faux").expect("a file");
    for (key, value, expected) in [
        ("ca_file", other_ca.display().to_string(), "certificate"),
        ("password_file", wrong.display().to_string(), "password"),
        ("people_base", "ou=nulle-part,dc=ent,dc=fr".to_owned(), "base"),
        ("url", slapd.url(), "start_tls"),
    ] {
        let site = site(&slapd, &[(key, &value)]);
        let ended = sync(&site, &[]);
        assert_eq!(ended.status, Some(1), "{key}: {ended:?}");
        assert!(ended.err.to_lowercase().contains(expected), "{key}: {ended:?}");
        assert!(!ended.err.contains("faux") && !ended.err.contains("Martin"), "{key}: {ended:?}");
    }
    let site = site(&slapd, &[]);
    slapd.kill();
    let ended = sync(&site, &[]);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.err.contains("cannot be reached"), "{ended:?}");
}
