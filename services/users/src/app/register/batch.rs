//! What is known while a batch is taken in, and what of it has changed: a later registration may speak of a person whom an earlier
//! one made.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::Tx;
use kernel::{Fault, SchoolYear};
use uuid::Uuid;

use super::{Refusal, Registered, Registration, RegistrationAffiliation, check, pairs};
use crate::Store;
use crate::domain::Affiliation;
use crate::store::{IdentifierWrite, PersonWrite, Said};

pub(super) struct Batch {
    /// Who bears an identifier, and where lookups of them lead.
    known: HashMap<(String, String), (Uuid, Uuid)>,
    people: HashMap<Uuid, PersonWrite>,
    said: Said,
    uais: BTreeSet<String>,
    generation: i64,
    new_identifiers: Vec<IdentifierWrite>,
    /// People whose row is new or other, and what sources say otherwise.
    changed: BTreeSet<Uuid>,
    said_otherwise: BTreeSet<(Uuid, String, SchoolYear)>,
}

impl Batch {
    pub(super) async fn read(
        store: &Store,
        tx: &mut Tx,
        generation: i64,
        registrations: &[Registration],
    ) -> Result<Self, Fault> {
        let wanted: BTreeSet<(String, String)> = registrations.iter().flat_map(pairs).collect();
        let known = store.by_identifiers(tx, &wanted.into_iter().collect::<Vec<_>>()).await?;
        let uais: BTreeSet<String> =
            registrations.iter().flat_map(|one| &one.affiliations).map(|one| one.uai.to_string()).collect();
        let uais = store.known_uais(tx, &uais.into_iter().collect::<Vec<_>>()).await?;
        let bearers: BTreeSet<Uuid> = known.values().map(|(bearer, _)| *bearer).collect();
        let bearers: Vec<Uuid> = bearers.into_iter().collect();
        let people = store.rows_of(tx, &bearers).await?;
        Ok(Self {
            known,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            said: store.said_of(tx, &bearers).await?,
            uais: uais.into_iter().collect(),
            generation,
            new_identifiers: Vec::new(),
            changed: BTreeSet::new(),
            said_otherwise: BTreeSet::new(),
        })
    }

    pub(super) fn take(&mut self, registration: &Registration) -> Result<Registered, Refusal> {
        check(registration, &self.uais)?;
        let found: Vec<(Uuid, Uuid)> = pairs(registration).filter_map(|pair| self.known.get(&pair).copied()).collect();
        let people: BTreeSet<Uuid> = found.iter().map(|(_, canonical)| *canonical).collect();
        if people.len() > 1 {
            return Err(Refusal::SeveralPeople(people.len()));
        }
        let existing = found.first().copied();
        let (id, canonical) = existing.unwrap_or_else(|| {
            let id = Uuid::now_v7();
            (id, id)
        });
        let mut changed = self.attach(registration, (id, canonical));
        changed |= self.call(registration, id);
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

    /// Attaches identifiers that nobody bears; whether there are any.
    fn attach(&mut self, registration: &Registration, bearer: (Uuid, Uuid)) -> bool {
        let before = self.new_identifiers.len();
        for (system, value) in pairs(registration) {
            let pair = (system, value);
            if self.known.contains_key(&pair) {
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
        }
        self.new_identifiers.len() > before
    }

    /// Gives names; a source that gives none takes none away. Whether anything is new.
    fn call(&mut self, registration: &Registration, id: Uuid) -> bool {
        let generation = self.generation;
        let fresh = || PersonWrite { id, given_name: None, family_name: None, pseudonym_key: generation };
        let person = self.people.entry(id).or_insert_with(fresh);
        let before = person.clone();
        person.given_name = registration.given_name.clone().or(person.given_name.take());
        person.family_name = registration.family_name.clone().or(person.family_name.take());
        let changed = *person != before;
        if changed {
            self.changed.insert(id);
        }
        changed
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

    /// Writes what has changed; where lookups of those lead of whom something has.
    pub(super) async fn write(mut self, store: &Store, tx: &mut Tx, at: DateTime<Utc>) -> Result<Vec<Uuid>, Fault> {
        let rows: Vec<PersonWrite> = self.changed.iter().filter_map(|id| self.people.get(id).cloned()).collect();
        store.write_people(tx, &rows, at).await?;
        store.write_identifiers(tx, &self.new_identifiers, at).await?;
        let said: Said = std::mem::take(&mut self.said_otherwise)
            .into_iter()
            .map(|key| {
                let now = self.said.remove(&key).unwrap_or_default();
                (key, now)
            })
            .collect();
        store.write_affiliations(tx, &said).await?;
        let leads_to: HashMap<Uuid, Uuid> = self.known.values().copied().collect();
        let touched = said.keys().map(|(bearer, _, _)| *bearer).chain(self.changed);
        let canonical: BTreeSet<Uuid> = touched.map(|id| leads_to.get(&id).copied().unwrap_or(id)).collect();
        Ok(canonical.into_iter().collect())
    }
}

fn of_year(registration: &Registration, year: SchoolYear) -> Vec<Affiliation> {
    let affiliation = |one: &RegistrationAffiliation| Affiliation {
        school_year: year,
        uai: one.uai.to_string(),
        profile: one.profile,
        mefstat4: one.mefstat4.clone(),
        classes: one.classes.clone(),
        groups: one.groups.clone(),
    };
    registration.affiliations.iter().filter(|one| one.school_year == year).map(affiliation).collect()
}
