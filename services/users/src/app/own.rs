//! What a person, or who answers for them, does with what is their own: read it, take it away, authorise and object.

use chrono::NaiveDate;
use kernel::{Clock, ErrorCode, Fault};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Secrets;
use crate::Store;
use crate::store::AuthorisationRow;

/// Bytes of a purpose.
const MAX_PURPOSE: usize = 100;

/// Everything that is kept of a person here, as they take it away.
pub(crate) async fn export(store: &Store, secrets: &Secrets, clock: &Clock, canonical: Uuid) -> Result<Value, Fault> {
    let person = store.people(&[canonical]).await?.remove(&canonical);
    let person = person.ok_or_else(|| Fault::new(ErrorCode::NotFound, "there is no such person"))?;
    let identifiers = store.identifiers_of(canonical).await?;
    let mut sealed = Vec::new();
    for row in store.sealed_of(canonical).await? {
        let opened = secrets.vault.open(&format!("{} {}", row.kind, row.person_id), &row.sealed);
        let value = opened.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        sealed.push(json!({ "kind": row.kind, "value": value, "source": row.source }));
    }
    let affiliations: Vec<Value> = person
        .affiliations
        .iter()
        .map(|one| {
            json!({
                "schoolYear": one.school_year.to_string(), "establishment": one.uai, "profile": one.profile.as_str(),
                "level": one.mefstat4, "classes": one.classes, "groups": one.groups, "endedOn": one.ended_on,
            })
        })
        .collect();
    let identifiers: Vec<Value> = identifiers
        .iter()
        .map(|one| {
            json!({
                "system": one.system, "value": one.value, "source": one.source, "since": one.attached_at,
                "endedOn": one.valid_to, "lastUsedAt": one.last_used_at,
            })
        })
        .collect();
    let authorisations: Vec<Value> = store
        .authorisations_of(canonical)
        .await?
        .iter()
        .map(|one| {
            json!({
                "purpose": one.purpose, "granted": one.granted, "until": one.until, "recordedAt": one.recorded_at,
                "withdrawnAt": one.withdrawn_at,
            })
        })
        .collect();
    let merges: Vec<Value> = store
        .merges_of(canonical)
        .await?
        .iter()
        .map(|one| json!({ "rule": one.rule, "evidence": one.evidence, "mergedAt": one.merged_at }))
        .collect();
    let departure = store.departure_of(canonical).await?;
    Ok(json!({
        "exportedAt": clock.now(),
        "givenName": person.given_name,
        "familyName": person.family_name,
        "birthDate": person.birth_date,
        "identifiers": identifiers,
        "ineAndMail": sealed,
        "affiliations": affiliations,
        "authorisations": authorisations,
        "merges": merges,
        "children": store.children_of(canonical).await?.len(),
        "departure": departure.map(|one| json!({ "noticedOn": one.noticed_on, "erasedOn": one.erase_on })),
    }))
}

/// What is authorised or objected to.
#[derive(Clone, Debug)]
pub(crate) struct Saying {
    pub(crate) purpose: String,
    pub(crate) granted: bool,
    pub(crate) until: Option<NaiveDate>,
}

/// Notes what somebody authorises for a person, or objects to; it takes the place of what was said before on the same purpose.
pub(crate) async fn authorise(
    store: &Store,
    clock: &Clock,
    canonical: Uuid,
    by: Uuid,
    saying: Saying,
) -> Result<AuthorisationRow, Fault> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let purpose = &saying.purpose;
    if purpose.is_empty() || purpose.len() > MAX_PURPOSE || !purpose.bytes().all(plain) {
        let told = "a purpose is a word such as PUBLICATION, in capitals, digits and underscores";
        return Err(Fault::new(ErrorCode::BadUserInput, told));
    }
    if saying.until.is_some_and(|until| until < clock.today()) {
        return Err(Fault::new(ErrorCode::BadUserInput, "until is a day that has passed"));
    }
    let row = AuthorisationRow {
        authorisation_id: Uuid::now_v7(),
        person_id: canonical,
        purpose: saying.purpose,
        granted: saying.granted,
        until: saying.until,
        recorded_by: by,
        recorded_at: clock.now(),
        withdrawn_at: None,
    };
    store.write_authorisation(&row, &store.members_of(canonical).await?).await?;
    Ok(row)
}
