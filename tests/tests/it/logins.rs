//! People log in with what they have, and stay one person: real OpenID providers, a real directory, the whole product.

pub(crate) mod browser;
mod lemonldap;
pub(crate) mod provider;

use sdet::testing::{READER, Slapd};
use serde_json::{Value, json};
use testkit::process::Running;
use testkit::stack::{Database, Site};

use browser::Browser;
use lemonldap::Lemonldap;
use provider::LoginProvider;

/// An école of the first degree, and a collège: of the demonstration's number range, which no real school has.
const ECOLE: &str = "0337001B";
const COLLEGE: &str = "0750001A";

/// A teacher who has accounts at the académie's guichet and in their ENT.
const TEACHER: &str = "
dn: uid=alibenoit,ou=personnes,dc=ent,dc=fr
objectClass: ENTPerson
objectClass: ENTAuxEnseignant
uid: alibenoit
cn: Ali Benoit
sn: Benoit
givenName: Ali
mail: ali.benoit@ent.example
userPassword: mot-de-passe
ENTPersonJointure: AC-BORDEAUX$2001
ENTPersonLogin: ali.benoit
ENTPersonProfils: National_ENS
ENTPersonStructRattach: ENTStructureSIREN=19750001100012,ou=structures,dc=ent,dc=fr
ENTAuxEnsClasses: ENTStructureSIREN=19750001100012,ou=structures,dc=ent,dc=fr$6A
";

fn users() -> Value {
    let pupil = |given: &str, id: &str, ine: Option<&str>| {
        json!({
            "given_name": given, "family_name": "DARRIEUX-LOPEZ", "acr": "eidas1",
            "FrEduCtPersonAffiliation": "eleve2d", "FrEduCtId": id, "FrEduCtDateNaissance": "2015-02-28",
            "FrEduCtEleveUAI": COLLEGE, "FrEduCtEleveNiveau": "2111", "FrEduCtEleveINE": ine,
        })
    };
    json!({
        "prof": { "given_name": "Ali", "family_name": "BENOIT", "acr": "eidas2", "profile_ent": "National_ENS",
            "ent_id": "AC-BORDEAUX$2001", "uai": [COLLEGE] },
        "chef": { "given_name": "Ada", "family_name": "MINISTRE", "acr": "eidas2", "profile_ent": "National_ACA", "uai": [] },
        "noa": pupil("NOA", "5f0c0ffee1", Some("070000001AB")),
        "lou": pupil("LOU", "5f0c0ffee2", None),
    })
}

struct Town {
    site: Site,
    serve: Running,
    _guichet: LoginProvider,
    _lemonldap: Lemonldap,
    _slapd: Slapd,
}

impl Town {
    /// An installation whose people log in at a guichet, at EduConnect and in an ENT.
    async fn build() -> Self {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let base = format!("http://127.0.0.1:{port}");
        let slapd = Slapd::start();
        slapd.add(TEACHER);
        let lemonldap = Lemonldap::start(&slapd, &format!("{base}/auth/callback/ent")).await;
        let guichet = LoginProvider::start(&base, &["guichet:basic:RS256", "educonnect:basic:ES256"], &users());
        let site = Site::new(Database::Sqlite);
        let secret = |name: &str, value: &str| {
            let path = site.folder().join(name);
            std::fs::write(&path, value).expect("a file");
            path.display().to_string()
        };
        let (of_guichet, of_ent) = (secret("guichet", provider::SECRET), secret("ent", lemonldap::SECRET));
        let (issuer, ent) = (&guichet.issuer, &lemonldap.issuer);
        let (ldaps, ca, password) = (slapd.ldaps_url(), slapd.ca(), slapd.password_file());
        let (ca, password) = (ca.display(), password.display());
        let config = format!(
            r#"
public_url = "{base}"
[[users.providers]]
id = "guichet"
name = "Guichet de l'académie"
issuer = "{issuer}"
client_id = "passerelle-guichet"
client_secret_file = "{of_guichet}"
scopes = ["profile", "ent"]
acr_values = ["eidas2"]
establishments = "uai"
identifiers = [{{ claim = "ent_id", system = "sdet:ent" }}]
profile = {{ claim = "profile_ent", values = {{ National_ENS = "TEACHER", National_ACA = "ACADEMIC" }} }}
[[users.providers]]
id = "educonnect"
name = "EduConnect"
issuer = "{issuer}"
client_id = "passerelle-educonnect"
client_secret_file = "{of_guichet}"
scopes = ["profile", "educonnect"]
algorithms = ["ES256"]
preset = "educonnect"
[[users.providers]]
id = "ent"
name = "L'ENT"
issuer = "{ent}"
client_id = "web"
client_secret_file = "{of_ent}"
scopes = ["profile", "email", "ent"]
algorithms = ["RS256"]
identifiers = [{{ claim = "ent_id", system = "sdet:ent" }}]
[[users.ldap]]
name = "ent"
url = "{ldaps}"
ca_file = "{ca}"
bind_dn = "{READER}"
password_file = "{password}"
structures_base = "ou=structures,dc=ent,dc=fr"
people_base = "ou=personnes,dc=ent,dc=fr"
"#
        );
        let site = site.configured(&config);
        let serve = site.in_process_at(&format!("127.0.0.1:{port}"));
        Self { site, serve, _guichet: guichet, _lemonldap: lemonldap, _slapd: slapd }
    }

