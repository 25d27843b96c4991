//! What time does to people, and who administers them: `transition`, `retention`, `administrator`; and the sections of the
//! configuration that all of it reads.

use kernel::{Clock, SchoolYear};
use testkit::stack::{Database, Site};

use super::files::{COLLEGE, ECOLE, Record, directory, file, structure};
use super::rows::count;

/// A pupil of CM2 whom the collège has told, another whom it has not, and one of CM1.
fn from_ecole_to_college(site: &Site) {
    directory(site);
    let at = site.folder();
    let pupil = |key, name, ine, level| {
        let names = [("ENTPersonJointure", key), ("ENTPersonNom", name), ("ENTPersonPrenom", "Zoé")];
        let more = [
            ("ENTPersonDateNaissance", "05/03/2014"),
            ("ENTEleveINE", ine),
            ("ENTPersonStructRattach", "9"),
            ("ENTEleveNiveau", level),
        ];
        Record(key, names.into_iter().chain(more).collect())
    };
    let of =
        |name: &str, degree: &str, category: &str, records: &[Record<'_>]| file(at, name, degree, category, records);
    let ecole = [
        of("E_Complet_20250110_EtabEducNat_0000.xml", "1D", "EtabEducNat", &[structure("9", ECOLE)]),
        of(
            "E_Complet_20250110_Eleve_0000.xml",
            "1D",
            "Eleve",
            &[
                pupil("1", "PREMIER", "111111111AA", "1125$CM2"),
                pupil("2", "SECOND", "222222222BB", "1125$CM2"),
                pupil("3", "TIERS", "333333333CC", "1124$CM1"),
            ],
        ),
    ];
    let sixth = Record(
        "7001",
        vec![
            ("ENTPersonJointure", "7001"),
            ("sn", "PREMIER"),
            ("givenName", "Zoé"),
            ("ENTPersonDateNaissance", "05/03/2014"),
            ("ENTEleveINE", "111111111AA"),
            ("ENTPersonStructRattach", "9"),
            ("ENTEleveNiveau", "2111$6EME"),
        ],
    );
    let college = [
        of("C_Complet_20250910_EtabEducNat_0000.xml", "2D", "EtabEducNat", &[structure("9", COLLEGE)]),
        of("C_Complet_20250910_Eleve_0000.xml", "2D", "Eleve", &[sixth]),
    ];
    for files in [ecole, college] {
        site.run(&["import", "aaf", &files[0], &files[1]]);
    }
}

async fn years_pass(database: Database) {
    let site = Site::new(database);
    from_ecole_to_college(&site);
    let line = "2025-2026: 2 pupils were in CM2 the year before, 1 of them are known now, 1 are missing; ";
    let ended = site.ended(&["transition", "--school-year", "2025-2026", "--dry-run"]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.starts_with(line) && ended.out.ends_with("dry run: nothing was kept\n"), "{}", ended.out);
    let ended = site.ended(&["transition", "--school-year", "2025-2026"]);
    // They were taken for one when the collège told.
    assert_eq!(ended.out, format!("{line}0 people merged, 0 proposed for merging\n"), "{}", ended.err);
    assert_eq!(ended.status, Some(0));
    assert_eq!([count(&site, "people").await, count(&site, "merges").await], [4, 1]);
    let ended = site.ended(&["transition", "--school-year", "2025"]);
    assert!(ended.status == Some(1) && ended.err.contains("a school year is written like"), "{}", ended.err);
}

#[tokio::test]
async fn years_pass_on_sqlite() {
    years_pass(Database::Sqlite).await;
}

#[tokio::test]
async fn years_pass_on_postgresql() {
    years_pass(Database::Postgres).await;
}

#[tokio::test]
async fn who_has_left_is_noticed_and_then_erased() {
    // On the first day after the holidays.
    let site = Site::new(Database::Postgres).configured("[users.retention]\ngrace_days = 0\nnotice_days = 1\n");
    let at = site.folder();
    directory(&site);
    let names = ["1", "2"].map(|key| {
        Record(
            key,
            vec![("ENTPersonJointure", key), ("sn", "NOM"), ("givenName", "Zoé"), ("ENTPersonStructRattach", "9")],
        )
    });
    let places = file(at, "T_Complet_20181103_EtabEducNat_0000.xml", "2D", "EtabEducNat", &[structure("9", COLLEGE)]);
    let pupils = file(at, "T_Complet_20181103_Eleve_0000.xml", "2D", "Eleve", &names);
    site.run(&["import", "aaf", &places, &pupils]);
    let today = Clock::System.today();
    // In August nobody is missed yet.
    let noticed = if today >= SchoolYear::of(today).rentree() { 2 } else { 0 };
    let told = format!("{noticed} people have left and are noticed, 0 came back, 0 were erased\n");
    let ended = site.ended(&["retention", "--dry-run"]);
    assert_eq!((ended.status, ended.out), (Some(0), format!("{told}dry run: nothing was kept\n")), "{}", ended.err);
    assert_eq!([count(&site, "departures").await, count(&site, "people").await], [0, 2]);
    let ended = site.ended(&["retention"]);
    assert_eq!((ended.status, ended.out), (Some(0), told), "{}", ended.err);
    assert_eq!([count(&site, "departures").await, count(&site, "people").await], [noticed, 2], "not before the day");
    site.psql("UPDATE users.departures SET erase_on = CURRENT_DATE");
    let ended = site.ended(&["retention"]);
    let told = format!("0 people have left and are noticed, 0 came back, {noticed} were erased\n");
    assert_eq!((ended.status, ended.out), (Some(0), told), "{}", ended.err);
    assert_eq!([count(&site, "people").await, count(&site, "erasures").await], [2 - noticed, noticed]);

    // Whoever was noticed and comes back stays.
    site.run(&["import", "aaf", &places, &pupils]);
    site.psql("INSERT INTO users.departures SELECT person_id, CURRENT_DATE - 92, CURRENT_DATE FROM users.people");
    let now = SchoolYear::of(today);
    let back = site.psql(&format!(
        "UPDATE users.affiliations SET school_year = '{now}' WHERE person_id = \
         (SELECT person_id FROM users.identifiers WHERE value = '1') RETURNING 1"
    ));
    assert_eq!(back.trim(), "1");
    let ended = site.ended(&["retention"]);
    assert_eq!(ended.out, "0 people have left and are noticed, 1 came back, 1 were erased\n", "{}", ended.err);
    assert_eq!(site.psql("SELECT value FROM users.identifiers").trim(), "1");
}

#[tokio::test]
async fn administrators_are_named_on_the_machine() {
    let site = Site::new(Database::Sqlite);
    let say = |what: &str, value: &str| {
        let ended = site.ended(&["administrator", what, "--system", "oidc:guichet", "--value", value]);
        (ended.status, ended.out, ended.err)
    };
    for (what, told) in [
        ("add", "an administrator from now on\n"),
        ("add", "an administrator already\n"),
        ("remove", "no administrator any more\n"),
        ("remove", "no administrator before\n"),
    ] {
        assert_eq!(say(what, "agent-1"), (Some(0), told.to_owned(), String::new()));
    }
    let (status, out, err) = say("add", " ");
    assert!(status == Some(1) && out.is_empty() && err.contains("--system and --value: write neither empty"), "{err}");
    assert_eq!(count(&site, "administrators").await, 0);
}

#[test]
fn the_sections_of_people_are_checked_and_show_no_secret() {
    let site = Site::new(Database::Sqlite);
    let secret = site.folder().join("secret");
    std::fs::write(&secret, "tres-secret").expect("written");
    let secret = secret.display();
    let provider = format!(
        "[[users.providers]]\nid = \"guichet\"\nname = \"Guichet\"\nissuer = \"https://guichet.example\"\nclient_id = \"passerelle\"\n\
         client_secret_file = \"{secret}\"\n"
    );
    let ldap = format!(
        "[[users.ldap]]\nname = \"ent\"\nurl = \"ldaps://ldap.example:636\"\nbind_dn = \"cn=lecture\"\npassword_file = \"{secret}\"\n\
         structures_base = \"ou=structures\"\npeople_base = \"ou=personnes\"\n"
    );
    let public = "public_url = \"https://api.example\"\n";
    let good = format!("{public}{provider}{ldap}[users.feeds]\nmax_removed_share = 0.5\n");
    let checked = Site::new(Database::Sqlite).configured(&good).ended(&["config", "check"]);
    assert_eq!(checked.status, Some(0), "{}", checked.err);
    for shown in
        ["https://guichet.example", "ldaps://ldap.example:636", "\"max_removed_share\": 0.5", "\"notice_days\": 92"]
    {
        assert!(checked.out.contains(shown), "{shown}: {}", checked.out);
    }
    assert!(!checked.out.contains("tres-secret"), "{}", checked.out);

    for (text, told) in [
        (format!("{public}{}", provider.replace("https://", "https://u:tres-secret@")), "providers (guichet): issuer"),
        (format!("{public}{}", provider.replace("https://g", "http://g")), "providers (guichet): issuer"),
        (format!("{public}{provider}{provider}"), "providers: guichet stands there twice"),
        (format!("{public}{}", provider.replace("client_id", "client_idd")), "did you mean"),
        (ldap.replace("ldaps://", "ldaps://u:tres-secret@"), "users.ldap"),
        (ldap.replace("ldaps://", "ldap://"), "users.ldap: "),
        (format!("{ldap}{ldap}"), "users.ldap"),
        ("[users.feeds]\nmax_removed_share = 20\n".to_owned(), "users.feeds.max_removed_share: a share from 0 to 1"),
        ("[users.retention]\ngrace_days = 400\n".to_owned(), "users.retention: grace_days up to 300"),
        ("[users.sessions]\nstore = \"redis\"\n".to_owned(), "users.sessions.store is redis, and redis.url is empty"),
        ("[users.sessions]\ncookie = \"__Host-other\"\n".to_owned(), "users.sessions.cookie: write __Host-passerelle"),
        ("[users.sessions]\ncookie = \"__Host-passer\"\n".to_owned(), "write the same name"),
    ] {
        let checked = Site::new(Database::Sqlite).configured(&text).ended(&["config", "check"]);
        assert_eq!(checked.status, Some(1), "{text}{}", checked.out);
        assert!(checked.err.contains(told), "{told}: {}", checked.err);
        assert!(!(checked.out + &checked.err).contains("tres-secret"), "{told}");
    }
}

#[test]
fn directories_are_asked_for_by_name() {
    let ended = Site::new(Database::Sqlite).ended(&["sync", "ldap"]);
    assert!(ended.status == Some(1) && ended.err.contains("no directory is configured"), "{}", ended.err);
    let site = Site::new(Database::Sqlite);
    let secret = site.folder().join("secret");
    std::fs::write(&secret, "tres-secret").expect("written");
    let site = site.configured(&format!(
        "[[users.ldap]]\nname = \"ent\"\nurl = \"ldap://127.0.0.1:1\"\ninsecure = true\nbind_dn = \"cn=lecture\"\n\
         password_file = \"{}\"\nstructures_base = \"ou=structures\"\npeople_base = \"ou=personnes\"\n",
        secret.display()
    ));
    let ended = site.ended(&["sync", "ldap", "--name", "other"]);
    assert!(
        ended.status == Some(1) && ended.err.contains("no directory is called so; there are: ent"),
        "{}",
        ended.err
    );
    let ended = site.ended(&["sync", "ldap"]);
    let lines: Vec<&str> = ended.err.lines().filter(|line| line.starts_with("passerelle: ent: ")).collect();
    assert_eq!((ended.status, lines.len()), (Some(1), 1), "nobody listens there: {}", ended.err);
    assert!(!ended.err.contains("tres-secret"), "{}", ended.err);
}
