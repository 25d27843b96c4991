//! Staff: what they do in which establishment, and whom they teach.

use feed::FeedPlace;
use kernel::Profile;

use super::note::{Note, Notes};
use super::places::{Places, add, pair};
use crate::Attributes;

/// What a record of staff is read for, beside what all people have.
pub(super) const ATTRIBUTES: &[&str] = &[
    "ENTPersonFonctions",
    "ENTPersonStructRattach",
    "ENTPersonCategorieEnseignant",
    "PersEducNatPresenceDevantEleves",
    "ENTAuxEnsClassesMatieres",
    "ENTAuxEnsClasses",
    "ENTAuxEnsClassesPrincipal",
    "ENTAuxEnsGroupesMatieres",
    "ENTAuxEnsGroupes",
];

pub(super) fn places(attributes: &Attributes, notes: &mut Notes) -> Vec<FeedPlace> {
    let mut places = Places::default();
    for value in attributes.get("ENTPersonFonctions") {
        let Some((structure, code)) = notes.unless(pair(value, usize::MAX), Note::Function) else { continue };
        let profile = notes.unless(profile(code), Note::FunctionCode).unwrap_or(Profile::Staff);
        places.at(structure, profile);
    }
    if places.0.is_empty() {
        let profile = if teaches(attributes) { Profile::Teacher } else { Profile::Staff };
        for structure in attributes.get("ENTPersonStructRattach") {
            places.at(structure, profile);
        }
    }
    for value in
        first_told(attributes, &["ENTAuxEnsClassesMatieres"], &["ENTAuxEnsClasses", "ENTAuxEnsClassesPrincipal"])
    {
        if let Some((structure, class)) = notes.unless(pair(value, 3), Note::Class) {
            add(&mut places.at(structure, Profile::Teacher).classes, class);
        }
    }
    for value in first_told(attributes, &["ENTAuxEnsGroupesMatieres"], &["ENTAuxEnsGroupes"]) {
        if let Some((structure, group)) = notes.unless(pair(value, 3), Note::Class) {
            add(&mut places.at(structure, Profile::Teacher).groups, group);
        }
    }
    places.0
}

/// The values of the newer attributes; without any, those of the older ones.
fn first_told<'a>(attributes: &'a Attributes, newer: &[&str], older: &[&str]) -> Vec<&'a String> {
    let told = |names: &[&str]| names.iter().flat_map(|name| attributes.get(name)).collect::<Vec<_>>();
    Some(told(newer)).filter(|values| !values.is_empty()).unwrap_or_else(|| told(older))
}

fn teaches(attributes: &Attributes) -> bool {
    let yes = |name| attributes.first(name).is_some_and(|value| value.eq_ignore_ascii_case("O"));
    yes("ENTPersonCategorieEnseignant") || yes("PersEducNatPresenceDevantEleves")
}

/// The profile of a function, as GAR has it. Nothing for a code that is none of those known.
fn profile(code: &str) -> Option<Profile> {
    Some(match code.to_ascii_uppercase().as_str() {
        "DIR" => Profile::Head,
        "DOC" | "CIO" | "DCT" => Profile::Librarian,
        "ENS" => Profile::Teacher,
        "AED" | "AES" | "ASE" | "ASH" | "AVS" | "BED" | "EDU" | "EEI" | "FIJ" | "INJ" | "ORI" | "SUR" | "CPE" => {
            Profile::SchoolLife
        }
        "COL" => Profile::LocalAuthority,
        "INS" | "IEN" | "IPR" => Profile::Inspector,
        // Administration, health, laboratories, workshops, upkeep, training.
        "ADF" | "MDS" | "LAB" | "CTR" | "OUV" | "TEC" | "CFC" => Profile::Staff,
        _ => return None,
    })
}
