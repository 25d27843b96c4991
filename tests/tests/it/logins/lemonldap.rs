//! `LemonLDAP::NG`, the single sign-on of much of the French public sector, as an OpenID provider over a directory.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sdet::testing::{PEOPLE, READER, READER_PASSWORD, Slapd};
use serde_json::{Value, json};

use super::browser::{Browser, Page};

/// Letters and digits alone: it does not decode what a form would encode.
pub(super) const SECRET: &str = "unsecretpourlestests";
/// An address of this machine that no other server of these tests has: cookies are a host's, whatever the port.
const HOST: &str = "127.0.0.2";
/// How long it may take to start, and between two looks.
const LOOKS: usize = 150;
const LOOK: Duration = Duration::from_millis(200);

pub(super) struct Lemonldap {
    child: Child,
    folder: tempfile::TempDir,
    pub(super) issuer: String,
}

impl Lemonldap {
    /// Starts it over this directory for a relying party that is called back there.
    pub(super) async fn start(slapd: &Slapd, callback: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port =
            std::net::TcpListener::bind((HOST, 0)).and_then(|free| free.local_addr()).expect("a free port").port();
        let issuer = format!("http://{HOST}:{port}");
        prepare(folder.path(), &issuer, slapd, callback);
        let log = fs::File::create(folder.path().join("log")).expect("a file");
        let child = Command::new("starman")
            .args(["--listen", &format!("{HOST}:{port}"), "--workers", "2", "--env", "deployment"])
            .arg(folder.path().join("app.psgi"))
            .env("LLNG_DEFAULTCONFFILE", folder.path().join("lemonldap-ng.ini"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same file"))
            .stderr(log)
            .spawn()
            .expect("starman is installed, as scripts/test does");
        let this = Self { child, folder, issuer };
        this.answers().await;
        this
    }

    async fn answers(&self) {
        let discovery = format!("{}/.well-known/openid-configuration", self.issuer);
        for _ in 0..LOOKS {
            if reqwest::get(&discovery).await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("LemonLDAP::NG does not answer: {}", log.lines().take(20).collect::<Vec<_>>().join("\n"));
    }

    /// Somebody logs in there, typing name and password into its page, and comes back.
    pub(super) async fn log_in(browser: &mut Browser, base: &str, user: &str, password: &str) -> Page {
        let mut page = browser.follow(&format!("{base}/auth/login?provider=ent&return_to=/auth/")).await;
        for _ in 0..6 {
            if page.url.as_str().starts_with(base) {
                return page;
            }
            let (action, mut fields) = form(&page);
            for (name, value) in &mut fields {
                match name.as_str() {
                    "user" => user.clone_into(value),
                    "password" => password.clone_into(value),
                    _ => {}
                }
            }
            page = browser.post(&action, &fields).await;
            if let Some(next) = page.location() {
                page = browser.follow(next.as_str()).await;
            }
        }
        page
    }
}

impl Drop for Lemonldap {
    fn drop(&mut self) {
        // Asked to stop, its workers stop with it.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

/// Where a page's first form goes, and its fields.
fn form(page: &Page) -> (reqwest::Url, Vec<(String, String)>) {
    let html = page.text.split("<form").nth(1).unwrap_or_else(|| panic!("no form: {} {}", page.status, page.text));
    let html = html.split("</form>").next().expect("a first part");
    let (head, inner) = html.split_once('>').expect("a tag ends");
    let action = attribute(head, "action").unwrap_or_default();
    let inputs = inner.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let fields =
        inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())));
    (page.url.join(&action).expect("an address"), fields.collect())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
    let plain = [("&quot;", "\""), ("&#x2B;", "+"), ("&#43;", "+"), ("&#x3D;", "="), ("&amp;", "&")];
    Some(plain.iter().fold(value.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain)))
}

fn prepare(folder: &Path, issuer: &str, slapd: &Slapd, callback: &str) {
    for name in ["conf", "sessions/lock", "psessions/lock", "cache", "notif"] {
        fs::create_dir_all(folder.join(name)).expect("a folder");
    }
    openssl(folder, &["genrsa", "-out", "oidc.key", "2048"]);
    openssl(folder, &["rsa", "-in", "oidc.key", "-pubout", "-out", "oidc.pub"]);
    let at = folder.display();
    let ini = format!(
        "[all]\nlogLevel = warn\nlogger = Lemonldap::NG::Common::Logger::Std\nuserLogger = Lemonldap::NG::Common::Logger::Std\n\
         checkTime = 1\n[configuration]\ntype = File\ndirName = {at}/conf\nlocalStorage = Cache::FileCache\n\
         localStorageOptions = {{ 'namespace' => 'c', 'default_expires_in' => 600, 'directory_umask' => '007', \
         'cache_root' => '{at}/cache', 'cache_depth' => 3 }}\n[portal]\nstaticPrefix = /static\n\
         templateDir = /usr/share/lemonldap-ng/portal/templates\nlanguages = fr, en\n"
    );
    fs::write(folder.join("lemonldap-ng.ini"), ini).expect("a file");
    // It writes cookies for a domain, which a browser refuses of an address in numbers.
    let app = r"use Plack::Builder; use Plack::Util; use Lemonldap::NG::Portal::Main;
my $portal = Lemonldap::NG::Portal::Main->run({});
builder {
  enable sub { my $app = shift; sub { Plack::Util::response_cb($app->(shift), sub {
    my $headers = shift->[1];
    for (my $at = 0; $at < @$headers; $at += 2) {
      $headers->[$at + 1] =~ s/;\s*domain=[^;]*//i if lc $headers->[$at] eq 'set-cookie';
    }
  }) } };
  $portal;
};
";
    fs::write(folder.join("app.psgi"), app).expect("a file");
    let written = configuration(folder, issuer, slapd, callback).to_string();
    fs::write(folder.join("conf/lmConf-1.json"), written).expect("a file");
}

fn configuration(folder: &Path, issuer: &str, slapd: &Slapd, callback: &str) -> Value {
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("OpenSSL wrote it");
    let packaged = fs::read_to_string("/var/lib/lemonldap-ng/conf/lmConf-1.json").expect("LemonLDAP::NG is installed");
    let mut whole: Value = serde_json::from_str(&packaged).expect("its packaged configuration is JSON");
    let store = |name: &str| {
        json!({
            "Directory": folder.join(name), "LockDirectory": folder.join(name).join("lock"),
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        })
    };
    let filter = "(&(uid=$user)(objectClass=ENTPerson))";
    let of_directory = ["uid", "cn", "sn", "givenName", "mail", "ENTPersonProfils", "ENTPersonJointure"];
    let exported: Value =
        of_directory.iter().map(|name| ((*name).to_owned(), json!(name))).collect::<serde_json::Map<_, _>>().into();
    let ours = json!({
        "cfgNum": 1, "cfgAuthor": "tests", "portal": format!("{issuer}/"), "domain": HOST, "securedCookie": 0,
        "sameSite": "Lax", "https": 0, "key": "a-key-of-the-tests", "checkXSS": 0, "requireToken": 0,
        "authentication": "LDAP", "userDB": "Same", "passwordDB": "Null", "registerDB": "Null",
        "captcha_mail_enabled": 0, "captcha_register_enabled": 0, "captcha_login_enabled": 0, "portalDisplayRegister": 0,
        "ldapServer": slapd.url(), "ldapBase": PEOPLE, "managerDn": READER, "managerPassword": READER_PASSWORD,
        "AuthLDAPFilter": filter, "LDAPFilter": filter, "ldapExportedVars": exported, "exportedVars": {},
        "whatToTrace": "uid", "globalStorage": "Apache::Session::File", "globalStorageOptions": store("sessions"),
        "persistentStorage": "Apache::Session::File", "persistentStorageOptions": store("psessions"),
        "localSessionStorage": "Cache::FileCache",
        "localSessionStorageOptions": { "namespace": "s", "cache_root": folder.join("cache"), "cache_depth": 3,
            "default_expires_in": 600, "directory_umask": "007" },
        "notificationStorageOptions": { "dirName": folder.join("notif") },
        "locationRules": {}, "exportedHeaders": {}, "applicationList": {},
    });
    let as_provider = json!({
        "issuerDBOpenIDConnectActivation": 1, "oidcServiceMetaDataIssuer": issuer,
        "oidcServicePrivateKeySig": read("oidc.key"), "oidcServicePublicKeySig": read("oidc.pub"), "oidcServiceKeyIdSig": "k1",
        "oidcServiceAllowAuthorizationCodeFlow": 1,
        "oidcRPMetaDataOptions": { "ent": {
            "oidcRPMetaDataOptionsClientID": "web", "oidcRPMetaDataOptionsClientSecret": SECRET,
            "oidcRPMetaDataOptionsDisplayName": "Passerelle", "oidcRPMetaDataOptionsRedirectUris": callback,
            "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256", "oidcRPMetaDataOptionsBypassConsent": 1,
            "oidcRPMetaDataOptionsRequirePKCE": 1, "oidcRPMetaDataOptionsIDTokenForceClaims": 1,
            "oidcRPMetaDataOptionsUserIDAttr": "uid" } },
        "oidcRPMetaDataOptionsExtraClaims": { "ent": { "ent": "profile_ent ent_id" } },
        "oidcRPMetaDataExportedVars": { "ent": { "given_name": "givenName", "family_name": "sn", "email": "mail",
            "profile_ent": "ENTPersonProfils", "ent_id": "ENTPersonJointure" } },
    });
    let members = whole.as_object_mut().expect("an object");
    for ours in [ours, as_provider] {
        members.extend(ours.as_object().expect("an object").clone());
    }
    whole
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
