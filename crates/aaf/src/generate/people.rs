//! Pupils, guardians and staff. Families have one, two or three children and two guardians.

use chrono::Datelike;

use super::Academy;
use super::draw::{Draw, Of};
use super::file::Entry;
use super::structures::{self, COURSES};
use crate::Degree;

const GIVEN: [&str; 24] = [
    "Adèle",
    "Basile",
    "Céleste",
    "Désiré",
    "Élie",
    "Faustine",
    "Gaspard",
    "Hélène",
    "Ismaël",
    "Joséphine",
    "Karim",
    "Lucie",
    "Malo",
    "Naïma",
    "Octave",
    "Perrine",
    "Quentin",
    "Rosalie",
    "Soren",
    "Thaïs",
    "Ulysse",
    "Violette",
    "Yanis",
    "Zélie",
];
const FAMILY: [&str; 24] = [
    "AUBRAC",
    "BELLECOUR",
    "CHANTEPIE",
    "DELORMEL",
    "ESTRAN",
    "FONTVERT",
    "GRANDCHAMP",
    "HAUTECOEUR",
    "ISLEROY",
    "JOLIVAL",
    "KERVANEC",
    "LONGUEVAL",
    "MAISONROUGE",
    "NOIRTERRE",
    "ORVALET",
    "PRESVERT",
    "QUINTEFEUILLE",
    "ROCHEMAURE",
    "SAINT-OUEN",
    "TREMBLAYE",
    "URVILLE",
    "VALFLEURY",
    "WESTREHAM",
    "D'YZERON",
];
/// Code, label, and the age of its pupils.
const LEVELS: [(&str, &str, i32); 5] = [
    ("1121", "COURS PREPARATOIRE", 6),
    ("1122", "COURS ELEMENTAIRE 1", 7),
    ("1123", "COURS ELEMENTAIRE 2", 8),
    ("1124", "COURS MOYEN 1", 9),
    ("1125", "COURS MOYEN 2", 10),
];
/// The course of SEGPA among [`COURSES`].
const SEGPA: usize = 7;
/// Children of three families with one, two and three.
const CHILDREN: [usize; 6] = [0, 1, 1, 2, 2, 2];

fn pupil_key(index: usize) -> String {
    (2_000_000 + index).to_string()
}

fn guardian_key(index: usize) -> String {
    (30_000_000 + index).to_string()
}

fn staff_key(index: usize) -> String {
    (60_000_000 + index).to_string()
}

/// Their name in the attributes of their degree.
fn named(academy: &Academy, key: String, family: &'static str, given: &'static str) -> Entry {
    let entry = Entry::new("ENTPersonJointure", key);
    match academy.degree {
        Degree::First => entry.with("ENTPersonNom", family).with("ENTPersonPrenom", given),
        Degree::Second => entry.with("sn", family).with("givenName", given),
    }
    .with("ENTPersonNomPatro", family)
}

fn mail_name(academy: &Academy) -> &'static str {
    if academy.degree == Degree::First { "ENTPersonMail" } else { "mail" }
}

fn family_name(academy: &Academy, family: usize) -> &'static str {
    Draw::new(academy.seed, Of::Family, family).one(&FAMILY)
}

fn day(draw: &mut Draw, year: i32) -> String {
    format!("{:02}/{:02}/{year}", 1 + draw.below(28), 1 + draw.below(12))
}

/// Nine digits, another for each index, and two letters that tell the feeds of académies apart.
fn ine(academy: &Academy, index: usize) -> String {
    const BILLION: u64 = 1_000_000_000;
    let number = (index as u64 * 618_033_989 + academy.seed % BILLION) % BILLION;
    let degree = if academy.degree == Degree::First { 'P' } else { 'S' };
    let letter = char::from_u32('A' as u32 + academy.code().unwrap_or(0) % 26).unwrap_or('A');
    format!("{number:09}{degree}{letter}")
}

