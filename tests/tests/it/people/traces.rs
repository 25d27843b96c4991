//! Nobody leaves traces: what people are called is in no log, no trace, no metric, no error and no address, whatever becomes of
//! them.

mod planted;
mod visitor;

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;

use kernel::{Clock, SchoolYear};
use prost::Message;
use sdet::testing::{PEOPLE, READER, STRUCTURES, Slapd};
use serde_json::{Value, json};
use testkit::client::{ask_as, get};
use testkit::stack::{Database, Ended, Site};

use super::files::{COLLEGE, Record, directory, file, structure};
use crate::access::schema::Schema;
use crate::logins::provider::{LoginProvider, SECRET};
use crate::telemetry::collector::collector;
use planted::{BORN, INES, KEYS, WORD, around, found};
use visitor::Visitor;

/// The name of every operation that is asked for: a word that is told, so that a log without it was not written.
const OPERATION: &str = "QwvTold";

const MINE: &str = "query QwvTold { me { displayName identities { provider { id } } \
    children { id displayName affiliations { classes } guardians { displayName } } sessions { id createdAt lastSeenAt current } } }";
const EXPORT: &str = "mutation QwvTold($input: ExportMyDataInput!) { done: exportMyData(input: $input) { content } }";
const ERASE: &str = "mutation QwvTold($input: EraseUserInput!) { done: eraseUser(input: $input) { erased } }";
const AUTHORISE: &str = "mutation QwvTold($input: RecordAuthorisationInput!) \
    { done: recordAuthorisation(input: $input) { authorisation { id } } }";
const END: &str = "mutation QwvTold($input: EndSessionInput!) { done: endSession(input: $input) { ended } }";

/// Somewhere that people are told of, and a word that is there if it was looked at in earnest.
struct Place {
    name: String,
    bytes: Vec<u8>,
    holds: &'static str,
}

/// Everything that is to be looked at.
#[derive(Default)]
struct Places(Vec<Place>);

impl Places {
    fn add(&mut self, name: &str, bytes: impl Into<Vec<u8>>, holds: &'static str) {
        self.0.push(Place { name: name.to_owned(), bytes: bytes.into(), holds });
    }

    fn command(&mut self, name: &str, ended: Ended, status: i32, holds: &'static str) {
        assert_eq!(ended.status, Some(status), "{name}: {}{}", ended.out, ended.err);
        self.add(name, ended.out + &ended.err, holds);
    }

    /// The errors of an answer; there is one at least.
    fn errors(&mut self, name: &str, answer: &Value, code: &'static str) {
        self.add(name, answer["errors"].to_string(), code);
    }

    fn are_clean(&self) {
        for Place { name, bytes, holds } in &self.0 {
            assert!(String::from_utf8_lossy(bytes).contains(holds), "{name} does not hold {holds}");
            let found = found(bytes);
            let around = found.first().map(|first| around(bytes, first)).unwrap_or_default();
            assert!(found.is_empty(), "{name} holds {found:?}:\n{around}");
        }
    }
}

/// A port that nobody has at this moment: where browsers find the gateway must be known before it starts.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

fn users() -> Value {
    json!({
        "zzyx-parent": {
            "given_name": "Zzyxparent", "family_name": "ZZYXPLANTÉ", "email": "zzyx.parent@ent.example", "email_verified": true,
            "acr": "eidas1", "FrEduCtPersonAffiliation": "resp2d", "FrEduCtId": "zzyx-ec-1",
            "FrEduCtRefId": [format!("{{AAF}}04|330001|{}", KEYS[1])],
        },
        "zzyx-eleve": {
            "given_name": "Zzyxélève", "family_name": "ZZYXPLANTÉ", "acr": "eidas1", "FrEduCtPersonAffiliation": "eleve2d",
            "FrEduCtId": "zzyx-ec-2", "FrEduCtRefId": [format!("{{AAF}}04|330001|{}", KEYS[0])],
            "FrEduCtEleveINE": INES[0], "FrEduCtDateNaissance": BORN[1], "FrEduCtEleveUAI": COLLEGE, "FrEduCtEleveNiveau": "2111",
        },
    })
}

