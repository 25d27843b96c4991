//! `passerelle import aaf`: what it prints, how it ends, and what is then kept.

use std::fs;
use std::path::{Path, PathBuf};

use aaf::Degree;
use aaf::generate::{Academy, generate, uais};
use testkit::stack::{Database, Ended, Site};

use super::files::{COLLEGE, Record, directory, file, structure};
use super::rows::{count, rows};

const PEOPLE: &str = "people";
const HERE: &str = "affiliations WHERE ended_on IS NULL";

fn academy(people: usize) -> Academy {
    Academy {
        academy: "04".to_owned(),
        degree: Degree::Second,
        structures: 2,
        people,
        date: "2025-11-03".parse().expect("a date"),
        seed: 1,
        files_of: 50,
    }
}

fn import<P: AsRef<Path>>(site: &Site, files: &[P], more: &[&str]) -> Ended {
    let files: Vec<String> = files.iter().map(|file| file.as_ref().display().to_string()).collect();
    let files = files.iter().map(String::as_str);
    site.ended(&["import", "aaf"].into_iter().chain(files).chain(more.iter().copied()).collect::<Vec<_>>())
}

/// What the reports say was done, all files together.
fn counted(ended: &Ended, what: &str) -> u64 {
    let counts = ended.out.lines().flat_map(|line| line.split(", "));
    counts.filter_map(|part| part.strip_suffix(what)?.trim().parse::<u64>().ok()).sum()
}

fn folder(site: &Site, name: &str) -> PathBuf {
    let folder = site.folder().join(name);
    fs::create_dir(&folder).expect("a new folder");
    folder
}

async fn comes_in_stays_and_goes(database: Database) {
    let site = Site::new(database);
    comes_in(&site).await;
    goes(&site).await;
}

async fn comes_in(site: &Site) {
    let whole = generate(&folder(site, "whole"), &academy(400)).expect("written");
    assert!(whole.len() > 8, "several files of each kind");

    let ended = import(site, &whole, &["--dry-run"]);
    assert_eq!((ended.status, counted(&ended, " added")), (Some(0), 400), "{}{}", ended.out, ended.err);
    assert!(ended.out.ends_with("dry run: nothing was kept\n"), "{}", ended.out);
    assert_eq!((count(site, PEOPLE).await, count(site, "feed_structures").await), (0, 0));

    let ended = import(site, &whole, &[]);
    assert_eq!((ended.status, counted(&ended, " added")), (Some(0), 400), "{}{}", ended.out, ended.err);
    assert_eq!((counted(&ended, " establishments"), counted(&ended, " levels")), (2, 8), "{}", ended.out);
    assert_eq!(ended.out.lines().count(), whole.len(), "a line for each file: {}", ended.out);
    // The directory is empty: it is told once for each establishment.
    for uai in uais(&academy(400)) {
        let told = format!("the directory holds no establishment {uai}");
        assert_eq!(ended.err.matches(&told).count(), 1, "{}", ended.err);
    }
    assert_eq!(count(site, PEOPLE).await, 400);

    // Files are read in the order in which they need each other, whatever the order on the command line.
    let backwards: Vec<&PathBuf> = whole.iter().rev().collect();
    let ended = import(site, &backwards, &[]);
    assert_eq!((ended.status, counted(&ended, " unchanged")), (Some(0), 400), "{}{}", ended.out, ended.err);
    assert_eq!(counted(&ended, " added") + counted(&ended, " changed"), 0, "{}", ended.out);
}

async fn goes(site: &Site) {
    let here = count(site, HERE).await;
    let cut = generate(&folder(site, "cut"), &academy(200)).expect("written");
    let ended = import(site, &cut, &[]);
    assert_eq!(ended.status, Some(2), "it asks: {}{}", ended.out, ended.err);
    for (category, missing) in [("Eleve", 90), ("PersEducNat", 20), ("PersRelEleve", 90)] {
        let told = format!("{category}: {missing} people are missing in what should be complete, and nobody was ended");
        assert!(ended.err.contains(&told), "{told}: {}", ended.err);
    }
    assert!(ended.err.contains("--accept-removals UAI (or all)"), "{}", ended.err);
    assert_eq!((count(site, HERE).await, count(site, "feed_records").await), (here, 400), "nobody was ended");
    let of_one = uais(&academy(200)).next().expect("one");
    let ended = import(site, &cut, &["--accept-removals", &of_one, "--dry-run"]);
    assert_eq!(ended.status, Some(2), "of one establishment alone: {}", ended.err);
    let ended = import(site, &cut, &["--accept-removals", "all"]);
    assert_eq!((ended.status, counted(&ended, " ended")), (Some(0), 200), "{}{}", ended.out, ended.err);
    assert_eq!(count(site, PEOPLE).await, 400, "they stay, as who was there");
    assert_eq!(count(site, "feed_records").await, 200);
    assert!(count(site, HERE).await < here);
}

