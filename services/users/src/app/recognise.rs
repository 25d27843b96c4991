//! Who logs in: what a provider says of them is one more source, and finds or makes the person.

use feed::FeedPerson;
use kernel::{Clock, ErrorCode, Fault, SchoolYear};
use uuid::Uuid;

use super::Secrets;
use super::merge::{self, Evidence, MergeError};
use super::register::{self, Guardian, Identifier, Refusal, Registration, RegistrationAffiliation};
use crate::Store;

/// The client that people use without any other: the installation's own pages.
pub(crate) const OWN_CLIENT: &str = "passerelle";

/// The system under which a provider tells a hash of the INE.
const INE_HASH: &str = "ine-hash";

/// The person whom a provider calls `subject` and of whom it says this. Accounts that a provider names together are one person's: it
/// knows who holds them.
///
/// # Errors
/// When the provider says what cannot be taken, or the database fails.
pub async fn recognise(
    store: &Store,
    secrets: &Secrets,
    clock: &Clock,
    provider: &str,
    subject: &str,
    person: &FeedPerson,
) -> Result<Uuid, Fault> {
    let source = format!("oidc:{provider}");
    let registration = registration(&source, subject, person, SchoolYear::of(clock.today()));
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let registrations = std::slice::from_ref(&registration);
    let mut taken = register::register_in(store, &mut tx, secrets, clock, registrations).await?;
    if let Some(Err(Refusal::SeveralPeople(_))) = taken.answers.first() {
        together(store, &mut tx, clock, &source, &registration).await?;
        taken = register::register_in(store, &mut tx, secrets, clock, registrations).await?;
    }
    let answer = taken.answers.remove(0);
    let registered = answer.map_err(|refusal| Fault::new(ErrorCode::BadUserInput, refusal.to_string()))?;
    tx.commit().await?;
    store.used(&source, subject, clock.now()).await?;
    // Who bears the account, wherever lookups of them lead: a merge that is undone takes nobody along.
    Ok(registered.person_id())
}

/// Merges whoever bears one of the identifiers.
async fn together(
    store: &Store,
    tx: &mut db::Tx,
    clock: &Clock,
    source: &str,
    registration: &Registration,
) -> Result<(), Fault> {
    let pairs: Vec<(String, String)> =
        registration.identifiers.iter().map(|one| (one.system.clone(), one.value.clone())).collect();
    let found = store.by_identifiers(tx, &pairs).await?;
    let mut bearers: Vec<Uuid> = found.into_values().map(|(_, canonical)| canonical).collect();
    bearers.sort_unstable();
    let Some((oldest, others)) = bearers.split_first() else { return Ok(()) };
    let apart = store.kept_apart(tx, &bearers).await?;
    for other in others {
        // Somebody has decided that they are two: the provider is not believed against that.
        if apart.contains(&(*oldest, *other)) {
            continue;
        }
        let evidence = format!("{source} names accounts of both at one login");
        let why = Evidence { rule: "PROVIDER_NAMES_BOTH".to_owned(), evidence };
        match merge::merge_in(store, tx, clock.now(), *other, *oldest, &why).await {
            Ok(_) | Err(MergeError::SamePerson) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn registration(source: &str, subject: &str, person: &FeedPerson, year: SchoolYear) -> Registration {
    let mut affiliations: Vec<RegistrationAffiliation> = Vec::new();
    for place in &person.places {
        // What is no UAI is nobody's; a place told twice is one.
        let Ok(uai) = place.structure.parse() else { continue };
        if affiliations.iter().any(|one| one.uai == uai && one.profile == place.profile) {
            continue;
        }
        affiliations.push(RegistrationAffiliation {
            uai,
            profile: place.profile,
            school_year: year,
            mefstat4: place.mefstat4.clone(),
            classes: place.classes.clone(),
            groups: place.groups.clone(),
        });
    }
    let own = Identifier { system: source.to_owned(), value: subject.to_owned() };
    let others = person
        .identifiers
        .iter()
        .filter(|one| one.system != INE_HASH)
        .map(|one| Identifier { system: one.system.clone(), value: one.value.clone() });
    let mut identifiers: Vec<Identifier> = std::iter::once(own).chain(others).collect();
    identifiers.dedup();
    let guardian = |tie: &feed::FeedTie| Guardian {
        identifier: Identifier { system: source.to_owned(), value: tie.guardian.clone() },
        relation: tie.relation.clone(),
        legal: tie.legal,
    };
    Registration {
        given_name: person.given_name.clone(),
        family_name: person.family_name.clone(),
        birth_date: person.birth_date,
        ine: person.ine.clone(),
        // Two people may have the same, as of an INE: no name of theirs, but evidence.
        ine_hash: person.identifiers.iter().find(|one| one.system == INE_HASH).map(|one| one.value.clone()),
        mails: person.mails.clone(),
        identifiers,
        // A provider that tells no establishment says nothing of where they are.
        school_years: Vec::new(),
        affiliations,
        guardians: (!person.guardians.is_empty()).then(|| person.guardians.iter().map(guardian).collect()),
        source: source.to_owned(),
    }
}
