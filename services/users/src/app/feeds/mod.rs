//! Taking in what feeds tell: AAF files, directories of ENTs. Each person whole or not at all; what is told again is not looked at
//! twice; what a feed tells no more has ended.

mod aaf;
mod ldap;
mod removals;

pub use aaf::{AafError, AafImported, AafOptions, import_aaf};
pub use ldap::{LdapError, LdapOptions, LdapRead, sync_ldap};
pub(crate) use removals::{Removals, Seen};

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use db::Tx;
use feed::{FeedPerson, FeedStructure};
use import::Report;
use kernel::{Clock, ErrorCode, Fault, SchoolYear, Uai};

use super::Secrets;
use super::register::{self, Guardian, Identifier, Registered, Registration, RegistrationAffiliation};
use crate::Store;
use crate::store::{FeedRecord, FeedStructureRow};

/// People taken in by one transaction.
pub(crate) const BATCH: usize = 500;
/// Part of every digest: raised when the same record is to be understood otherwise.
const UNDERSTANDING: &str = "1";

/// A person as a feed just told them.
pub(crate) struct Told {
    pub(crate) line: u64,
    pub(crate) category: &'static str,
    pub(crate) person: FeedPerson,
    /// What is kept of it word by word, for a change that names some of it alone.
    pub(crate) kept: Vec<u8>,
}

/// A feed while it is taken in.
pub(crate) struct Feed<'a> {
    pub(crate) store: &'a Store,
    pub(crate) secrets: &'a Secrets,
    pub(crate) clock: &'a Clock,
    /// Its name: of the source, and of the system whose names its keys are.
    pub(crate) source: String,
    /// The school year that it speaks of.
    pub(crate) year: SchoolYear,
    pub(crate) dry_run: bool,
    structures: HashMap<String, Option<Uai>>,
    /// Establishments that the directory does not hold, and those that the feed itself does not know: told once each.
    strangers: HashSet<String>,
    directory: HashMap<String, bool>,
}

impl<'a> Feed<'a> {
    pub(crate) async fn open(
        store: &'a Store,
        secrets: &'a Secrets,
        clock: &'a Clock,
        source: &str,
        year: SchoolYear,
        dry_run: bool,
    ) -> Result<Self, Fault> {
        let known = store.feed_structures(source).await?;
        let uai = |row: &FeedStructureRow| row.uai.as_deref().and_then(|uai| uai.parse().ok());
        let structures = known.iter().map(|row| (row.structure_key.clone(), uai(row))).collect();
        let source = source.to_owned();
        let (strangers, directory) = (HashSet::new(), HashMap::new());
        Ok(Self { store, secrets, clock, source, year, dry_run, structures, strangers, directory })
    }

    /// Begins a transaction that has the right to merge.
    pub(crate) async fn begin(&self) -> Result<Tx, Fault> {
        let mut tx = self.store.db().begin().await?;
        self.store.lock_merges(&mut tx).await?;
        Ok(tx)
    }

    /// Ends a transaction: kept, or, on a dry run, not.
    pub(crate) async fn finish(&self, tx: Tx) -> Result<(), Fault> {
        if self.dry_run { Ok(()) } else { Ok(tx.commit().await?) }
    }

