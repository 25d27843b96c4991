//! Everything, what has changed, and who is there.

use chrono::{DateTime, Utc};
use sdet::testing::{PEOPLE, Slapd, pupils};
use sdet::{Config, Directory};

use crate::{all, people};

#[tokio::test]
async fn slapd_gives_twenty_thousand_people_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pupils.ldif");
    std::fs::write(&file, pupils(0, 20_000)).unwrap();
    let slapd = Slapd::with(&file);
    let mut directory = Directory::connect(&slapd.config()).await.unwrap();
    assert_eq!(people(&mut directory, None).await.len(), 20_003);
    let keys = all(&mut directory.keys()).await.unwrap();
    let mut keys: Vec<_> = keys.into_iter().map(|key| key.unwrap()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 20_003);
    assert!(keys.iter().all(|key| key.entry_uuid.is_some()));
}

#[tokio::test]
async fn slapd_is_read_from_where_the_reading_before_began() {
    let slapd = Slapd::start();
    let mut directory = Directory::connect(&slapd.config()).await.unwrap();
    let mut cursor = directory.people(None).unwrap();
    let entries = all(&mut cursor).await.unwrap();
    let newest = entries.iter().filter_map(|entry| entry.as_ref().unwrap().modified.clone()).max().unwrap();
    let began = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let since = cursor.next_since(began("2999-01-01T00:00:00Z")).expect("entries were seen");
    assert!(since < newest, "{since} overlaps with {newest}");
    assert_eq!(cursor.next_since(began("2020-01-01T00:00:00Z")).as_deref(), Some("20191231235500Z"));
    assert_eq!(people(&mut directory, Some(&since)).await.len(), 3);

    let future = "29990101000000Z";
    let mut cursor = directory.people(Some(future)).unwrap();
    assert_eq!(all(&mut cursor).await.unwrap().len(), 0);
    assert_eq!(cursor.next_since(began("2026-01-01T00:00:00Z")).as_deref(), Some(future), "nothing was seen");
}

#[tokio::test]
async fn slapd_tells_what_changed_after_a_moment_and_who_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.ldif");
    // Entries of another day: slapadd takes the operational attributes as they are.
    let old = pupils(0, 3).replace("\n\n", "\nmodifyTimestamp: 20250101120000Z\n\n");
    std::fs::write(&file, old).unwrap();
    let slapd = Slapd::with(&file);
    let mut directory = Directory::connect(&slapd.config()).await.unwrap();
    let old = |keys: Vec<String>| keys.into_iter().filter(|key| key.contains("$E")).collect::<Vec<_>>();
    let (before, at, after) = ("20250101115959Z", "20250101120000Z", "20250101120001Z");
    assert_eq!(old(people(&mut directory, Some(before)).await).len(), 3);
    assert_eq!(old(people(&mut directory, Some(at)).await).len(), 3, "the moment itself belongs to it");
    assert_eq!(old(people(&mut directory, Some(after)).await), Vec::<String>::new());

    slapd.modify(&format!(
        "dn: uid=e1,{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: Autre\n\ndn: uid=e2,{PEOPLE}\nchangetype: delete\n"
    ));
    assert_eq!(old(people(&mut directory, Some(after)).await), ["AC-PARIS$E1"]);
    let keys = all(&mut directory.keys()).await.unwrap();
    let keys = old(keys.into_iter().map(|key| key.unwrap().key).collect());
    assert_eq!(keys.len(), 2, "who has gone is told by who is there");
    assert!(!keys.contains(&"AC-PARIS$E2".to_owned()));
}

#[tokio::test]
async fn slapd_keeps_the_name_of_an_entry_that_is_renamed() {
    let slapd = Slapd::start();
    slapd.add(&pupils(7, 1));
    let mut directory = Directory::connect(&slapd.config()).await.unwrap();
    let named = async |directory: &mut Directory| {
        let keys = all(&mut directory.keys()).await.unwrap();
        keys.into_iter().map(|key| key.unwrap()).find(|key| key.key == "AC-PARIS$E7").unwrap()
    };
    let before = named(&mut directory).await;
    slapd.modify(&format!("dn: uid=e7,{PEOPLE}\nchangetype: modrdn\nnewrdn: uid=e7bis\ndeleteoldrdn: 1\n"));
    assert_eq!(named(&mut directory).await, before);
}

#[tokio::test]
async fn slapd_begins_again_after_a_reading_that_was_left() {
    let slapd = Slapd::start();
    let mut directory = Directory::connect(&Config { page_size: 1, ..slapd.config() }).await.unwrap();
    let mut cursor = directory.people(None).unwrap();
    assert!(cursor.next().await.unwrap().is_some());
    // A call that is dropped before its page is there, having begun.
    tokio::select! {
        biased;
        _ = cursor.next() => panic!("a page takes longer than nothing"),
        () = std::future::ready(()) => {}
    }
    assert!(cursor.next().await.unwrap().is_some(), "that was not the end");
    drop(cursor);
    let mut directory = Directory::connect(&Config { page_size: 2, ..slapd.config() }).await.unwrap();
    assert!(directory.people(None).unwrap().next().await.unwrap().is_some());
    assert_eq!(people(&mut directory, None).await.len(), 3);
}
