//! Establishments, and the courses that are taught in them.

use super::Academy;
use super::file::Entry;
use crate::Degree;

/// MEF, MEFSTAT11, label of the course, label of its kind.
pub(super) const COURSES: [(&str, &str, &str, &str); 8] = [
    ("10010012110", "21110010012", "6EME", "6EME"),
    ("10110001110", "21120010001", "5EME", "5EME"),
    ("10210001110", "21150010001", "4EME", "4EME GENERALE"),
    ("10310019110", "21160010019", "3EME", "3EME GENERALE"),
    ("20010015110", "22110010015", "2DEGT2 (CAS GENERAL)", "SECONDE GENERALE & TECHNO YC BT"),
    ("20110019110", "22120010019", "PREMIERE GENERALE", "PREMIERE GENERALE & TECHNO YC BT"),
    ("20210019110", "22130010019", "TERMINALE GENERALE", "TERMINALE GENERALE & TECHNO YC BT"),
    ("16410002110", "24310010002", "6EME SEGPA", "6EME - SECTION D'ENSGT GENE & PRO ADAPTE"),
];

const PLACES: [&str; 8] =
    ["LES ORMES", "VALMONT", "SAINT-AUBIN", "L'ETANG", "HAUTERIVE", "LES GENETS", "BELLECOMBE", "CLAIRVAL"];

pub(super) fn key(structure: usize) -> String {
    (1000 + structure).to_string()
}

/// One in four establishments of the second degree.
pub(super) const fn is_lycee(structure: usize) -> bool {
    structure % 4 == 3
}

pub(super) fn structure(academy: &Academy, index: usize) -> Entry {
    let uai = academy.uai(index);
    let place = PLACES[index % PLACES.len()];
    let (kind, code, short) = match academy.degree {
        Degree::First => ("ECOLE ELEMENTAIRE", "151", "E.E.PU"),
        Degree::Second if is_lycee(index) => ("LYCEE GENERAL ET TECHNOLOGIQUE", "302", "LGT"),
        Degree::Second => ("COLLEGE", "340", "CLG"),
    };
    let entry = Entry::new("ENTStructureJointure", key(index))
        .with("ENTStructureUAI", uai.clone())
        .with("ENTStructureNomCourant", format!("{short}$ETABLISSEMENT INVENTE {index}${place}"))
        .with("ENTStructureTypeStruct", kind)
        .with("ENTStructureCodeTypeStruct", code)
        .with("ENTEtablissementContrat", "PU")
        .with_all("ENTEtablissementStructRattachFctl", vec![])
        .with("ENTServAcCodeAcademie", academy.academy.clone());
    match academy.degree {
        Degree::First => {
            entry.with("ENTStructureAdresse", format!("{} rue de l'Ecole", index + 1)).with("ENTStructureVille", place)
        }
        Degree::Second => entry
            .with("ENTEtablissementUAI", uai)
            .with("street", format!("{} rue du College", index + 1))
            .with("l", place),
    }
}

pub(super) fn course(index: usize) -> Entry {
    let (mef, stat, label, _) = COURSES[index];
    Entry::new("ENTMefJointure", mef.to_owned())
        .with("ENTLibelleMef", label)
        .with("ENTMEFRattach", mef)
        .with("ENTMEFSTAT11", stat)
}
