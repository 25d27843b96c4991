//! What is known while a batch is taken in, and what of it has changed: a later registration may speak of a person whom an earlier
//! one made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::Tx;
use kernel::{Fault, SchoolYear, fold};
use uuid::Uuid;

use super::{Refusal, Registered, Registration, RegistrationAffiliation, check, pairs};
use crate::Store;
use crate::app::Secrets;
use crate::domain::{Affiliation, match_key};
use crate::store::{INE, INE_HASH, IdentifierWrite, MAIL, PersonWrite, Said, TieRow, Ties, Trait, Traits};

pub(super) struct Batch {
    /// Who bears an identifier, and where lookups of them lead.
    known: HashMap<(String, String), (Uuid, Uuid)>,
    /// Those of them by which nobody is called any more.
    ended: BTreeSet<(String, String)>,
    people: HashMap<Uuid, PersonWrite>,
    said: Said,
    traits: Traits,
    ties: Ties,
    secrets: Secrets,
    new_identifiers: Vec<IdentifierWrite>,
    /// People whose row is new or other, and what sources say otherwise.
    changed: BTreeSet<Uuid>,
    said_otherwise: BTreeSet<(Uuid, String, SchoolYear)>,
    traits_changed: BTreeSet<(Uuid, String)>,
    ties_changed: BTreeSet<(Uuid, String)>,
    /// Whoever got what others may share: an INE, a mail, names and date of birth.
    to_match: BTreeSet<Uuid>,
    /// Whoever was told here for the first time, or by a name more.
    newly_called: BTreeSet<Uuid>,
    /// Whoever was told again by a name that had ended.
    called_again: Vec<(String, String)>,
}

/// What a batch changed.
pub(super) struct Written {
    /// Themselves or what sources say of them.
    pub(super) people: BTreeSet<Uuid>,
    /// Whoever may be somebody else, too.
    pub(super) to_match: Vec<Uuid>,
    /// Whoever answers for somebody, before or after.
    pub(super) guardians: BTreeSet<Uuid>,
    /// Whose guardians may now be elsewhere.
    pub(super) pupils: Vec<Uuid>,
}

impl Batch {
    pub(super) async fn read(
        store: &Store,
        tx: &mut Tx,
        secrets: &Secrets,
        registrations: &[Registration],
    ) -> Result<Self, Fault> {
        // What cannot be taken is not looked for: a database may not even be able to read it.
        let usable = registrations.iter().filter(|one| check(one).is_ok());
        let wanted: BTreeSet<(String, String)> = usable.flat_map(pairs).collect();
        let wanted: Vec<(String, String)> = wanted.into_iter().collect();
        let known = store.by_identifiers(tx, &wanted).await?;
        let ended = store.ended_identifiers(tx, &wanted).await?;
        let bearers: BTreeSet<Uuid> = known.values().map(|(bearer, _)| *bearer).collect();
        let bearers: Vec<Uuid> = bearers.into_iter().collect();
        let people = store.rows_of(tx, &bearers).await?;
        Ok(Self {
            known,
            ended,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            said: store.said_of(tx, &bearers).await?,
            traits: store.traits_of(tx, &bearers).await?,
            ties: store.ties_of(tx, &bearers).await?,
            secrets: secrets.clone(),
            new_identifiers: Vec::new(),
            changed: BTreeSet::new(),
            said_otherwise: BTreeSet::new(),
            traits_changed: BTreeSet::new(),
            ties_changed: BTreeSet::new(),
            to_match: BTreeSet::new(),
            newly_called: BTreeSet::new(),
            called_again: Vec::new(),
        })
    }

