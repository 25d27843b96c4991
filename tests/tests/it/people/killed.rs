//! `import aaf`, killed at random moments and run again, ends as one that was never interrupted.
//!
//! 2000 people and three kills of each import by default. `PASSERELLE_PEOPLE` and `PASSERELLE_KILLS` say how many,
//! `PASSERELLE_KILL_SEED` repeats the moments of a seed that was printed.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use aaf::Degree;
use aaf::generate::{Academy, generate};
use fastrand::Rng;
use testkit::process::command;
use testkit::stack::{Database, Site};

use super::rows::{count, rows};

/// Everything that an import writes, by what the feed calls people: their ids here are of chance.
const STATE: [(&str, &str); 9] = [
    (
        "people",
        "SELECT i.value || '|' || COALESCE(p.given_name, '') || '|' || COALESCE(p.family_name, '') || '|' || \
         COALESCE(CAST(p.birth_date AS TEXT), '') || '|' || CASE WHEN p.match_key IS NULL THEN '' ELSE 'key' END \
         FROM people p LEFT JOIN identifiers i ON i.person_id = p.person_id",
    ),
    (
        "identifiers",
        "SELECT system || '|' || value || '|' || source || '|' || CASE WHEN valid_to IS NULL THEN '' ELSE 'ended' END \
         FROM identifiers",
    ),
    (
        "affiliations",
        "SELECT i.value || '|' || a.school_year || '|' || a.uai || '|' || a.profile || '|' || a.source || '|' || \
         COALESCE(a.mefstat4, '') || '|' || CAST(a.classes AS TEXT) || '|' || CAST(a.groups AS TEXT) || '|' || \
         CASE WHEN a.ended_on IS NULL THEN '' ELSE 'ended' END \
         FROM affiliations a JOIN identifiers i ON i.person_id = a.person_id",
    ),
    (
        "ties",
        "SELECT i.value || '|' || t.source || '|' || t.system || '|' || t.value || '|' || COALESCE(t.relation, '') || '|' || \
         CAST(t.legal AS TEXT) FROM ties t JOIN identifiers i ON i.person_id = t.child_id",
    ),
    // Hashed under a secret of each installation.
    (
        "traits",
        "SELECT i.value || '|' || t.kind || '|' || t.source FROM traits t JOIN identifiers i ON i.person_id = t.person_id",
    ),
    (
        "feed records",
        "SELECT r.source || '|' || r.record_key || '|' || r.category || '|' || r.school_year || '|' || i.value \
         FROM feed_records r JOIN identifiers i ON i.person_id = r.person_id AND i.system = r.source",
    ),
    (
        "establishments",
        "SELECT source || '|' || structure_key || '|' || COALESCE(uai, '') || '|' || COALESCE(name, '') FROM feed_structures",
    ),
    ("levels", "SELECT source || '|' || code || '|' || mefstat4 FROM feed_levels"),
    (
        "merges",
        "SELECT i.value || '|' || o.value FROM redirects r JOIN identifiers i ON i.person_id = r.person_id \
         JOIN identifiers o ON o.person_id = r.canonical_id",
    ),
];

/// What the other service knows of people, and what people say: the same, once everything is delivered.
const TOLD: [&str; 2] = [
    "SELECT person_id, school_year, uai, profile, mefstat4 FROM productions.person_affiliations ORDER BY 1, 2, 3, 4",
    "SELECT DISTINCT person_id, school_year, uai, profile, mefstat4 FROM users.affiliations WHERE ended_on IS NULL \
     ORDER BY 1, 2, 3, 4",
];

#[expect(clippy::disallowed_methods, reason = "who runs the tests chooses")]
fn setting(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// A complete feed, and a later one of the same school year that lacks some of its people.
fn feeds(site: &Site) -> [Vec<PathBuf>; 2] {
    let people = usize::try_from(setting("PASSERELLE_PEOPLE").unwrap_or(2000)).expect("a size");
    [("2025-11-03", people), ("2025-11-10", people * 19 / 20)].map(|(date, people)| {
        let folder = site.folder().join(date);
        fs::create_dir(&folder).expect("a new folder");
        let structures = (people / 200).clamp(1, aaf::generate::MAX_STRUCTURES);
        let academy = Academy {
            academy: "04".to_owned(),
            degree: Degree::Second,
            structures,
            people,
            date: date.parse().expect("a date"),
            seed: 1,
            files_of: 10_000,
        };
        generate(&folder, &academy).expect("written")
    })
}

fn arguments(files: &[PathBuf]) -> Vec<String> {
    let files = files.iter().map(|file| file.display().to_string());
    ["import", "aaf", "--accept-removals", "all"].into_iter().map(str::to_owned).chain(files).collect()
}

fn import(site: &Site, files: &[PathBuf]) -> String {
    let arguments = arguments(files);
    site.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The sum of a count over all files of an import.
fn counted(told: &str, what: &str) -> u64 {
    let of_line = |line: &str| {
        let count = line.split(", ").find_map(|part| part.strip_suffix(what))?;
        count.trim().parse::<u64>().ok()
    };
    told.lines().filter_map(of_line).sum()
}

#[expect(clippy::print_stdout, reason = "who wants to see a failure again needs the seed")]
async fn ends_the_same(database: Database) {
    let seed = setting("PASSERELLE_KILL_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("PASSERELLE_KILL_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let (whole, site) = (Site::new(database), Site::new(database));
    let feeds = feeds(&whole);
    let mut interrupted = 0;
    for files in &feeds {
        let begun = Instant::now();
        import(&whole, files);
        let duration = u64::try_from(begun.elapsed().as_millis()).expect("a duration").max(1);
        for _ in 0..setting("PASSERELLE_KILLS").unwrap_or(3) {
            let mut child = command(arguments(files).into_iter().chain(site.flags()), &site.environment)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("starts");
            // The moments are the point of this test, and no wait for something. What was done before is done: the rest takes less.
            tokio::time::sleep(Duration::from_millis(rng.u64(0..=duration / 2))).await;
            drop(child.kill());
            interrupted += u64::from(!child.wait().expect("it ends").success());
        }
        println!("{interrupted} imports were interrupted until now; one takes {duration} ms");
        import(&site, files);
        for (what, statement) in STATE {
            let (found, wanted) = (rows(&site, statement).await, rows(&whole, statement).await);
            let differs = found.iter().zip(&wanted).find(|(found, wanted)| found != wanted);
            assert!(found == wanted, "{what}: {} rows where {} belong; {differs:?}", found.len(), wanted.len());
            assert!(what == "merges" || !wanted.is_empty(), "there are {what}");
        }
        if database == Database::Postgres {
            assert_eq!(
                site.psql(TOLD[0]),
                site.psql(TOLD[1]),
                "every change that was committed was told, and no other"
            );
        }
    }
    assert!(interrupted > 0, "no import ran long enough to be killed");
    assert!(count(&site, "affiliations WHERE ended_on IS NOT NULL").await > 0, "some have gone");
    // Once more: nobody is new, and nothing is otherwise.
    let again = import(&site, &feeds[1]);
    assert_eq!(
        (counted(&again, " added"), counted(&again, " changed"), counted(&again, " ended")),
        (0, 0, 0),
        "{again}"
    );
    assert_eq!(counted(&again, " unchanged"), count(&site, "feed_records").await, "{again}");
}

#[tokio::test]
async fn on_sqlite() {
    ends_the_same(Database::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql() {
    ends_the_same(Database::Postgres).await;
}
