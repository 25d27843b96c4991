//! Processes killed at random moments under writes: every change that was committed counts once, every other one not at all.
//!
//! Three rounds by default. `PASSERELLE_KILL_ROUNDS` says how many, `PASSERELLE_KILL_SEED` repeats those of a seed that was printed.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use fastrand::Rng;
use testkit::client::data;
use testkit::process::{Running, command};
use testkit::stack::{Database, Site};

/// Each in a commune of its own, so that a figure of a commune is that of one école.
const SCHOOLS: usize = 40;
/// With all schools they fill several transactions of an import.
const YEARS: std::ops::Range<i32> = 1990..2020;
/// A lease of a process that was killed, on busy cores.
const PATIENCE: Duration = Duration::from_mins(1);

fn year(begins: i32) -> String {
    format!("{begins}-{}", begins + 1)
}

/// The UAI of an école, with its letter: the remainder of its number by 23.
fn uai(school: usize) -> String {
    let number = 350_000 + school;
    let letter = b"ABCDEFGHJKLMNPRSTUVWXYZ"[number % 23];
    format!("{number:07}{}", char::from(letter))
}

#[expect(clippy::disallowed_methods, reason = "who runs the tests chooses")]
fn setting(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

fn import_directory(site: &Site) {
    let mut rows = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;\
        Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;date_maj_ligne;etat;code_nature\n"
        .to_owned();
    for school in 0..SCHOOLS {
        let (uai, commune) = (uai(school), 35_001 + school);
        writeln!(rows, "{uai};École;Ecole;Public;1 rue;35000;{commune};C{school};035;14;53;2019-01-01;OUVERT;151")
            .expect("a text");
    }
    let directory = site.folder().join("annuaire.csv");
    fs::write(&directory, rows).expect("written");
    site.run(&["import", "annuaire", &directory.display().to_string()]);
    let projects = site.folder().join("projects.csv");
    fs::write(&projects, "project;name;degrees\nent;ENT;FIRST\n").expect("written");
    site.run(&["import", "deployments", &projects.display().to_string()]);
}

/// Begins the import of a file in which every deployment is open or closed by chance.
fn begin_import(site: &Site, rng: &mut Rng) -> Child {
    let mut rows = "uai;project;school_year;status\n".to_owned();
    for (begins, school) in YEARS.flat_map(|begins| (0..SCHOOLS).map(move |school| (begins, school))) {
        let status = if rng.bool() { "OPEN" } else { "CLOSED" };
        writeln!(rows, "{};ent;{};{status}", uai(school), year(begins)).expect("a text");
    }
    let file = site.folder().join("deployments.csv");
    fs::write(&file, rows).expect("written");
    let (file, data) = (file.display().to_string(), site.data().display().to_string());
    command(["import", "deployments", &file, "--data", &data], &site.environment)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

/// What the directory says, and what the indicators say: for some years, which écoles have the ENT.
async fn both_sides(url: &str) -> (Vec<BTreeSet<String>>, Vec<BTreeSet<String>>) {
    let (mut directory, mut indicators) = (Vec::new(), Vec::new());
    for begins in [YEARS.start, YEARS.start + 14, YEARS.end - 1] {
        let year = year(begins);
        let answer = data(
            url,
            &format!(
                "{{ entProject(id: \"ent\") {{ establishments(schoolYear: \"{year}\", first: 100) {{ nodes {{ uai }} }} }} }}"
            ),
        )
        .await;
        let nodes = answer["entProject"]["establishments"]["nodes"].as_array().expect("a list").clone();
        directory.push(nodes.iter().filter_map(|node| Some(node["uai"].as_str()?.to_owned())).collect());

        let mut query = "{".to_owned();
        for school in 0..SCHOOLS {
            let commune = 35_001 + school;
            write!(
                query,
                " s{school}: territory(id: \"COM-{commune}\") {{ indicator(code: ENT_DEPLOYMENT, schoolYear: \"{year}\") {{ numerator denominator }} }}"
            )
            .expect("a text");
        }
        query.push('}');
        let answer = data(url, &query).await;
        let has = |school: &usize| {
            let figure = &answer[format!("s{school}")]["indicator"];
            assert_eq!(figure["denominator"], 1.0, "{answer:#}");
            figure["numerator"] == 1.0
        };
        indicators.push((0..SCHOOLS).filter(has).map(uai).collect());
    }
    (directory, indicators)
}

/// Waits until both sides say the same; what that is.
async fn become_one(url: &str) -> Vec<BTreeSet<String>> {
    let begun = Instant::now();
    loop {
        let (directory, indicators) = both_sides(url).await;
        if directory == indicators {
            return directory;
        }
        assert!(begun.elapsed() < PATIENCE, "directory {directory:?}\nindicators {indicators:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Imports and servers, killed and begun again.
#[expect(clippy::print_stdout, reason = "who wants to see a failure again needs the seed")]
async fn rounds(
    site: &Site,
    start: &(dyn Fn() -> Vec<(&'static str, Running)> + Sync),
) -> Vec<(&'static str, Running)> {
    let seed = setting("PASSERELLE_KILL_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("PASSERELLE_KILL_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    import_directory(site);
    let mut servers = start();
    for _ in 0..setting("PASSERELLE_KILL_ROUNDS").unwrap_or(3) {
        let mut import = begin_import(site, &mut rng);
        // The moments are the point of this test, and no wait for something.
        tokio::time::sleep(Duration::from_millis(rng.u64(20..1000))).await;
        if rng.bool() {
            for (_, server) in &mut servers {
                server.kill();
            }
            tokio::time::sleep(Duration::from_millis(rng.u64(0..500))).await;
        }
        if rng.u8(..4) > 0 {
            drop(import.kill());
        }
        import.wait().expect("it ends");
        servers.clear();
        servers = start();
    }
    servers
}

#[tokio::test]
async fn one_process_on_sqlite() {
    let site = Site::new(Database::Sqlite);
    let servers = rounds(&site, &|| vec![("serve", site.in_process(false))]).await;
    let url = servers[0].1.url.clone();
    let kept = become_one(&url).await;
    let told = site.run(&["projections", "rebuild", "activation"]);
    assert!(told.contains("events of establishments applied again"), "{told}");
    assert_eq!(both_sides(&url).await, (kept.clone(), kept));
}

async fn roles(site: Site) {
    let both = || ["establishments", "activation"].map(|name| (name, site.subgraph(name))).into();
    let servers = rounds(&site, &both).await;
    let gateway = site.gateway(servers.iter().map(|(name, server)| (*name, server)));
    let kept = become_one(&gateway.url).await;
    let dump = "SELECT * FROM activation.place_deployments ORDER BY uai, project_id, school_year";
    let (by_events, offset) = (site.psql(dump), site.psql("SELECT * FROM activation.inbox_offsets"));
    site.run(&["projections", "rebuild", "activation"]);
    assert_eq!(site.psql(dump), by_events, "the same, row by row");
    assert_eq!(site.psql("SELECT * FROM activation.inbox_offsets"), offset);
    assert_eq!(both_sides(&gateway.url).await, (kept.clone(), kept));
    let committed =
        site.psql("SELECT uai, project_id, school_year, status FROM establishments.deployments ORDER BY 1, 2, 3");
    let known =
        site.psql("SELECT uai, project_id, school_year, status FROM activation.place_deployments ORDER BY 1, 2, 3");
    assert_eq!(known, committed, "every change that was committed, and no other");
}

#[tokio::test]
async fn roles_on_postgresql() {
    roles(Site::new(Database::Postgres)).await;
}

#[tokio::test]
async fn roles_on_postgresql_over_redis() {
    roles(Site::new(Database::Postgres).with_redis()).await;
}

/// What the demonstration's people and productions come to, and what each service knows of the others.
const FILLED: [&str; 5] = [
    "SELECT COUNT(*), (SELECT COUNT(*) FROM users.identifiers), (SELECT COUNT(*) FROM users.affiliations) FROM users.people",
    "SELECT id, title, status, audience, cycles, unknown_level_pupils, crosses_degrees, last_version, published_at \
     FROM productions.productions ORDER BY id",
    "SELECT p.production_id, i.system, i.value, p.profile, p.role, p.uai, p.mefstat4 \
     FROM productions.participants p JOIN users.identifiers i ON i.person_id = p.person_id ORDER BY 1, 2, 3",
    "SELECT production_id, version, format, size, sha256 FROM productions.contents ORDER BY 1, 2, 3",
    "SELECT i.value, a.school_year, a.uai, a.profile, a.mefstat4 FROM productions.person_affiliations a \
     JOIN users.identifiers i ON i.person_id = a.person_id ORDER BY 1, 2, 3",
];
/// What productions know of people, and what people say.
const TOLD: [&str; 2] = [
    "SELECT person_id, school_year, uai, profile, mefstat4 FROM productions.person_affiliations ORDER BY 1, 2, 3, 4",
    "SELECT person_id, school_year, uai, profile, mefstat4 FROM users.affiliations ORDER BY 1, 2, 3, 4",
];

/// People and productions are written by the same use cases as everywhere: a first start that is killed again and again ends as one
/// that is not.
#[tokio::test]
async fn people_and_productions_of_a_first_start() {
    let whole = Site::new(Database::Postgres);
    assert!(whole.in_process(true).stop());
    let seed = setting("PASSERELLE_KILL_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("PASSERELLE_KILL_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let site = Site::new(Database::Postgres);
    let data = site.data().display().to_string();
    for _ in 0..setting("PASSERELLE_KILL_ROUNDS").unwrap_or(3) {
        // On a fast machine a start may come to its end before it is killed.
        if fs::read_to_string(site.data().join("demo.marker")).is_ok_and(|marker| marker.contains("complete")) {
            break;
        }
        let arguments = ["serve", "--demo", "--listen", "127.0.0.1:0", "--data", &data];
        let mut first =
            command(arguments, &site.environment).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
        // The directory is in: people and what they make are written from here on.
        let told = BufReader::new(first.stderr.take().expect("piped"));
        let targets = told.lines().map_while(Result::ok).any(|line| line.contains("targets.csv"));
        assert!(targets, "it fills the demonstration");
        tokio::time::sleep(Duration::from_millis(rng.u64(0..3000))).await;
        drop(first.kill());
        first.wait().expect("it ends");
    }
    assert!(site.in_process(true).stop());
    for statement in FILLED {
        let (found, wanted) = (site.psql(statement), whole.psql(statement));
        assert!(!wanted.is_empty() && found == wanted, "{statement}");
    }
    assert_eq!(site.psql(TOLD[0]), site.psql(TOLD[1]), "every change that was committed was told, and no other");
    let by_events = site.psql(TOLD[0]);
    for service in ["users", "productions"] {
        site.run(&["projections", "rebuild", service]);
    }
    assert_eq!(site.psql(TOLD[0]), by_events, "rebuilt, it is the same");
}