    pub(super) fn take(&mut self, registration: &Registration) -> Result<Registered, Refusal> {
        check(registration)?;
        let found: Vec<(Uuid, Uuid)> = pairs(registration).filter_map(|pair| self.known.get(&pair).copied()).collect();
        let people: BTreeSet<Uuid> = found.iter().map(|(_, canonical)| *canonical).collect();
        if people.len() > 1 {
            return Err(Refusal::SeveralPeople(people.len()));
        }
        // A name that was somebody's who has gone may be given again: whoever has it now is not them because of it.
        let reused = pairs(registration).any(|pair| {
            self.ended.contains(&pair)
                && self.known.get(&pair).is_some_and(|(bearer, _)| self.contradicts(*bearer, registration))
        });
        if reused {
            return Err(Refusal::Reused);
        }
        let existing = found.first().copied();
        let (id, canonical) = existing.unwrap_or_else(|| {
            let id = Uuid::now_v7();
            (id, id)
        });
        let mut changed = self.attach(registration, (id, canonical));
        changed |= self.call(registration, id);
        changed |= self.characterise(registration, id);
        changed |= self.tie(registration, id);
        // Who bears another of the identifiers is the same person: the source says of them what it says here.
        let bearers: BTreeSet<Uuid> = found.iter().map(|(bearer, _)| *bearer).chain([id]).collect();
        let affiliations = registration.affiliations.iter().map(|one| one.school_year);
        let years: BTreeSet<SchoolYear> = affiliations.chain(registration.school_years.iter().copied()).collect();
        for year in years {
            for bearer in &bearers {
                let now = if *bearer == id { of_year(registration, year) } else { Vec::new() };
                changed |= self.say((*bearer, registration.source.clone(), year), now);
            }
        }
        Ok(match (existing, changed) {
            (None, _) => Registered::Created(id),
            (Some(_), true) => Registered::Changed(id),
            (Some(_), false) => Registered::Unchanged(id),
        })
    }

    /// Whether what is told is of somebody else than this person was.
    fn contradicts(&self, bearer: Uuid, registration: &Registration) -> bool {
        let Some(known) = self.people.get(&bearer) else { return false };
        let born = registration.birth_date.zip(known.birth_date).is_some_and(|(now, before)| now != before);
        let names =
            |given: &Option<String>, family: &Option<String>| Some((fold(given.as_deref()?), fold(family.as_deref()?)));
        let now = names(&registration.given_name, &registration.family_name);
        let before = names(&known.given_name, &known.family_name);
        born || now.zip(before).is_some_and(|(now, before)| now.0 != before.0 && now.1 != before.1)
    }

    /// Attaches identifiers that nobody bears; whether there are any.
    fn attach(&mut self, registration: &Registration, bearer: (Uuid, Uuid)) -> bool {
        let before = self.new_identifiers.len();
        for (system, value) in pairs(registration) {
            let pair = (system, value);
            if self.known.contains_key(&pair) {
                self.called_again.push(pair);
                continue;
            }
            self.known.insert(pair.clone(), bearer);
            let (system, value) = pair;
            let source = registration.source.clone();
            self.new_identifiers.push(IdentifierWrite { system, value, person_id: bearer.0, source });
        }
        // One who is told to others for the first time is told even without affiliations.
        if self.new_identifiers.len() > before {
            self.changed.insert(bearer.0);
            self.newly_called.insert(bearer.0);
        }
        self.new_identifiers.len() > before
    }

    /// Gives names; a source that gives none takes none away. Whether anything is new.
    fn call(&mut self, registration: &Registration, id: Uuid) -> bool {
        let generation = self.secrets.pseudonyms.generation();
        let fresh = || PersonWrite {
            id,
            given_name: None,
            family_name: None,
            pseudonym_key: generation,
            birth_date: None,
            match_key: None,
        };
        let person = self.people.entry(id).or_insert_with(fresh);
        let before = person.clone();
        person.given_name = registration.given_name.clone().or(person.given_name.take());
        person.family_name = registration.family_name.clone().or(person.family_name.take());
        person.birth_date = registration.birth_date.or(person.birth_date);
        let shared = match_key(person.given_name.as_deref(), person.family_name.as_deref(), person.birth_date);
        person.match_key = shared.map(|shared| self.secrets.vault.hash("NAMES", &shared));
        if person.match_key.is_some() && person.match_key != before.match_key {
            self.to_match.insert(id);
        }
        let changed = *person != before;
        if changed {
            self.changed.insert(id);
        }
        changed
    }

    /// Takes what is found by a hash; whether any of it is new or gone.
    fn characterise(&mut self, registration: &Registration, id: Uuid) -> bool {
        let key = (id, registration.source.clone());
        // However a source writes them, they are the same.
        let told: BTreeSet<(&str, String)> = registration
            .ine
            .iter()
            .map(|ine| (INE, ine.trim().to_uppercase()))
            .chain(registration.ine_hash.iter().map(|hash| (INE_HASH, hash.trim().to_lowercase())))
            .chain(registration.mails.iter().map(|mail| (MAIL, mail.trim().to_lowercase())))
            .collect();
        let vault = &self.secrets.vault;
        let hashed: Vec<(&str, String, String)> =
            told.into_iter().map(|(kind, value)| (kind, vault.hash(kind, &value), value)).collect();
        let known = self.traits.entry(key.clone()).or_default();
        let before: BTreeSet<(&str, &str)> = known.iter().map(|one| (one.kind.as_str(), one.hash.as_str())).collect();
        let now: BTreeSet<(&str, &str)> = hashed.iter().map(|(kind, hash, _)| (*kind, hash.as_str())).collect();
        if before == now {
            return false;
        }
        if !now.is_subset(&before) {
            self.to_match.insert(id);
        }
        let sealed = |(kind, hash, value): (&str, String, String)| Trait {
            kind: kind.to_owned(),
            sealed: vault.seal(&format!("{kind} {id}"), value.as_bytes()),
            hash,
        };
        *known = hashed.into_iter().map(sealed).collect();
        self.traits_changed.insert(key);
        true
    }

