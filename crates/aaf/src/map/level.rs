//! A pupil's level as MEFSTAT4, the one code that both degrees have.

use kernel::Level;

use super::note::{Note, Notes};
use crate::{Attributes, Degree};

/// The levels that a record names, each once.
pub(super) fn levels(
    degree: Degree,
    attributes: &Attributes,
    of_mef: &dyn Fn(&str) -> Option<String>,
    notes: &mut Notes,
) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    let mut known = |level: Option<String>| match level {
        Some(level) if !levels.contains(&level) => levels.push(level),
        Some(_) => {}
        None => notes.add(Note::Level),
    };
    match degree {
        Degree::First => attributes.get("ENTEleveNiveau").iter().for_each(|value| known(of_code(value))),
        Degree::Second => {
            let mefs = attributes.get("ENTEleveMEF");
            // A label says nothing where several MEF are told: it is not said whose it is.
            let label = if mefs.len() > 1 { None } else { of_labels(attributes) };
            let coded = |mef: &String| of_mef(mef).filter(|code| Level::is_code(code));
            for mef in mefs {
                known(coded(mef).or_else(|| label.clone()));
            }
            if mefs.is_empty() && (label.is_some() || has_label(attributes)) {
                known(label);
            }
        }
    }
    levels
}

/// The code of `1124$CM1`. Alone it counts where it is known, since a label such as 6EME has the form of a code.
fn of_code(value: &str) -> Option<String> {
    match value.split_once('$') {
        Some((code, _)) => Some(code.trim()).filter(|code| Level::is_code(code)),
        None => Some(value).filter(|code| Level::of(code).is_some()),
    }
    .map(str::to_owned)
}

const LABELS: [&str; 2] = ["ENTEleveLibelleMEF", "ENTEleveNivFormation"];

fn has_label(attributes: &Attributes) -> bool {
    LABELS.iter().any(|name| attributes.first(name).is_some())
}

/// The level by the course's own label, then by that of its kind: « 6EME SEGPA » is a course of the kind « 6EME » in some files.
fn of_labels(attributes: &Attributes) -> Option<String> {
    let texts = LABELS.map(|name| attributes.first(name).map(str::to_uppercase).unwrap_or_default());
    let segpa = texts.iter().any(|text| text.contains("SEGPA"));
    let level = |text: &String| of_label(text).filter(|code| segpa == code.starts_with("243"));
    texts.iter().find_map(level).map(str::to_owned)
}

/// The collège's levels by their plain names. Any other label may be anything.
fn of_label(label: &str) -> Option<&'static str> {
    let words: Vec<&str> = label.split_whitespace().collect();
    Some(match words.as_slice() {
        ["6EME"] => "2111",
        ["5EME"] => "2112",
        ["4EME"] => "2115",
        ["3EME"] => "2116",
        ["6EME", "SEGPA"] => "2431",
        ["5EME", "SEGPA"] => "2432",
        ["4EME", "SEGPA"] => "2433",
        ["3EME", "SEGPA"] => "2434",
        _ => return None,
    })
}