    /// Somebody logs in at the provider of `tests/openid`.
    async fn logged_in(&self, provider: &str, user: &str) -> Browser {
        let mut browser = Browser::new();
        let begun = browser.get(&format!("{}/auth/login?provider={provider}&return_to=/auth/", self.serve.url)).await;
        let to = begun.location().unwrap_or_else(|| panic!("{}: {}", begun.status, begun.text));
        let page = browser.follow(&format!("{to}&login_hint={user}")).await;
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/auth/"), "{}", page.text);
        browser
    }

    async fn ask(&self, browser: &mut Browser, query: &str) -> Value {
        browser.ask(&format!("{}/graphql", self.serve.url), query).await
    }
}

#[tokio::test]
async fn a_teacher_of_two_providers_and_a_directory_is_one_person_openid_slapd() {
    let town = Town::build().await;
    let mut at_guichet = town.logged_in("guichet", "prof").await;
    let before = town.ask(&mut at_guichet, "{ me { id displayName identities { provider { id } } } }").await;
    assert_eq!(before["data"]["me"]["displayName"], "Ali BENOIT", "{before}");
    let synced = town.site.run(&["sync", "ldap"]);
    assert!(synced.contains("changed"), "{synced}");
    let mut in_ent = Browser::new();
    let page = Lemonldap::log_in(&mut in_ent, &town.serve.url, "alibenoit", "mot-de-passe").await;
    assert_eq!((page.status.as_u16(), page.url.path()), (200, "/auth/"), "{}", page.text);
    let asked = "{ me { id identities { provider { id } } affiliations { profile classes establishment { uai } } \
                 sessions { current } merges { rule } } }";
    let after = town.ask(&mut in_ent, asked).await;
    assert_eq!(after["data"]["me"]["id"], before["data"]["me"]["id"], "{after}");
    assert_eq!(after["data"]["me"]["merges"], json!([]), "told by one name, they never were two");
    let providers = after["data"]["me"]["identities"].as_array().expect("a list").iter();
    let providers: Vec<&str> = providers.filter_map(|one| one["provider"]["id"].as_str()).collect();
    assert_eq!(providers, ["ent", "guichet"]);
    let told = after["data"]["me"]["affiliations"].as_array().expect("a list");
    assert!(told.iter().any(|one| one["classes"] == json!(["6A"])), "the directory told their class: {after}");
    assert_eq!(after["data"]["me"]["sessions"].as_array().map(Vec::len), Some(2));
    // Whoever ends a session on another device is rid of it there.
    let sessions = town.ask(&mut in_ent, "{ me { sessions { id current } } }").await;
    let other =
        sessions["data"]["me"]["sessions"].as_array().expect("a list").iter().find(|one| one["current"] == false);
    let other = other.expect("the other").clone();
    let end = format!("mutation {{ endSession(input: {{ id: {} }}) {{ ended }} }}", other["id"]);
    assert_eq!(town.ask(&mut in_ent, &end).await["data"]["endSession"]["ended"], true);
    assert_eq!(town.ask(&mut at_guichet, "{ me { id } }").await["data"]["me"], Value::Null);
    let again = town.site.run(&["sync", "ldap"]);
    assert!(again.contains("unchanged") || again.contains(" 0 rows read"), "{again}");
    assert!(!again.contains(" added"), "{again}");
}

