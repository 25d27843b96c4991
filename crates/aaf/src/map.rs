//! What the attributes of a record mean: a person with their places, an establishment, a course.
//!
//! Only keys, codes and dates are read, as AAF writes them. What is written in another way is left out and noted, never guessed.

use std::fmt;

use chrono::NaiveDate;
use feed::{FeedPerson, FeedStructure};
use kernel::{Level, Uai};

use crate::{Attributes, Category, Degree};

mod level;
mod note;
mod places;
mod pupil;
mod staff;

use note::Notes;
pub use note::{Note, Unusable};

/// What a record is read for, whomever of the people it is about.
const OF_PEOPLE: &[&str] = &[
    "ENTPersonJointure",
    "sn",
    "ENTPersonNom",
    "ENTPersonNomPatro",
    "givenName",
    "ENTPersonPrenom",
    "ENTPersonDateNaissance",
    "mail",
    "ENTPersonMail",
];
const OF_STRUCTURES: &[&str] =
    &["ENTStructureJointure", "ENTStructureUAI", "ENTEtablissementUAI", "ENTStructureNomCourant"];
const OF_COURSES: &[&str] = &["ENTMefJointure", "ENTMEFSTAT11"];

/// Whether an attribute of a record of this category is read at all.
pub(crate) fn reads(category: Category, attribute: &str) -> bool {
    let among = |lists: [&[&str]; 2]| lists.iter().any(|list| list.contains(&attribute));
    match category {
        Category::Eleve => among([OF_PEOPLE, pupil::ATTRIBUTES]),
        Category::PersRelEleve => among([OF_PEOPLE, &[]]),
        Category::PersEducNat => among([OF_PEOPLE, staff::ATTRIBUTES]),
        Category::EtabEducNat => among([OF_STRUCTURES, &[]]),
        Category::MefEducNat => among([OF_COURSES, &[]]),
        Category::MatEducNat => false,
    }
}

/// A person, and what of the record was left out.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub person: FeedPerson,
    /// What was left out and why, each reason once.
    pub notes: Vec<Note>,
}

impl fmt::Debug for Person {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Person({:?}, {:?})", self.person, self.notes)
    }
}

/// The person of a record. `id` is the record's own; `levels` gives the MEFSTAT4 of a MEF, which the files of MEF tell.
///
/// # Errors
/// When the record has no key or two, or is about something else than a person.
pub fn person(
    degree: Degree,
    category: Category,
    id: &str,
    attributes: &Attributes,
    levels: &dyn Fn(&str) -> Option<String>,
) -> Result<Person, Unusable> {
    if !category.is_of_people() {
        return Err(Unusable::NotAPerson);
    }
    let mut notes = Notes::default();
    let one_of = |names: &[&str]| names.iter().find_map(|name| attributes.first(name)).map(str::to_owned);
    let mut person = FeedPerson {
        key: key(id, attributes.first("ENTPersonJointure"))?,
        family_name: one_of(&["sn", "ENTPersonNom", "ENTPersonNomPatro"]),
        given_name: one_of(&["givenName", "ENTPersonPrenom"]),
        birth_date: attributes
            .first("ENTPersonDateNaissance")
            .and_then(|text| notes.unless(date(text), Note::BirthDate)),
        mails: mails(attributes, &mut notes),
        ..FeedPerson::default()
    };
    match category {
        Category::Eleve => {
            person.ine = attributes.first("ENTEleveINE").and_then(|text| notes.unless(pupil::ine(text), Note::Ine));
            person.places = pupil::places(degree, attributes, levels, &mut notes);
            person.guardians = pupil::guardians(degree, &person.key, attributes, &mut notes);
        }
        Category::PersEducNat => person.places = staff::places(attributes, &mut notes),
        // Where guardians belong follows from their children.
        _ => {}
    }
    Ok(Person { person, notes: notes.0 })
}

/// The establishment of a record. `id` is the record's own.
///
/// # Errors
/// When the record has no key or two.
pub fn structure(id: &str, attributes: &Attributes) -> Result<FeedStructure, Unusable> {
    let uai = |name| attributes.first(name).map(str::to_ascii_uppercase).filter(|text| text.parse::<Uai>().is_ok());
    // `TYPE$NOM$VILLE`, of which any part may be missing.
    let name = attributes
        .first("ENTStructureNomCourant")
        .map(|name| name.split('$').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "));
    Ok(FeedStructure {
        key: key(id, attributes.first("ENTStructureJointure"))?,
        uai: uai("ENTStructureUAI").or_else(|| uai("ENTEtablissementUAI")),
        name: name.filter(|name| !name.is_empty()),
    })
}

/// The MEF of a record and its MEFSTAT4; nothing where it lacks either.
pub fn mef(attributes: &Attributes) -> Option<(String, String)> {
    let mef = attributes.first("ENTMefJointure")?;
    let level = attributes.first("ENTMEFSTAT11")?.get(..4).filter(|code| Level::is_code(code))?;
    Some((mef.to_owned(), level.to_owned()))
}

/// The record's key. Two that differ would make two people one, or one two.
fn key(id: &str, own: Option<&str>) -> Result<String, Unusable> {
    // `source$key` in directories that write the key as LDAP has it.
    let bare = |text: &str| text.rsplit('$').next().map(str::trim).unwrap_or_default().to_owned();
    let id = Some(bare(id)).filter(|key| !key.is_empty());
    let own = own.map(bare).filter(|key| !key.is_empty());
    match (id, own) {
        (Some(id), Some(own)) if id != own => Err(Unusable::TwoKeys),
        (Some(key), _) | (None, Some(key)) => Ok(key),
        (None, None) => Err(Unusable::NoKey),
    }
}

/// `DD/MM/YYYY`, and no other way.
fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%d/%m/%Y").ok()?;
    (date.format("%d/%m/%Y").to_string() == text).then_some(date)
}

fn mails(attributes: &Attributes, notes: &mut Notes) -> Vec<String> {
    let mut mails: Vec<String> = Vec::new();
    for text in attributes.get("mail").iter().chain(attributes.get("ENTPersonMail")) {
        let mail = text.to_lowercase();
        let usable = mail.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        if !usable || mail.contains(char::is_whitespace) {
            notes.add(Note::Mail);
        } else if !mails.contains(&mail) {
            mails.push(mail);
        }
    }
    mails
}

#[cfg(test)]
mod tests;