fn config(site: &Site, base: &str, provider: &LoginProvider, slapd: &Slapd, collector: &str) -> String {
    let secret = site.folder().join("client-secret");
    fs::write(&secret, SECRET).expect("written");
    format!(
        "public_url = {base:?}\n[telemetry]\nfilter = \"debug\"\n[telemetry.otlp]\nendpoint = {collector:?}\n\
         [gateway.metrics]\nlisten = \"127.0.0.1:0\"\n\
         [[users.providers]]\nid = \"guichet\"\nname = \"Guichet\"\nissuer = {:?}\nclient_id = \"passerelle-guichet\"\n\
         client_secret_file = {:?}\nscopes = [\"profile\", \"email\", \"educonnect\"]\npreset = \"educonnect\"\ntrust_mail = true\n\
         [[users.ldap]]\nname = \"ent\"\nurl = {:?}\nca_file = {:?}\nbind_dn = {READER:?}\npassword_file = {:?}\n\
         structures_base = {STRUCTURES:?}\npeople_base = {PEOPLE:?}\nlogin_system = \"ent:login\"\n",
        provider.issuer,
        secret.display().to_string(),
        slapd.ldaps_url(),
        slapd.ca().display().to_string(),
        slapd.password_file().display().to_string(),
    )
}

/// Pupils of the directory: one as they should be, and some of whom something cannot be used.
fn entries() -> String {
    let entry = |uid: &str, more: &str| {
        format!(
            "dn: uid={uid},{PEOPLE}\nobjectClass: ENTEleve\nuid: {uid}\ncn: Zzyx {uid}\nsn: Zzyxannuaire\ngivenName: Zzyx\n\
             ENTPersonLogin: {uid}.login\nENTPersonProfils: National_ELV\n\
             ENTPersonStructRattach: ENTStructureSIREN=19750001100012,{STRUCTURES}\n{more}\n"
        )
    };
    let key = |key: &str| format!("ENTPersonJointure: ZZYX${key}\n");
    [
        entry(
            "zzyxuid",
            &format!(
                "{}ENTEleveINE: {}\nENTPersonDateNaissance: {}\nmail: zzyx@ent.example\n",
                key("a"),
                INES[1],
                BORN[1]
            ),
        ),
        entry("zzyxbad", &format!("{}ENTEleveINE: zzyx\nENTPersonDateNaissance: zzyx\nmail: zzyx\n", key("b"))),
        entry("zzyxclass", &format!("{}ENTEleveClasses: zzyx\nENTElevePersRelEleve: zzyx\n", key("c"))),
        entry("zzyxtwo", &format!("{}{}", key("d"), key("e"))),
        entry(
            "zzyxlong",
            &format!(
                "{}ENTEleveGroupes: ENTStructureSIREN=19750001100012,{STRUCTURES}${}\n",
                key("f"),
                "zzyx".repeat(100)
            ),
        ),
    ]
    .concat()
}

/// The files of an académie: a family and a teacher, and records of which something or everything cannot be used.
fn files(site: &Site) -> [String; 4] {
    let at = site.folder();
    let person = |key, names: [&'static str; 2], more: Vec<(&'static str, &'static str)>| {
        let own = [("ENTPersonJointure", key), ("sn", names[0]), ("givenName", names[1])];
        Record(key, own.into_iter().chain(more).collect())
    };
    let long: &'static str = "Zzyxlong".repeat(64).leak();
    let tie: &'static str = format!("{}$10$1$1$1$1", KEYS[1]).leak();
    let pupils = [
        person(
            KEYS[0],
            ["ZZYXPLANTÉ", "Zzyxélève"],
            vec![
                ("ENTPersonDateNaissance", BORN[0]),
                ("ENTEleveINE", INES[0]),
                ("ENTPersonStructRattach", "9"),
                ("ENTEleveNiveau", "2111$6EME"),
                ("ENTElevePersRelEleve", tie),
                ("ENTEleveClasses", "9$6A"),
            ],
        ),
        person(
            KEYS[3],
            ["ZZYXFAUX", "Zzyxfaux"],
            vec![
                ("ENTPersonDateNaissance", "zzyx"),
                ("ENTEleveINE", "zzyx"),
                ("mail", "zzyx"),
                ("ENTEleveClasses", "zzyx"),
                ("ENTEleveNiveau", "zzyx"),
                ("ENTElevePersRelEleve", "zzyx"),
                ("ENTPersonStructRattach", "9"),
            ],
        ),
        person("771199041", [long, "Zzyx"], vec![("ENTPersonStructRattach", "9")]),
        person("771199044", ["ZZYXUN", "Zzyx"], vec![("ENTPersonStructRattach", "9")]),
        person("771199045", ["ZZYXDEUX", "Zzyx"], vec![("ENTPersonStructRattach", "9")]),
        Record("771199042", vec![("ENTPersonJointure", "771199043"), ("sn", "ZZYXDEUX")]),
    ];
    let guardian = person(KEYS[1], ["ZZYXPLANTÉ", "Zzyxparent"], vec![("mail", "zzyx.parent@ent.example")]);
    let teacher = person(
        KEYS[2],
        ["ZZYXPROF", "Zzyxprof"],
        vec![
            ("mail", "zzyx.prof@ac.example"),
            ("ENTPersonFonctions", "9$ENS$ENSEIGNEMENT$L0000$SANS OBJET"),
            ("ENTPersonFonctions", "zzyx"),
        ],
    );
    let of = |category: &str, records: &[Record<'_>]| {
        file(at, &format!("T_Complet_20251103_{category}_0000.xml"), "2D", category, records)
    };
    [
        of("EtabEducNat", &[structure("9", COLLEGE)]),
        of("PersRelEleve", &[guardian]),
        of("Eleve", &pupils),
        of("PersEducNat", &[teacher]),
    ]
}