#[tokio::test]
async fn a_pupil_is_one_from_ecole_to_college_and_two_without_evidence_openid_slapd() {
    let town = Town::build().await;
    let pupil = |key: &str, given: &str, ine: &str| {
        format!(
            "<addRequest><operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr>\
             </operationalAttributes><identifier><id>{key}</id></identifier><attributes>\
             <attr name=\"ENTPersonJointure\"><value>{key}</value></attr>\
             <attr name=\"ENTPersonNom\"><value>Darrieux</value></attr>\
             <attr name=\"ENTPersonPrenom\"><value>{given}</value></attr>\
             <attr name=\"ENTPersonDateNaissance\"><value>28/02/2015</value></attr>{ine}\
             <attr name=\"ENTPersonStructRattach\"><value>1</value></attr>\
             <attr name=\"ENTPersonClasses\"><value>1$CM2 de Mme Abadie</value></attr>\
             <attr name=\"ENTEleveNiveau\"><value>1125$COURS MOYEN 2E ANNEE</value></attr></attributes></addRequest>"
        )
    };
    let ine = "<attr name=\"ENTEleveINE\"><value>070000001AB</value></attr>";
    let file = |category: &str, records: &str| {
        let path = town.site.folder().join(format!("ENT_Complet_20251015_{category}_0000.xml"));
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ficAlimMENESR>\n<!-- codeAcademieExport=\"04\" degre=\"1D\" -->\n\
             {records}\n</ficAlimMENESR>\n"
        );
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let ecole = format!(
        "<addRequest><operationalAttributes><attr name=\"categorieStructure\"><value>EtabEducNat</value></attr>\
         </operationalAttributes><identifier><id>1</id></identifier><attributes>\
         <attr name=\"ENTStructureJointure\"><value>1</value></attr>\
         <attr name=\"ENTStructureUAI\"><value>{ECOLE}</value></attr></attributes></addRequest>"
    );
    let structures = file("EtabEducNat", &ecole);
    let pupils = file("Eleve", &(pupil("11", "Noa", ine) + &pupil("12", "Lou", "")));
    let told = town.site.run(&["import", "aaf", &structures, &pupils]);
    assert!(told.contains("2 added"), "{told}");

    let asked = "{ me { affiliations { schoolYear level { name } } merges { rule } } }";
    let mut noa = town.logged_in("educonnect", "noa").await;
    let me = town.ask(&mut noa, asked).await;
    let levels: Vec<_> = me["data"]["me"]["affiliations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["level"]["name"].clone())
        .collect();
    assert_eq!(levels, ["6e", "CM2"], "{me}");
    assert_eq!(me["data"]["me"]["merges"], json!([{ "rule": "INE_BIRTH_DATE_NAMES" }]));

    let mut lou = town.logged_in("educonnect", "lou").await;
    let me = town.ask(&mut lou, asked).await;
    assert_eq!(me["data"]["me"]["affiliations"].as_array().map(Vec::len), Some(1), "{me}");

    // Somebody looks at both and decides.
    town.site.run(&["administrator", "add", "--system", "oidc:guichet", "--value", "chef"]);
    let mut chef = town.logged_in("guichet", "chef").await;
    let proposals =
        "{ mergeProposals { edges { node { id rule older { name birthDate systems } newer { name birthDate } } } } }";
    let found = town.ask(&mut chef, proposals).await;
    let edges = found["data"]["mergeProposals"]["edges"].as_array().unwrap_or_else(|| panic!("{found}"));
    assert_eq!(edges.len(), 1, "{found}");
    let node = &edges[0]["node"];
    assert_eq!((&node["rule"], &node["older"]["name"]), (&json!("BIRTH_DATE_NAMES"), &json!("Lou Darrieux")), "{node}");
    assert!(town.ask(&mut lou, proposals).await["errors"][0]["extensions"]["code"] == "FORBIDDEN");
    let decide =
        format!("mutation {{ decideMergeProposal(input: {{ id: {}, accept: true }}) {{ merged }} }}", node["id"]);
    assert_eq!(town.ask(&mut chef, &decide).await["data"]["decideMergeProposal"]["merged"], true);
    let me = town.ask(&mut lou, asked).await;
    assert_eq!(me["data"]["me"]["affiliations"].as_array().map(Vec::len), Some(2), "{me}");
}
