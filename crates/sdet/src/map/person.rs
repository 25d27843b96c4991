//! People: `ENTPerson` and its auxiliary classes.

use std::fmt;

use feed::{FeedIdentifier, FeedPerson};

use super::{Context, fields, places, ties};
use crate::raw::Raw;
use crate::{EntryFault, Note, dn};

const JOIN_KEY: &str = "ENTPersonJointure";
const UID: &str = "uid";
const LOGIN: &str = "ENTPersonLogin";
const FAMILY_NAME: &str = "sn";
const GIVEN_NAME: &str = "givenName";
const MAIL: &str = "mail";
const BIRTH_DATE: &str = "ENTPersonDateNaissance";
const INE: &str = "ENTEleveINE";

/// A person of the directory.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the directory calls them: `source$key`, whole. The alphabetically first where there are several.
    pub key: String,
    /// The entry's own name, normalised. It names a person: to compare with ties, never to log.
    pub dn: String,
    /// The server's name for the entry, which outlives a change of DN or of key.
    pub entry_uuid: Option<String>,
    /// When the entry was changed last, as the server writes it.
    pub modified: Option<String>,
    /// The person. A guardian is called by key, or by the normalised DN where the directory says that.
    pub person: FeedPerson,
    /// Normalised DNs of the pupils that they stand in relation to (`ENTAuxPersRelEleveEleve`), which says nothing of law.
    pub pupils: Vec<String>,
    /// What was left out or guessed.
    pub notes: Vec<Note>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry_uuid, modified, person, notes, .. } = self;
        let mut shown = out.debug_struct("Entry");
        shown.field("entry_uuid", entry_uuid).field("modified", modified).field("person", person);
        shown.field("notes", notes).finish_non_exhaustive()
    }
}

/// The key of a person of the directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// As [`Entry::key`].
    pub key: String,
    /// The server's name for the entry.
    pub entry_uuid: Option<String>,
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Key").field("entry_uuid", &self.entry_uuid).finish_non_exhaustive()
    }
}

impl Key {
    pub(crate) const ATTRIBUTES: &[&str] = &[JOIN_KEY];

    pub(crate) fn read(raw: &Raw, _: &Context) -> Result<Self, EntryFault> {
        let key = join_keys(raw).into_iter().next().ok_or(EntryFault::NoKey)?;
        Ok(Self { key: key.to_owned(), entry_uuid: raw.entry_uuid() })
    }
}

/// Those of the person alone, followed by those of places and ties.
const ATTRIBUTES: [&str; 18] = {
    let [c, p, h, f, pc, pg, tc, tg] = places::ATTRIBUTES;
    let [guardians, pupils] = ties::ATTRIBUTES;
    [
        JOIN_KEY,
        UID,
        LOGIN,
        FAMILY_NAME,
        GIVEN_NAME,
        MAIL,
        BIRTH_DATE,
        INE,
        guardians,
        pupils,
        c,
        p,
        h,
        f,
        pc,
        pg,
        tc,
        tg,
    ]
};

impl Entry {
    pub(crate) const ATTRIBUTES: &[&str] = &ATTRIBUTES;

    pub(crate) fn read(raw: &Raw, context: &Context) -> Result<Self, EntryFault> {
        let keys = join_keys(raw);
        let key = (*keys.first().ok_or(EntryFault::NoKey)?).to_owned();
        let dn = dn::normalised(&raw.dn).ok_or(EntryFault::NoName)?;
        let mut notes = raw.not_text(Self::ATTRIBUTES);
        if keys.len() > 1 {
            notes.push(Note::SeveralKeys);
        }
        if keys.iter().any(|key| !key.contains('$')) {
            notes.push(Note::KeyWithoutSource);
        }
        let places = places::places(raw, context, &mut notes);
        let person = FeedPerson {
            given_name: raw.first(GIVEN_NAME).map(str::to_owned),
            family_name: raw.first(FAMILY_NAME).map(str::to_owned),
            birth_date: noted(raw.first(BIRTH_DATE), fields::date, Note::BirthDate, &mut notes),
            ine: noted(raw.first(INE), fields::ine, Note::Ine, &mut notes),
            mails: mails(raw, &mut notes),
            identifiers: identifiers(raw, &keys, context),
            places,
            guardians: ties::guardians(raw, &key, &mut notes),
            key: key.clone(),
        };
        let pupils = ties::pupils(raw, &mut notes);
        notes.sort_unstable();
        notes.dedup();
        let (entry_uuid, modified) = (raw.entry_uuid(), raw.modified().map(str::to_owned));
        Ok(Self { key, dn, entry_uuid, modified, person, pupils, notes })
    }
}