/// An ENT that is open in the collège, whose vendor may read its users.
fn vendor(site: &Site, year: &str) -> String {
    for (name, rows) in [
        ("projects.csv", "project;name;degrees\nent;ENT;SECOND\n".to_owned()),
        ("deployments.csv", format!("uai;project;school_year;status\n{COLLEGE};ent;{year};OPEN\n")),
    ] {
        let path = site.folder().join(name);
        fs::write(&path, rows).expect("written");
        site.run(&["import", "deployments", &path.display().to_string()]);
    }
    site.token(&["issue", "--client", "ent", "--project", "ent", "--scope", "users:read"])
}

fn commands(site: &Site, slapd: &Slapd, places: &mut Places, year: &str) {
    let today = Clock::System.today().to_string();
    let files = files(site);
    let imported: Vec<&str> =
        ["import", "aaf", "--as-of", &today].into_iter().chain(files.iter().map(String::as_str)).collect();
    places.command("import aaf", site.ended(&imported), 2, "refused");
    places.command("import aaf again", site.ended(&imported), 2, "unchanged");
    // Half of the pupils are missing.
    let less = file(site.folder(), "T_Complet_20251103_Eleve_0000.xml", "2D", "Eleve", &[]);
    places.command(
        "import aaf of less",
        site.ended(&["import", "aaf", "--as-of", &today, &less]),
        2,
        "people are missing",
    );
    let text = fs::read_to_string(&files[3]).expect("written above");
    let delta = site.folder().join("T_Delta_20251104_PersEducNat_0000.xml");
    fs::write(&delta, text.replace("addRequest", "deleteRequest").replace(KEYS[2], KEYS[3])).expect("written");
    let told = site.ended(&["import", "aaf", "--as-of", &today, &delta.display().to_string()]);
    places.add("import aaf of a delta", told.out + &told.err, "rows read");

    slapd.add(&entries());
    let synced = site.ended(&["sync", "ldap", "--full"]);
    places.add("sync ldap", synced.out + &synced.err, "rows read");
    let synced = site.ended(&["sync", "ldap"]);
    places.add("sync ldap again", synced.out + &synced.err, "rows read");
    places.command("transition", site.ended(&["transition", "--school-year", year]), 0, "pupils");
    places.command("retention", site.ended(&["retention"]), 0, "erased");
    for what in ["add", "add", "remove"] {
        let told = site.ended(&["administrator", what, "--system", "oidc:guichet", "--value", "zzyx-nobody"]);
        places.command("administrator", told, 0, "administrator");
    }
    places.command("config check", site.ended(&["config", "check"]), 0, "guichet");
}

