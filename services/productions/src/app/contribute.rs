//! Opening a production, and joining it. What a contributor is at this moment stays: profile, establishment and level.

use std::collections::{HashMap, HashSet};

use db::Tx;
use kernel::{Clock, Profile, SchoolYear, Uai};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::change::{self, ChangeError};
use crate::Store;
use crate::domain::{Cycles, Kind, Participant, Role, crosses_degrees, label};
use crate::store::{Derived, NewProductionRow};

/// Bytes of a title.
const MAX_TITLE: usize = 500;
/// Bytes of a summary or a licence.
const MAX_SUMMARY: usize = 5_000;
/// Participants of one production.
const MAX_PARTICIPANTS: usize = 1_000;
const TOO_MANY: &str = "a production has 1000 participants at most";

/// A production that somebody opens.
#[derive(Clone, Debug)]
pub struct NewProduction {
    /// Its id (UUID version 7), which the caller makes: whoever tries again makes no second one.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: Option<String>,
    /// What is made.
    pub kind: Kind,
    /// Under which licence it may be used again.
    pub licence: Option<String>,
    /// The school year in which it is made.
    pub school_year: SchoolYear,
    /// Who opens it.
    pub author: Contributor,
}

/// Somebody who takes part.
#[derive(Clone, Debug)]
pub struct Contributor {
    /// The internal id.
    pub person_id: Uuid,
    /// The establishment from which they take part.
    pub uai: Uai,
    /// What they may do.
    pub role: Role,
}

/// Opens a production: a draft whose first participant is its author. The same again changes nothing.
///
/// # Errors
/// When a text cannot be kept, there is another production of this id, or the author is not known at their establishment in this school
/// year.
pub async fn create(store: &Store, clock: &Clock, new: &NewProduction) -> Result<(), ChangeError> {
    let fits = |text: &str, max: usize| !text.trim().is_empty() && text.len() <= max && !text.contains('\0');
    if !fits(&new.title, MAX_TITLE) {
        return Err(ChangeError::BadInput("a title has 1 to 500 bytes, without U+0000"));
    }
    if ![&new.summary, &new.licence].into_iter().flatten().all(|text| fits(text, MAX_SUMMARY)) {
        return Err(ChangeError::BadInput("a summary and a licence have 1 to 5000 bytes each, without U+0000"));
    }
    let (id, now) = (new.id, clock.now());
    let mut tx = store.db().begin().await?;
    if let Some(known) = store.production_in(&mut tx, id).await? {
        let by_them = store.participants_in(&mut tx, id).await?.first().map(|one| one.person_id);
        let same = by_them == Some(new.author.person_id) && known.title == new.title;
        return if same { Ok(()) } else { Err(ChangeError::State("there is another production of this id")) };
    }
    let row = NewProductionRow {
        id,
        title: new.title.clone(),
        summary: new.summary.clone(),
        kind: new.kind,
        licence: new.licence.clone(),
        school_year: new.school_year.to_string(),
        year_ends_on: new.school_year.end(),
    };
    store.insert_production(&mut tx, &row, now).await?;
    join(store, &mut tx, (id, new.school_year), std::slice::from_ref(&new.author), clock).await?;
    change::end(store, tx, id, now).await
}

/// Lets people take part; who does so already keeps number, level and role.
///
/// # Errors
/// When one of them is not known at their establishment in the production's school year: then nobody joins.
pub async fn contribute(
    store: &Store,
    clock: &Clock,
    id: Uuid,
    contributors: &[Contributor],
) -> Result<(), ChangeError> {
    let now = clock.now();
    let mut tx = change::begin(store, id, now).await?;
    let row = store.production_in(&mut tx, id).await?.ok_or(ChangeError::UnknownProduction(id))?;
    join(store, &mut tx, (id, row.school_year()?), contributors, clock).await?;
    change::end(store, tx, id, now).await
}

