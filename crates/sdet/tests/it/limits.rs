//! What the server and the configuration let through.

use sdet::testing::{READER, Slapd, pupils};
use sdet::{Config, Directory, DirectoryError};

use crate::{all, people};

#[tokio::test]
async fn slapd_that_gives_five_hundred_a_search_is_read_in_pages() {
    let slapd = Slapd::start();
    slapd.add(&pupils(0, 600));
    for page_size in [1_000, 100, 599] {
        let mut directory = Directory::connect(&Config { page_size, ..slapd.config() }).await.unwrap();
        assert_eq!(people(&mut directory, None).await.len(), 603, "{page_size}");
    }
}

#[tokio::test]
async fn slapd_that_limits_pages_too_is_told_so() {
    for limits in [
        "size.soft=500 size.hard=500 size.pr=5000 size.prtotal=500",
        "size.soft=50 size.hard=50 size.pr=50 size.prtotal=unlimited",
        "size.soft=500 size.hard=500 size.prtotal=disabled",
    ] {
        let slapd = Slapd::setup().limits(limits).start();
        slapd.add(&pupils(0, 600));
        let mut directory = Directory::connect(&Config { page_size: 100, ..slapd.config() }).await.unwrap();
        let told = all(&mut directory.people(None).unwrap()).await.expect_err(limits);
        assert!(matches!(told, DirectoryError::SizeLimit(_)) && !told.may_pass(), "{limits}: {told:?}");
        assert!(told.to_string().contains("size.prtotal") && told.to_string().contains("page_size"), "{told}");
    }
}

#[tokio::test]
async fn slapd_with_more_entries_than_are_wanted_is_not_read_to_its_end() {
    let slapd = Slapd::start();
    let config = Config { max_entries: 2, page_size: 1, ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    let mut cursor = directory.people(None).unwrap();
    let told = all(&mut cursor).await.expect_err("refused");
    assert!(matches!(told, DirectoryError::TooMany { limit: 2, key: "people_base", .. }), "{told}");
    assert!(cursor.next().await.unwrap().is_none(), "it has ended");
    let mut directory = Directory::connect(&Config { max_entries: 3, ..config }).await.unwrap();
    assert_eq!(people(&mut directory, None).await.len(), 3);
}

#[tokio::test]
async fn slapd_is_not_asked_for_what_is_no_moment() {
    let slapd = Slapd::start();
    let mut directory = Directory::connect(&slapd.config()).await.unwrap();
    for since in ["", "*", "20200101000000Z)(uid=*", "20200101000000Z)(|(objectClass=*)", READER, "0\0"] {
        let told = directory.people(Some(since)).expect_err(since);
        assert!(matches!(told, DirectoryError::Moment), "{told}");
    }
    assert_eq!(people(&mut directory, Some("20200101000000+0200")).await.len(), 3, "and is usable still");
}