/// A guardian and a pupil log in, do what they may and what they may not, and log out; others do not get in.
async fn people_at_work(base: &str, provider: &LoginProvider, places: &mut Places) {
    let begin = format!("{base}/auth/login?provider=guichet&return_to=/explorer%3Fname%3DZzyxplant%25C3%25A9");
    let (mut parent, mut pupil) = (Visitor::new(base), Visitor::new(base));
    for (browser, user) in [(&mut parent, "zzyx-parent"), (&mut pupil, "zzyx-eleve")] {
        let page = browser.follow(&begin, user).await;
        assert!(page.url.as_str().starts_with(&format!("{base}/explorer")), "{}", page.url);
    }
    let mine = parent.ask(MINE, json!({})).await;
    let child = &mine["data"]["me"]["children"][0];
    assert_eq!(child["displayName"], "Zzyxélève ZZYXPLANTÉ", "{mine:#}");
    let session = &mine["data"]["me"]["sessions"][0];
    let fields = session.as_object().expect("a session");
    assert!(fields.values().all(|value| !value.is_null()), "{session}");
    let wanted: BTreeSet<String> = Schema::public().fields("Session").iter().map(|field| field.name.clone()).collect();
    assert_eq!(fields.keys().cloned().collect::<BTreeSet<_>>(), wanted, "all of a session was looked at");

    for_a_child(&mut parent, &child["id"], places).await;
    let nobody = json!({ "input": { "userId": "Zzyxplanté" } });
    places.errors("exporting nobody", &pupil.ask(EXPORT, nobody).await, "NOT_FOUND");
    places.errors("another's list", &pupil.ask("query QwvTold { clients { name } }", json!({})).await, "FORBIDDEN");
    let ended = parent.ask(END, json!({ "input": { "id": session["id"] } })).await;
    assert_eq!(ended["data"]["done"]["ended"], true, "{ended:#}");

    lost(base, &begin, &mut pupil, provider, places).await;
    for browser in [&parent, &pupil] {
        // Where somebody asked to be sent back to is theirs; the provider gets none of it.
        let sent: Vec<&String> = browser.sent_to.iter().filter(|to| !to.contains("/explorer")).collect();
        places.add("where browsers are sent", format!("{sent:?}"), "http");
    }
}

/// What a provider says of a failure, an answer to nothing, and a provider that is away.
async fn lost(base: &str, begin: &str, browser: &mut Visitor, provider: &LoginProvider, places: &mut Places) {
    let lost = ["guichet?error=zzyx&error_description=Zzyxplant%C3%A9&state=zzyx", "unknown?code=zzyx&state=zzyx"];
    for address in lost {
        let page = browser.follow(&format!("{base}/auth/callback/{address}"), "zzyx-eleve").await;
        assert!(page.status.is_client_error(), "{}", page.status);
        places.add("a page of a refusal", page.text, "html");
    }
    provider.control("fault?status=500").await;
    let page = Visitor::new(base).follow(begin, "zzyx-parent").await;
    assert!(!page.status.is_success(), "{}", page.status);
}

async fn for_a_child(parent: &mut Visitor, child: &Value, places: &mut Places) {
    let input = json!({ "input": { "userId": child } });
    let taken = parent.ask(EXPORT, input.clone()).await;
    let content = taken["data"]["done"]["content"].as_str().unwrap_or_else(|| panic!("{taken:#}"));
    for told in [INES[0], KEYS[0], BORN[1], "ZZYXPLANTÉ"] {
        assert!(content.contains(told), "{told} is the child's, and theirs to take away: {content}");
    }
    places.errors("erasing whom the collège has", &parent.ask(ERASE, input).await, "CONFLICT");
    let said = json!({ "input": { "purpose": "pour Zzyxplanté", "granted": true } });
    places.errors("authorising what is no purpose", &parent.ask(AUTHORISE, said).await, "BAD_USER_INPUT");
}

