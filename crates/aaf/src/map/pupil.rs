//! A pupil: where they go to school, and who answers for them.

use feed::{FeedPlace, FeedTie};
use kernel::Profile;

use super::level::levels;
use super::note::{Note, Notes};
use super::places::{Places, add, pair};
use crate::{Attributes, Degree};

/// What a pupil's record is read for, beside what all people have. `ENTEleveStructRattachId` is not in it: it is the pupil's own
/// number in the establishment, and no establishment.
pub(super) const ATTRIBUTES: &[&str] = &[
    "ENTEleveINE",
    "ENTPersonStructRattach",
    "ENTEleveClasses",
    "ENTPersonClasses",
    "ENTEleveGroupes",
    "ENTPersonGroupes",
    "ENTEleveMEF",
    "ENTEleveLibelleMEF",
    "ENTEleveNivFormation",
    "ENTEleveNiveau",
    "ENTElevePersRelEleve",
    "ENTEleveAutoriteParentale",
];

/// Eleven letters and digits.
pub(super) fn ine(text: &str) -> Option<String> {
    let usable = text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    usable.then(|| text.to_ascii_uppercase())
}

pub(super) fn places(
    degree: Degree,
    attributes: &Attributes,
    of_mef: &dyn Fn(&str) -> Option<String>,
    notes: &mut Notes,
) -> Vec<FeedPlace> {
    let mut places = Places::default();
    for structure in attributes.get("ENTPersonStructRattach") {
        places.at(structure, Profile::Pupil);
    }
    for value in attributes.get("ENTEleveClasses").iter().chain(attributes.get("ENTPersonClasses")) {
        if let Some((structure, class)) = notes.unless(pair(value, 2), Note::Class) {
            add(&mut places.at(structure, Profile::Pupil).classes, class);
        }
    }
    for value in attributes.get("ENTEleveGroupes").iter().chain(attributes.get("ENTPersonGroupes")) {
        if let Some((structure, group)) = notes.unless(pair(value, 2), Note::Class) {
            add(&mut places.at(structure, Profile::Pupil).groups, group);
        }
    }
    let mut places = places.0;
    // The establishment of attachment stands first. One level is the same everywhere.
    let attached = usize::from(attributes.first("ENTPersonStructRattach").is_some());
    match levels(degree, attributes, of_mef, notes).as_slice() {
        [] => {}
        [level] => places.iter_mut().for_each(|place| place.mefstat4 = Some(level.clone())),
        [level, ..] => {
            notes.add(Note::Levels);
            places.iter_mut().take(attached).for_each(|place| place.mefstat4 = Some(level.clone()));
        }
    }
    places
}

pub(super) fn guardians(degree: Degree, pupil: &str, attributes: &Attributes, notes: &mut Notes) -> Vec<FeedTie> {
    let told = attributes.get("ENTElevePersRelEleve").iter().map(|value| tie(value));
    let authority = attributes.get("ENTEleveAutoriteParentale").iter().map(|value| holder(value));
    // An attribute that is there and empty says that there is nobody: the older one is asked only where it is missing.
    let ties: Vec<Option<FeedTie>> = if degree == Degree::Second && attributes.holds("ENTElevePersRelEleve") {
        told.collect()
    } else {
        authority.collect()
    };
    let mut guardians: Vec<FeedTie> = Vec::new();
    for tie in ties {
        let Some(tie) = notes.unless(tie, Note::Guardian) else { continue };
        if tie.guardian == pupil {
            notes.add(Note::OwnGuardian);
        } else if let Some(known) = guardians.iter_mut().find(|known| known.guardian == tie.guardian) {
            known.legal |= tie.legal;
        } else {
            guardians.push(tie);
        }
    }
    guardians
}

/// `key$relation$payer$legal$contact$payment`, where legal is 1 or 2 for those who are so by law.
fn tie(value: &str) -> Option<FeedTie> {
    let mut parts = value.split('$').map(str::trim);
    let guardian = parts.next().filter(|key| !key.is_empty())?.to_owned();
    let relation = parts.next()?;
    let legal = matches!(parts.nth(1)?, "1" | "2");
    Some(FeedTie { guardian, relation: (!relation.is_empty()).then(|| relation.to_owned()), legal })
}

/// Who holds parental authority does so by law.
fn holder(value: &str) -> Option<FeedTie> {
    let usable = !value.is_empty() && !value.contains('$');
    usable.then(|| FeedTie { guardian: value.to_owned(), relation: None, legal: true })
}