pub(super) fn pupil(academy: &Academy, index: usize) -> Entry {
    let mut draw = Draw::new(academy.seed, Of::Pupil, index);
    let family = index / 6 * 3 + CHILDREN[index % 6];
    let structure = draw.below(academy.structures);
    let at = structures::key(structure);
    let letter = draw.one(&["A", "B", "C", "D"]);
    let entry = named(academy, pupil_key(index), family_name(academy, family), draw.one(&GIVEN))
        .with("ENTEleveINE", ine(academy, index))
        .with("ENTPersonStructRattach", at.clone())
        .with("ENTPersonAdresse", format!("{} rue des Tilleuls$$$", 1 + draw.below(200)))
        .with("ENTPersonCodePostal", "00000")
        .with("ENTEleveTransport", draw.one(&["O", "N"]));
    let guardians = guardians(academy, family);
    match academy.degree {
        Degree::First => {
            let (code, label, age) = LEVELS[draw.below(LEVELS.len())];
            entry
                .with("ENTPersonDateNaissance", day(&mut draw, academy.date.year() - age))
                .with("ENTEleveNiveau", format!("{code}${label}"))
                .with("ENTEleveCycle", if age < 9 { "CYCLE II" } else { "CYCLE III" })
                .with("ENTPersonClasses", format!("{at}${label} {letter}"))
                .with_all("ENTPersonGroupes", vec![])
                .with_all(
                    "ENTEleveAutoriteParentale",
                    guardians.iter().map(|guardian| guardian_key(*guardian)).collect(),
                )
        }
        Degree::Second => {
            let year = if structures::is_lycee(structure) { 4 + draw.below(3) } else { draw.below(4) };
            let age = 11 + i32::try_from(year).unwrap_or(0);
            let course = if year == 0 && draw.below(20) == 0 { SEGPA } else { year };
            let (mef, _, label, kind) = COURSES[course];
            let class = format!("{}{letter}", ["6", "5", "4", "3", "2", "1", "T", "6S"][course]);
            let roles = ["10$1$1$1$1", "20$0$1$1$0"];
            let ties =
                guardians.iter().zip(roles).map(|(guardian, role)| format!("{}${role}", guardian_key(*guardian)));
            entry
                .with("ENTPersonDateNaissance", day(&mut draw, academy.date.year() - age))
                .with("ENTEleveStructRattachId", (index + 1).to_string())
                .with("ENTEleveRegime", draw.one(&["EXTERNE LIBRE", "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT"]))
                .with("ENTEleveBoursier", draw.one(&["O", "N"]))
                .with("ENTEleveStatutEleve", "SCOLAIRE")
                .with("ENTEleveMEF", mef)
                .with("ENTEleveLibelleMEF", label)
                .with("ENTEleveNivFormation", kind)
                .with_all(
                    "ENTEleveEnseignements",
                    ["FRANCAIS", "MATHEMATIQUES", "ANGLAIS LV1"].map(str::to_owned).to_vec(),
                )
                .with_all("ENTEleveCodeEnseignements", ["020700", "061300", "030201"].map(str::to_owned).to_vec())
                .with("ENTEleveClasses", format!("{at}${class}"))
                .with("ENTEleveGroupes", format!("{at}${class} GR{}", 1 + draw.below(2)))
                .with_all("ENTElevePersRelEleve", ties.collect())
        }
    }
}

/// The two of a family. Families of an académie whose people are not a multiple of forty may share some at its end.
fn guardians(academy: &Academy, family: usize) -> Vec<usize> {
    let all = academy.guardians();
    let mut two: Vec<usize> = [2 * family, 2 * family + 1].iter().filter_map(|index| index.checked_rem(all)).collect();
    two.dedup();
    two
}

pub(super) fn guardian(academy: &Academy, index: usize) -> Entry {
    let mut draw = Draw::new(academy.seed, Of::Guardian, index);
    let entry = named(academy, guardian_key(index), family_name(academy, index / 2), draw.one(&GIVEN))
        .with("ENTPersonAdresse", format!("{} rue des Tilleuls$$$", 1 + draw.below(200)))
        .with("ENTPersonCodePostal", "00000")
        .with("ENTPersonVille", "VALMONT")
        .with("homePhone", format!("+33 0 00 {:02} {:02} {:02}", draw.below(100), draw.below(100), draw.below(100)));
    if draw.below(2) == 0 {
        entry.with(mail_name(academy), format!("responsable{index}@courriel.example"))
    } else {
        entry.with_all(mail_name(academy), vec![])
    }
}

/// Staff go round the establishments: first a head everywhere, then whoever else an establishment has, then teachers.
pub(super) fn member_of_staff(academy: &Academy, index: usize) -> Entry {
    let mut draw = Draw::new(academy.seed, Of::Staff, index);
    let (structure, rank) = (index % academy.structures, index / academy.structures);
    let at = structures::key(structure);
    let (code, label) = match (academy.degree, rank) {
        (_, 0) => ("DIR", "DIRECTION"),
        (Degree::Second, 1) => ("EDU", "EDUCATION"),
        (Degree::Second, 2) => ("DOC", "DOCUMENTATION"),
        (Degree::Second, 3) => ("ADF", "PERSONNELS ADMINISTRATIFS"),
        (Degree::Second, 4) => ("AED", "ASSISTANT D'EDUCATION"),
        _ => ("ENS", "ENSEIGNEMENT"),
    };
    let teaches = code == "ENS";
    let year = academy.date.year() - 25 - i32::try_from(draw.below(38)).unwrap_or(0);
    let mut functions = vec![format!("{at}${code}${label}$L0000$SANS OBJET")];
    let mut classes: Vec<String> = Vec::new();
    if teaches && academy.degree == Degree::Second {
        let years: [&str; 4] =
            if structures::is_lycee(structure) { ["2", "1", "T", "T"] } else { ["6", "5", "4", "3"] };
        classes =
            (0..3).map(|_| format!("{at}${}{}$061300", draw.one(&years), draw.one(&["A", "B", "C", "D"]))).collect();
        classes.sort_unstable();
        classes.dedup();
        // One in twenty serves in another establishment too.
        if draw.below(20) == 0 {
            let other = structures::key((structure + 1) % academy.structures);
            functions.push(format!("{other}${code}${label}$L0000$SANS OBJET"));
        }
    }
    let entry = named(academy, staff_key(index), draw.one(&FAMILY), draw.one(&GIVEN))
        .with("ENTPersonDateNaissance", day(&mut draw, year))
        .with(mail_name(academy), format!("agent{index}@ac-{}.example", academy.academy))
        .with("ENTPersonStructRattach", at)
        .with_all("ENTPersonFonctions", functions)
        .with("ENTPersonCategorieEnseignant", if teaches { "O" } else { "N" })
        .with("PersEducNatPresenceDevantEleves", if teaches { "O" } else { "N" });
    match academy.degree {
        Degree::First => entry,
        Degree::Second => {
            entry.with_all("ENTAuxEnsClassesMatieres", classes).with_all("ENTAuxEnsGroupesMatieres", vec![])
        }
    }
}