/// An application asks for people in every way that there is.
async fn applications_at_work(base: &str, vendor: &str, places: &mut Places) {
    let query = "query QwvTold($system: String!, $value: String!) { userByIdentifier(system: $system, value: $value) { displayName } }";
    for (value, name) in [(KEYS[0], json!("Zzyxélève ZZYXPLANTÉ")), ("zzyx-unknown", Value::Null)] {
        let variables = json!({ "system": "aaf2d:ACA-04", "value": value });
        let answer = ask_as(base, Some(vendor), query, variables.clone()).await;
        assert_eq!(
            answer["data"].pointer("/userByIdentifier/displayName").unwrap_or(&Value::Null),
            &name,
            "{answer:#}"
        );
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        // In an address too, by who knows no better.
        let address = reqwest::Url::parse_with_params(
            &format!("{base}/graphql"),
            [("query", query), ("variables", &variables.to_string())],
        );
        let request = reqwest::Client::new().get(address.expect("an address")).bearer_auth(vendor);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(
            answer["data"].pointer("/userByIdentifier/displayName").unwrap_or(&Value::Null),
            &name,
            "{answer:#}"
        );
    }
    let refused = ask_as(base, None, query, json!({ "system": "aaf2d:ACA-04", "value": KEYS[0] })).await;
    places.errors("a person for nobody", &refused, "UNAUTHENTICATED");
    // Errors may repeat what was sent to whoever sent it; logs may not.
    let text = "query QwvTold($value: Int!) { territories(level: ACADEMY, first: $value) { totalCount } }";
    let wrong = ask_as(base, Some(vendor), text, json!({ "value": "Zzyxplanté" })).await;
    assert!(wrong["errors"].is_array(), "{wrong:#}");
    let wrong = ask_as(base, Some(vendor), "{ user(name: \"Zzyxplanté\") { id } } # Zzyxplanté", json!({})).await;
    assert!(wrong["errors"].is_array(), "{wrong:#}");
}

/// What lies in the files of the databases: names of people with their service alone, INE and mails sealed.
fn databases(site: &Site) {
    let mut looked_at = 0;
    for entry in fs::read_dir(site.data()).expect("the data directory") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.contains(".sqlite") {
            continue;
        }
        let bytes = fs::read(&path).expect("readable");
        let found = found(&bytes);
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let sealed = INES.into_iter().chain(["zzyx.parent@", "zzyx.prof@", "zzyx@ent"]);
        let plain: Vec<&str> = sealed.filter(|value| text.contains(&value.to_ascii_lowercase())).collect();
        assert!(plain.is_empty(), "{name} holds {plain:?}");
        assert!(found.is_empty() || name.starts_with("users."), "{name} holds {found:?}");
        looked_at += u32::from(name == "users.sqlite" && found.contains(&WORD));
    }
    assert_eq!(looked_at, 1, "names lie where they belong");
}

// The processes are waited for on one thread while the collector answers on the other.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_who_is_imported_read_from_slapd_or_logs_in_by_openid() {
    let (collector, sent) = collector().await;
    let address = free_address();
    let base = format!("http://{address}");
    let slapd = Slapd::start();
    let site = Site::new(Database::Sqlite);
    let provider = LoginProvider::start(&base, &["guichet:basic:RS256"], &users());
    let config = config(&site, &base, &provider, &slapd, &collector);
    let site = site.configured(&config);
    let mut places = Places::default();
    let year = SchoolYear::of(Clock::System.today()).to_string();
    directory(&site);
    let vendor = vendor(&site, &year);
    commands(&site, &slapd, &mut places, &year);

    let subgraphs = ["establishments", "users", "productions", "activation"].map(|name| (name, site.subgraph(name)));
    let gateway = site.gateway_at(&address, subgraphs.iter().map(|(name, running)| (*name, running)));
    people_at_work(&base, &provider, &mut places).await;
    applications_at_work(&base, &vendor, &mut places).await;

    let log = gateway.log();
    let (_, after) = log.split_once("metrics are at ").expect("the address of metrics");
    let (_, metrics) = get(after.split_whitespace().next().expect("a word")).await;
    places.add("metrics", metrics, "passerelle_http_requests");
    let mut running = vec![("gateway", gateway)];
    running.extend(subgraphs);
    let logs = tokio::task::spawn_blocking(move || {
        let stopped = |(name, mut running): (&'static str, testkit::process::Running)| {
            assert!(running.stop(), "{name} ends well");
            (name, running.log())
        };
        running.into_iter().map(stopped).collect::<Vec<_>>()
    });
    for (name, log) in logs.await.expect("they are stopped") {
        let holds = if name == "gateway" { OPERATION } else { "DEBUG" };
        places.add(&format!("the log of {name}"), log, holds);
    }
    let spans: Vec<u8> = sent.lock().expect("no panic").iter().flat_map(Message::encode_to_vec).collect();
    places.add("traces", spans, OPERATION);
    places.are_clean();
    databases(&site);
}