#[tokio::test]
async fn on_sqlite() {
    comes_in_stays_and_goes(Database::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql() {
    comes_in_stays_and_goes(Database::Postgres).await;
}

#[tokio::test]
async fn a_record_that_cannot_be_used_is_refused_and_the_others_are_taken() {
    let site = Site::new(Database::Sqlite);
    directory(&site);
    let at = site.folder();
    let places = file(at, "T_Complet_20251103_EtabEducNat_0000.xml", "2D", "EtabEducNat", &[structure("9", COLLEGE)]);
    let pupil = |key, own| {
        Record(
            key,
            vec![("ENTPersonJointure", own), ("sn", "NOM"), ("givenName", "Prénom"), ("ENTPersonStructRattach", "9")],
        )
    };
    let name = "T_Complet_20251103_Eleve_0000.xml";
    let pupils = file(at, name, "2D", "Eleve", &[pupil("1", "1"), pupil("2", "3"), pupil("4", "4")]);
    let ended = import(&site, &[&places, &pupils], &[]);
    assert_eq!((ended.status, counted(&ended, " added")), (Some(2), 2), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains(&format!("{name}:6: refused: the key in identifier is not the one")), "{}", ended.err);
    assert!(!ended.err.contains("directory"), "the directory holds it: {}", ended.err);

    // A complete file with a hole ends nobody; a delta needs somebody to change.
    let broken = file(at, name, "2D", "Eleve", &[pupil("1", "1"), pupil("4", "5")]);
    let ended = import(&site, &[&broken], &[]);
    assert_eq!(ended.status, Some(2), "{}{}", ended.out, ended.err);
    assert_eq!(count(&site, "feed_records").await, 2, "{}", ended.err);
    let whole = file(at, name, "2D", "Eleve", &[pupil("1", "1")]);
    let delta = at.join("T_Delta_20251104_Eleve_0000.xml");
    let text = fs::read_to_string(&whole).expect("written above").replace("addRequest", "modifyRequest");
    let (head, rest) = text.split_once("<identifier>").expect("a record");
    let (_, tail) = rest.split_once("</attributes>").expect("its end");
    let changes = "<id>77</id></identifier><modifications><modification name=\"sn\" operation=\"replace\"><value>AUTRE</value>\
        </modification></modifications>";
    fs::write(&delta, format!("{head}<identifier>{changes}{tail}")).expect("written");
    let ended = import(&site, &[&delta], &[]);
    assert_eq!(ended.status, Some(2), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("a complete file is needed"), "{}", ended.err);
}

#[test]
fn what_is_missing_or_wrong_is_said_in_one_line() {
    let site = Site::new(Database::Sqlite);
    let at = site.folder();
    let silent = file(at, "T_Complet_20251103_Eleve_0000.xml", "2D", "Eleve", &[]);
    let text = fs::read_to_string(&silent).expect("written above").replace(" codeAcademieExport=\"04\"", "");
    fs::write(&silent, &text).expect("written");
    let nameless = at.join("Eleves.xml");
    fs::write(&nameless, text.replace("degre=\"2D\"", "")).expect("written");
    let (nameless, nowhere) = (nameless.display().to_string(), at.join("nowhere.xml").display().to_string());
    for (arguments, told) in [
        (vec!["aaf", &silent], "does not say its académie; give --academy, such as"),
        (vec!["aaf", &nameless, "--academy", "ACA-04"], "does not say its degree; give --degree 1D or --degree 2D"),
        (vec!["aaf", &nameless, "--academy", "ACA-04", "--degree", "2D"], "does not say what it holds"),
        (vec!["aaf", &nowhere, "--academy", "ACA-04"], "nowhere.xml"),
        (
            vec!["annuaire", &silent, "--academy", "ACA-04"],
            "--academy, --degree and --accept-removals are for aaf alone",
        ),
        (vec!["sectors", &silent, "--as-of", "2025-11-03"], "--as-of is for annuaire and aaf alone"),
        (vec!["aaf", &silent, "--complete", "ACA-04"], "--complete is for annuaire alone"),
    ] {
        let ended = site.ended(&[&["import"], &arguments[..]].concat());
        let lines: Vec<&str> = ended.err.lines().filter(|line| line.starts_with("passerelle: ")).collect();
        assert_eq!((ended.status, lines.len()), (Some(1), 1), "{arguments:?}: {}{}", ended.out, ended.err);
        assert!(lines[0].contains(told), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
    }
}

/// The official files, some under names that say what they are.
#[expect(clippy::disallowed_methods, reason = "the test command hands the folder over in the environment")]
fn official(site: &Site, files: &[(&str, &str)]) -> Vec<PathBuf> {
    let folder =
        std::env::var("PASSERELLE_REAL_DATA").expect("PASSERELLE_REAL_DATA names the folder of the official files");
    let copied = files.iter().map(|(official, name)| {
        let to = site.folder().join(name);
        fs::write(&to, fs::read(Path::new(&folder).join("aaf").join(official)).expect(official)).expect("written");
        to
    });
    copied.collect()
}

#[tokio::test]
async fn real_data_of_the_second_degree_comes_in() {
    const OF_2013: [(&str, &str); 4] = [
        ("SAMPLE_Eleve_0000.synthetic60.xml", "SAMPLE_Complet_20130117_Eleve_0000.xml"),
        ("FULL_ENTTSSERVICES_Complet_20130117_MatiereEducNat_0000.xml", "S_Complet_20130117_MatiereEducNat_0000.xml"),
        ("FULL_ENTTSSERVICES_Complet_20130117_MefEducNat_0000.xml", "S_Complet_20130117_MefEducNat_0000.xml"),
        ("FULL_ENTTSSERVICES_Complet_20130117_EtabEducNat_0000.xml", "S_Complet_20130117_EtabEducNat_0000.xml"),
    ];
    let site = Site::new(Database::Sqlite);
    let files = official(&site, &OF_2013);
    let ended = import(&site, &files, &[]);
    assert_eq!(ended.status, Some(1), "they do not say their académie: {}", ended.err);
    let ended = import(&site, &files, &["--academy", "ACA-02", "--degree", "2D"]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    let counts = [" added", " levels", " establishments", " passed over", " rows refused"];
    assert_eq!(counts.map(|what| counted(&ended, what)), [60, 2504, 10, 718, 0], "{}", ended.out);
    assert_eq!(
        [count(&site, PEOPLE).await, count(&site, "feed_levels").await],
        [60, 2502],
        "two courses have no level"
    );
    assert_eq!([count(&site, "ties").await, count(&site, "ties WHERE legal").await], [121, 104]);
    let levels = rows(&site, "SELECT COALESCE(mefstat4, '') FROM affiliations WHERE school_year = '2012-2013'").await;
    assert_eq!(levels.iter().filter(|level| *level == "2111").count(), 39, "{levels:?}");

    let of_2020 = ["ENT_Complet_20200101_Eleve_0000.xml", "ENT_Complet_20200101_EtabEducNat_0000.xml"];
    let ended =
        import(&site, &official(&site, &of_2020.map(|name| (name, name))), &["--academy", "ACA-13", "--degree", "2D"]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    assert_eq!(counts.map(|what| counted(&ended, what)), [1, 0, 1, 0, 0], "{}", ended.out);
    // Its pupil is at establishments that it does not tell of.
    assert!(ended.err.contains("names an establishment that the feed has told no UAI of"), "{}", ended.err);
    assert_eq!(count(&site, "affiliations WHERE school_year = '2019-2020'").await, 0);
    let sources = rows(&site, "SELECT DISTINCT source FROM feed_records").await;
    assert_eq!(sources, ["aaf2d:ACA-02", "aaf2d:ACA-13"]);
}