    /// Takes in what the feed calls establishments.
    pub(crate) async fn structures(&mut self, told: &[FeedStructure], report: &mut Report) -> Result<(), Fault> {
        let rows: Vec<FeedStructureRow> = told
            .iter()
            .map(|one| FeedStructureRow {
                structure_key: one.key.clone(),
                uai: one.uai.clone(),
                name: one.name.clone(),
            })
            // Told twice in one statement, a row would be written twice.
            .map(|row| (row.structure_key.clone(), row))
            .collect::<BTreeMap<_, _>>()
            .into_values()
            .collect();
        for row in &rows {
            let uai: Option<Uai> = row.uai.as_deref().and_then(|uai| uai.parse().ok());
            // What it was before is still the best that is known of one that is told without a number.
            let known = self.structures.entry(row.structure_key.clone()).or_default();
            if uai.is_none() && known.is_some() {
                report.note(&format!("{} is told without a UAI; the one of before is kept", row.structure_key));
            }
            *known = uai.or(*known);
        }
        let mut tx = self.begin().await?;
        self.store.write_feed_structures(&mut tx, &self.source, &rows).await?;
        self.finish(tx).await?;
        report.count("establishments", u64::try_from(rows.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Takes in people, all that can be in one transaction.
    pub(crate) async fn people(&mut self, told: &[Told], report: &mut Report) -> Result<(), Fault> {
        let mut tx = self.begin().await?;
        self.look_up(&mut tx, told).await?;
        let keys: Vec<String> = told.iter().map(|one| one.person.key.clone()).collect();
        let known = self.store.feed_records(&mut tx, &self.source, &keys).await?;
        let mut news = Vec::new();
        for one in told {
            let registration = self.registration(one, report);
            let digest = self.digest(&registration, &one.kept);
            if known
                .get(&one.person.key)
                .is_some_and(|record| record.digest == digest && record.category == one.category)
            {
                report.count("unchanged", 1);
            } else {
                news.push((one, registration, digest));
            }
        }
        let registrations: Vec<Registration> = news.iter().map(|(_, registration, _)| registration.clone()).collect();
        let taken = register::register_in(self.store, &mut tx, self.secrets, self.clock, &registrations).await?;
        report.count("merged", taken.merged);
        report.count("proposed for merging", taken.proposed);
        let mut records = BTreeMap::new();
        for ((one, _, digest), answer) in news.into_iter().zip(taken.answers) {
            let registered = match answer {
                Ok(registered) => registered,
                Err(refusal) => {
                    report.refuse(one.line, &refusal);
                    continue;
                }
            };
            report.count(
                match registered {
                    Registered::Created(_) => "added",
                    Registered::Changed(_) => "changed",
                    Registered::Unchanged(_) => "unchanged",
                },
                1,
            );
            let record = FeedRecord {
                record_key: one.person.key.clone(),
                category: one.category.to_owned(),
                person_id: registered.person_id(),
                school_year: self.year.to_string(),
                digest,
                sealed: self.secrets.vault.seal(&self.place(&one.person.key), &one.kept),
            };
            records.insert(record.record_key.clone(), record);
        }
        let records: Vec<FeedRecord> = records.into_values().collect();
        self.store.write_feed_records(&mut tx, &self.source, &records).await?;
        self.finish(tx).await
    }

    /// What was kept of these the last time that the feed told them.
    pub(crate) async fn kept(&self, keys: &[String]) -> Result<HashMap<String, (String, Vec<u8>)>, Fault> {
        let mut tx = self.store.db().begin().await?;
        let known = self.store.feed_records(&mut tx, &self.source, keys).await?;
        let mut kept = HashMap::new();
        for (key, record) in known {
            let opened = self.secrets.vault.open(&self.place(&key), &record.sealed);
            let opened = opened.ok_or_else(|| {
                let told =
                    "what a feed told before cannot be read: is the vault's key the one that it was sealed with?";
                Fault::new(ErrorCode::Internal, told)
            })?;
            kept.insert(key, (record.category, opened));
        }
        Ok(kept)
    }

    /// Ends what the feed said of these.
    pub(crate) async fn end(&self, keys: &[String], report: &mut Report) -> Result<(), Fault> {
        for keys in keys.chunks(BATCH) {
            let mut tx = self.begin().await?;
            let known = self.store.feed_records(&mut tx, &self.source, keys).await?;
            let keys: Vec<String> = known.into_keys().collect();
            register::end_in(self.store, &mut tx, self.clock, &self.source, self.year, &keys).await?;
            self.finish(tx).await?;
            report.count("ended", u64::try_from(keys.len()).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    fn place(&self, key: &str) -> String {
        format!("feed {} {key}", self.source)
    }

    /// Learns which establishments of these people the directory holds.
    async fn look_up(&mut self, tx: &mut Tx, told: &[Told]) -> Result<(), Fault> {
        let places = told.iter().flat_map(|one| &one.person.places);
        let unknown: BTreeSet<String> = places
            .filter_map(|place| self.uai(&place.structure))
            .map(|uai| uai.to_string())
            .filter(|uai| !self.directory.contains_key(uai))
            .collect();
        let unknown: Vec<String> = unknown.into_iter().collect();
        let held = self.store.known_uais(tx, &unknown).await?;
        self.directory.extend(unknown.into_iter().map(|uai| (uai, false)));
        self.directory.extend(held.into_iter().map(|uai| (uai, true)));
        Ok(())
    }

    /// The establishment that the feed calls this: by what it told of establishments, else by the UAI that it is.
    fn uai(&self, structure: &str) -> Option<Uai> {
        self.structures.get(structure).copied().unwrap_or_else(|| structure.parse().ok())
    }

    /// What the feed says of a person, in the terms of every source.
    fn registration(&mut self, told: &Told, report: &mut Report) -> Registration {
        let person = &told.person;
        let mut affiliations: Vec<RegistrationAffiliation> = Vec::new();
        for place in &person.places {
            let Some(uai) = self.uai(&place.structure) else {
                if self.strangers.insert(place.structure.clone()) {
                    let reason = "names an establishment that the feed has told no UAI of; people are left out there";
                    report.warn(told.line, &format!("{reason} ({})", place.structure));
                }
                continue;
            };
            let written = uai.to_string();
            if self.directory.get(&written) == Some(&false) && self.strangers.insert(written) {
                report.warn(
                    told.line,
                    &format!("the directory holds no establishment {uai}: nobody but themselves sees its people there"),
                );
            }
            let same = |one: &&mut RegistrationAffiliation| one.uai == uai && one.profile == place.profile;
            // Two structures of one UAI are one establishment.
            if let Some(one) = affiliations.iter_mut().find(same) {
                one.classes.extend(
                    place.classes.iter().filter(|class| !one.classes.contains(class)).cloned().collect::<Vec<_>>(),
                );
                one.groups.extend(
                    place.groups.iter().filter(|group| !one.groups.contains(group)).cloned().collect::<Vec<_>>(),
                );
                continue;
            }
            affiliations.push(RegistrationAffiliation {
                uai,
                profile: place.profile,
                school_year: self.year,
                mefstat4: place.mefstat4.clone(),
                classes: place.classes.clone(),
                groups: place.groups.clone(),
            });
        }
        let own = Identifier { system: self.source.clone(), value: person.key.clone() };
        let others =
            person.identifiers.iter().map(|one| Identifier { system: one.system.clone(), value: one.value.clone() });
        let guardian = |tie: &feed::FeedTie| Guardian {
            identifier: Identifier {
                // An LDAP directory names them by where their entry is.
                system: if tie.guardian.contains('=') { dn_system(&self.source) } else { self.source.clone() },
                value: tie.guardian.clone(),
            },
            relation: tie.relation.clone(),
            legal: tie.legal,
        };
        Registration {
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            birth_date: person.birth_date,
            ine: person.ine.clone(),
            ine_hash: None,
            mails: person.mails.clone(),
            identifiers: std::iter::once(own).chain(others).collect(),
            // Guardians are where their children are: the feed does not say it of them, and does not take it away.
            school_years: if affiliations.is_empty() && told.category == GUARDIANS {
                Vec::new()
            } else {
                vec![self.year]
            },
            affiliations,
            guardians: (told.category == PUPILS || !person.guardians.is_empty())
                .then(|| person.guardians.iter().map(guardian).collect()),
            source: self.source.clone(),
        }
    }

    fn digest(&self, registration: &Registration, kept: &[u8]) -> String {
        let places: Vec<String> = registration.affiliations.iter().map(|one| format!("{one:?}")).collect();
        let kept = String::from_utf8_lossy(kept);
        self.secrets.vault.hash("DIGEST", &format!("{UNDERSTANDING}\n{}\n{kept}\n{}", self.year, places.join("\n")))
    }
}

/// The system whose names are where entries of a directory are.
fn dn_system(source: &str) -> String {
    format!("{source}/dn")
}

/// Whoever a directory of an ENT holds.
pub(crate) const PERSON: &str = "person";
/// Categories of people, as AAF calls them.
pub(crate) const PUPILS: &str = "Eleve";
pub(crate) const GUARDIANS: &str = "PersRelEleve";
pub(crate) const STAFF: &str = "PersEducNat";
