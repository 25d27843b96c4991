//! TLS: who is trusted, and who is not.

use rstest::rstest;
use sdet::testing::{Slapd, authority};
use sdet::{Config, Directory, DirectoryError};

use crate::{people, refused};

#[rstest]
#[case::ldaps(true, "127.0.0.1")]
#[case::ldaps_by_name(true, "localhost")]
#[case::start_tls(false, "127.0.0.1")]
#[case::start_tls_by_name(false, "localhost")]
#[tokio::test]
async fn slapd_is_read_over_tls(#[case] ldaps: bool, #[case] host: &str) {
    let slapd = Slapd::start();
    let url = if ldaps { slapd.ldaps_url() } else { slapd.url() };
    let config = Config { url: url.replace("127.0.0.1", host), start_tls: !ldaps, ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    assert_eq!(people(&mut directory, None).await.len(), 3);
}

#[tokio::test]
async fn slapd_is_read_without_tls_only_by_wish() {
    let slapd = Slapd::start();
    let config = Config { url: slapd.url(), ca_file: None, ..slapd.config() };
    let told = refused(&config).await;
    assert!(matches!(&told, DirectoryError::Config(fault) if fault.starts_with("start_tls")), "{told}");
    let mut directory = Directory::connect(&Config { insecure: true, ..config }).await.unwrap();
    assert_eq!(people(&mut directory, None).await.len(), 3);
}

#[rstest]
#[case::ldaps(true)]
#[case::start_tls(false)]
#[tokio::test]
async fn slapd_of_another_authority_is_not_spoken_to(#[case] ldaps: bool) {
    let slapd = Slapd::start();
    let folder = tempfile::tempdir().unwrap();
    authority(folder.path());
    let url = if ldaps { slapd.ldaps_url() } else { slapd.url() };
    for ca_file in [None, Some(folder.path().join("ca.pem"))] {
        let config = Config { url: url.clone(), start_tls: !ldaps, ca_file, ..slapd.config() };
        let told = refused(&config).await;
        assert!(matches!(told, DirectoryError::Untrusted(_)) && told.to_string().contains("ca_file"), "{told}");
        assert!(!told.may_pass());
    }
}

#[tokio::test]
async fn slapd_with_a_certificate_for_another_name_or_day_is_not_spoken_to() {
    let elsewhere = Slapd::setup().names("DNS:directory.example").start();
    let told = refused(&elsewhere.config()).await;
    assert!(matches!(told, DirectoryError::WrongName(_)) && told.to_string().contains("subjectAltName"), "{told}");
    let old = Slapd::setup().expired().start();
    let told = refused(&old.config()).await;
    assert!(matches!(told, DirectoryError::Expired(_)), "{told}");
}

#[tokio::test]
async fn slapd_without_a_certificate_refuses_start_tls() {
    let slapd = Slapd::setup().without_tls().start();
    let told = refused(&Config { url: slapd.url(), start_tls: true, ..slapd.config() }).await;
    assert!(matches!(told, DirectoryError::StartTlsRefused { .. }), "{told}");
    let told = refused(&Config { url: slapd.url().replace("ldap:", "ldaps:"), ..slapd.config() }).await;
    assert!(matches!(told, DirectoryError::Tls { .. }), "{told}");
}
