//! What goes wrong with a real server, and how it is told.

use sdet::testing::{PEOPLE, READER_PASSWORD, Slapd};
use sdet::{Config, Directory, DirectoryError};

use crate::{all, people, refused};

#[tokio::test]
async fn slapd_refuses_a_wrong_password_and_nobody_tries_again() {
    let slapd = Slapd::start();
    let folder = tempfile::tempdir().unwrap();
    let password_file = folder.path().join("password");
    std::fs::write(&password_file, "s3cret").unwrap();
    for config in [
        Config { password_file, ..slapd.config() },
        Config { bind_dn: "cn=nobody,dc=ent,dc=fr".to_owned(), ..slapd.config() },
    ] {
        let told = refused(&config).await;
        assert!(matches!(told, DirectoryError::Credentials(_)) && !told.may_pass(), "{told}");
        let written = format!("{told} {told:?}");
        assert!(written.contains("bind_dn") && !written.contains("s3cret") && !written.contains(READER_PASSWORD));
    }
    let told = refused(&Config { bind_dn: "reader".to_owned(), ..slapd.config() }).await;
    assert!(matches!(told, DirectoryError::Answer { code: 34, .. }) && !told.may_pass(), "{told}");
}

#[tokio::test]
async fn slapd_without_the_base_says_so_by_its_key() {
    let slapd = Slapd::start();
    let nowhere = "ou=nowhere,dc=ent,dc=fr".to_owned();
    let config = Config { people_base: nowhere.clone(), structures_base: nowhere, ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    let told = all(&mut directory.people(None).unwrap()).await.expect_err("refused");
    assert!(matches!(told, DirectoryError::NoSuchBase { key: "people_base", .. }), "{told}");
    let mut directory = Directory::connect(&config).await.unwrap();
    let told = all(&mut directory.structures()).await.expect_err("refused");
    assert!(matches!(told, DirectoryError::NoSuchBase { key: "structures_base", .. }), "{told}");
}

#[tokio::test]
async fn slapd_shows_nothing_to_who_may_not_read() {
    let hidden = Slapd::setup().access(&format!("to dn.subtree={PEOPLE} by * none")).start();
    let mut directory = Directory::connect(&hidden.config()).await.unwrap();
    let told = all(&mut directory.people(None).unwrap()).await.expect_err("refused");
    assert!(matches!(told, DirectoryError::NoSuchBase { .. }) && told.to_string().contains("may not see it"), "{told}");
    let known = Slapd::setup().access(&format!("to dn.subtree={PEOPLE} by * disclose")).start();
    let mut directory = Directory::connect(&known.config()).await.unwrap();
    let told = all(&mut directory.people(None).unwrap()).await.expect_err("refused");
    assert!(matches!(told, DirectoryError::Rights { key: "people_base", .. }) && !told.may_pass(), "{told}");
}

#[tokio::test]
async fn slapd_that_dies_between_pages_is_told_after_what_was_read() {
    let mut slapd = Slapd::start();
    let config = Config { page_size: 1, ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    let mut cursor = directory.people(None).unwrap();
    assert!(cursor.next().await.unwrap().is_some());
    slapd.kill();
    let told = all(&mut cursor).await.expect_err("lost");
    assert!(matches!(told, DirectoryError::Lost { after: 1, .. }) && told.may_pass(), "{told}");
    let told = refused(&config).await;
    assert!(matches!(told, DirectoryError::Unreachable { .. }) && told.may_pass(), "{told}");
    slapd.start_again();
    let mut directory = Directory::connect(&config).await.unwrap();
    assert_eq!(people(&mut directory, None).await.len(), 3);
}