    /// Takes who answers for them; whether that is otherwise.
    fn tie(&mut self, registration: &Registration, id: Uuid) -> bool {
        let Some(guardians) = &registration.guardians else { return false };
        let key = (id, registration.source.clone());
        let mut now: BTreeMap<(String, String), TieRow> = BTreeMap::new();
        for one in guardians {
            let (system, value) = (one.identifier.system.clone(), one.identifier.value.clone());
            let row = TieRow {
                system: system.clone(),
                value: value.clone(),
                relation: one.relation.clone(),
                legal: one.legal,
            };
            // Told twice, one answers by law if either says so.
            let known = now.entry((system, value)).or_insert_with(|| row.clone());
            known.legal |= row.legal;
        }
        let now: BTreeSet<TieRow> = now.into_values().collect();
        let known = self.ties.entry(key.clone()).or_default();
        if *known == now {
            return false;
        }
        *known = now;
        self.ties_changed.insert(key);
        true
    }

    fn say(&mut self, key: (Uuid, String, SchoolYear), mut now: Vec<Affiliation>) -> bool {
        now.sort();
        let known = self.said.entry(key.clone()).or_default();
        known.sort();
        if *known == now {
            return false;
        }
        *known = now;
        self.said_otherwise.insert(key);
        true
    }

    /// Writes what has changed, and says what that was.
    pub(super) async fn write(mut self, store: &Store, tx: &mut Tx, at: DateTime<Utc>) -> Result<Written, Fault> {
        let rows: Vec<PersonWrite> = self.changed.iter().filter_map(|id| self.people.get(id).cloned()).collect();
        store.write_people(tx, &rows, at).await?;
        store.write_identifiers(tx, &self.new_identifiers, at).await?;
        store.revive_identifiers(tx, &self.called_again).await?;
        let said: Said = std::mem::take(&mut self.said_otherwise)
            .into_iter()
            .map(|key| {
                let now = self.said.remove(&key).unwrap_or_default();
                (key, now)
            })
            .collect();
        store.write_affiliations(tx, &said, at.date_naive()).await?;
        store.write_traits(tx, &taken(&mut self.traits, self.traits_changed)).await?;
        // Guardians of before are elsewhere now, and those of now are here.
        let moved = said.keys().map(|(person, _, _)| *person).chain(self.ties_changed.iter().map(|(child, _)| *child));
        let pupils: BTreeSet<Uuid> = moved.collect();
        let pupils: Vec<Uuid> = pupils.into_iter().collect();
        let mut guardians = store.guardians_of(tx, &pupils).await?;
        store.write_ties(tx, &taken(&mut self.ties, self.ties_changed)).await?;
        guardians.extend(&self.newly_called);
        let touched = said.keys().map(|(bearer, _, _)| *bearer);
        Ok(Written {
            people: touched.chain(self.changed).collect(),
            to_match: self.to_match.into_iter().collect(),
            guardians,
            pupils,
        })
    }
}

/// Those of these keys alone.
fn taken<V: Default>(
    all: &mut BTreeMap<(Uuid, String), V>,
    keys: BTreeSet<(Uuid, String)>,
) -> BTreeMap<(Uuid, String), V> {
    let with_value = |key: (Uuid, String)| {
        let value = all.remove(&key).unwrap_or_default();
        (key, value)
    };
    keys.into_iter().map(with_value).collect()
}

fn of_year(registration: &Registration, year: SchoolYear) -> Vec<Affiliation> {
    let affiliation = |one: &RegistrationAffiliation| Affiliation {
        school_year: year,
        uai: one.uai.to_string(),
        profile: one.profile,
        mefstat4: one.mefstat4.clone(),
        classes: one.classes.clone(),
        groups: one.groups.clone(),
        ended_on: None,
    };
    registration.affiliations.iter().filter(|one| one.school_year == year).map(affiliation).collect()
}