/// The values are a set without an order: sorted, so that the first is the same at each reading.
fn join_keys(raw: &Raw) -> Vec<&str> {
    let mut keys: Vec<&str> = raw.all(JOIN_KEY).iter().map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn mails(raw: &Raw, notes: &mut Vec<Note>) -> Vec<String> {
    let values = raw.all(MAIL).iter();
    let mut mails: Vec<_> = values.filter_map(|text| noted(Some(text), fields::mail, Note::Mail, notes)).collect();
    mails.sort_unstable();
    mails.dedup();
    mails
}

fn identifiers(raw: &Raw, keys: &[&str], context: &Context) -> Vec<FeedIdentifier> {
    let called = |system: &str, value: &str| FeedIdentifier { system: system.to_owned(), value: value.to_owned() };
    let mut identifiers: Vec<_> = keys.iter().map(|key| called(&context.identifier_system, key)).collect();
    if let Some(system) = &context.login_system {
        identifiers.extend([UID, LOGIN].into_iter().flat_map(|name| raw.all(name)).map(|login| called(system, login)));
    }
    identifiers.sort_unstable();
    identifiers.dedup();
    identifiers
}

/// The value as it is read, or nothing and a note.
fn noted<T>(text: Option<&str>, read: fn(&str) -> Option<T>, note: Note, notes: &mut Vec<Note>) -> Option<T> {
    let value = read(text?);
    if value.is_none() {
        notes.push(note);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(login_system: Option<&str>) -> Context {
        Context {
            identifier_system: "sdet:ent".to_owned(),
            login_system: login_system.map(str::to_owned),
            structures_base: "ou=structures,dc=ent".to_owned(),
        }
    }

    fn zoe() -> Raw {
        Raw::of(
            "UID=zmartin, ou=personnes,dc=ent",
            &[
                ("ENTPERSONJOINTURE", &["ENT$77", "AC-PARIS$1001"]),
                ("uid", &["zmartin"]),
                ("ENTPersonLogin", &["zmartin", "zoe.martin"]),
                ("sn", &["Martin"]),
                ("givenName", &["Zoé"]),
                ("mail", &["Zoe@ENT.fr", "zoe"]),
                ("ENTPersonDateNaissance", &["04/03/2012"]),
                ("ENTEleveINE", &["1208901"]),
                ("entryUUID", &["0F8FAD5B-D9CB-469F-A165-70867728950E"]),
                ("modifyTimestamp", &["20261127105446Z"]),
                ("ENTPersonProfils", &["National_ELV"]),
                ("ENTPersonStructRattach", &["o=clg,ou=structures,dc=ent"]),
            ],
        )
    }

    #[test]
    fn a_person_with_all_that_is_said() {
        let entry = Entry::read(&zoe(), &context(Some("ent:login"))).expect("read");
        assert_eq!((entry.key.as_str(), entry.dn.as_str()), ("AC-PARIS$1001", "uid=zmartin,ou=personnes,dc=ent"));
        assert_eq!(entry.entry_uuid.as_deref(), Some("0f8fad5b-d9cb-469f-a165-70867728950e"));
        assert_eq!(entry.modified.as_deref(), Some("20261127105446Z"));
        let person = &entry.person;
        assert_eq!((person.given_name.as_deref(), person.family_name.as_deref()), (Some("Zoé"), Some("Martin")));
        assert_eq!(person.birth_date.map(|day| day.to_string()).as_deref(), Some("2012-03-04"));
        assert_eq!((person.mails.as_slice(), &person.ine), (&["zoe@ent.fr".to_owned()][..], &None));
        let identifiers: Vec<_> = person.identifiers.iter().map(|id| (id.system.as_str(), id.value.as_str())).collect();
        let (key, login) = ("sdet:ent", "ent:login");
        assert_eq!(identifiers, [(login, "zmartin"), (login, "zoe.martin"), (key, "AC-PARIS$1001"), (key, "ENT$77")]);
        assert_eq!(person.places.len(), 1);
        assert_eq!(entry.notes, [Note::SeveralKeys, Note::Ine, Note::Mail]);
        let shown = format!("{entry:?}");
        for secret in ["Zo", "artin", "1001", "@", "2012", "personnes"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }

    #[test]
    fn a_login_is_an_identifier_only_by_wish_and_the_key_is_the_same_alone() {
        let entry = Entry::read(&zoe(), &context(None)).expect("read");
        assert!(entry.person.identifiers.iter().all(|id| id.system == "sdet:ent"));
        let key = Key::read(&zoe(), &context(None)).expect("read");
        assert_eq!((key.key, key.entry_uuid), (entry.key, entry.entry_uuid));
    }

    #[test]
    fn without_a_key_there_is_nobody() {
        let raw = Raw::of("uid=x,dc=ent", &[("sn", &["Martin"]), ("ENTPersonJointure", &["  "])]);
        assert_eq!(Entry::read(&raw, &context(None)), Err(EntryFault::NoKey));
        assert_eq!(Key::read(&raw, &context(None)), Err(EntryFault::NoKey));
        let raw = Raw::of("nonsense", &[("ENTPersonJointure", &["1001"])]);
        assert_eq!(Entry::read(&raw, &context(None)), Err(EntryFault::NoName));
        let odd = Raw::of("uid=x", &[("ENTPersonJointure", &["1001"]), ("entryUUID", &["zoe.martin@ent.fr"])]);
        let entry = Entry::read(&odd, &context(None)).expect("read");
        assert_eq!((entry.entry_uuid, entry.notes), (None, vec![Note::KeyWithoutSource, Note::NoProfile]));
    }
}