async fn join(
    store: &Store,
    tx: &mut Tx,
    (id, year): (Uuid, SchoolYear),
    contributors: &[Contributor],
    clock: &Clock,
) -> Result<(), ChangeError> {
    if contributors.len() > MAX_PARTICIPANTS {
        return Err(ChangeError::BadInput(TOO_MANY));
    }
    let mut participants = store.participants_in(tx, id).await?;
    // Each keeps the id under which they came, whoever it leads to now; who is the same person takes part once.
    let asked = contributors.iter().map(|one| one.person_id);
    let everybody: Vec<Uuid> = asked.clone().chain(participants.iter().map(|one| one.person_id)).collect();
    let redirects = store.redirects(tx, &everybody).await?;
    let leads_to = |id: Uuid| redirects.get(&id).copied().unwrap_or(id);
    let canonical: Vec<Uuid> = asked.map(leads_to).collect();
    let written = year.to_string();
    let places = store.person_places(tx, &canonical, &written).await?;
    let mut known: HashSet<Uuid> = participants.iter().map(|one| leads_to(one.person_id)).collect();
    let mut joining = Vec::new();
    for one in contributors {
        let (person_id, canonical) = (one.person_id, leads_to(one.person_id));
        if !known.insert(canonical) {
            continue;
        }
        let place = places.iter().find(|place| place.person_id == canonical && place.uai == one.uai.as_str());
        let Some((place, profile)) = place.and_then(|place| Some((place, place.profile()?))) else {
            return Err(ChangeError::UnknownContributor { person_id, uai: one.uai.to_string(), school_year: written });
        };
        joining.push(Participant {
            production_id: id,
            number: 0,
            ordinal: 0,
            person_id,
            profile,
            role: one.role,
            uai: one.uai.to_string(),
            mefstat4: place.mefstat4.clone(),
            school_year: year,
        });
    }
    if participants.len() + joining.len() > MAX_PARTICIPANTS {
        return Err(ChangeError::BadInput(TOO_MANY));
    }
    number(&participants, &mut joining);
    store.insert_participants(tx, &joining, clock.now()).await?;
    participants.extend(joining);
    let derived = derive(tx, &participants, year).await?;
    store.write_derived(tx, id, derived).await?;
    Ok(())
}

/// Gives each newcomer the next number, and the next place among those of the same label.
///
/// Who joins together comes from a list, such as that of a class: in its order, the same pupil would bear the same number in every
/// production. So they are put into an order of this production alone, establishment by establishment.
fn number(participants: &[Participant], joining: &mut [Participant]) {
    joining.sort_by_cached_key(|one| {
        let mut hash = Sha256::new();
        hash.update(one.production_id.as_bytes());
        hash.update(one.person_id.as_bytes());
        (one.uai.clone(), one.profile == Profile::Pupil, hash.finalize())
    });
    for (number, one) in (participants.len() + 1..).zip(joining.iter_mut()) {
        one.number = i64::try_from(number).unwrap_or(i64::MAX);
    }
    let mut next: HashMap<&'static str, i64> = HashMap::new();
    for one in participants {
        *next.entry(label(one.profile)).or_default() += 1;
    }
    for one in joining {
        let count = next.entry(label(one.profile)).or_default();
        *count += 1;
        one.ordinal = *count;
    }
}

/// Cycles and crossing of degrees: from the pupils alone.
async fn derive(tx: &mut Tx, participants: &[Participant], year: SchoolYear) -> Result<Derived, ChangeError> {
    let pairs: HashSet<(String, SchoolYear)> = participants.iter().map(|one| (one.uai.clone(), year)).collect();
    let places = places::facts_in(tx, &pairs.into_iter().collect::<Vec<_>>()).await?;
    let mut pupils = Vec::new();
    for one in participants {
        let place = places.get(&(one.uai.clone(), year));
        let place = place.ok_or_else(|| ChangeError::UnknownEstablishment(one.uai.clone()))?;
        if one.profile == Profile::Pupil {
            pupils.push((one.mefstat4.as_deref(), place.kind));
        }
    }
    let (cycles, unknown_level_pupils) = Cycles::of(pupils.iter().map(|(mefstat4, _)| *mefstat4));
    Ok(Derived { cycles: cycles.0, unknown_level_pupils, crosses_degrees: crosses_degrees(pupils) })
}
