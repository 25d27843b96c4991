//! Saving a version: the bytes first, under their hash; then, in one transaction, everything that names them.

use kernel::Clock;
use uuid::Uuid;

use super::change::{self, ChangeError};
use crate::Store;
use crate::content::Content;
use crate::domain::{Role, Status};
use crate::store::ContentRow;

/// Formats of one version.
const MAX_FORMATS: usize = 10;

/// A version's content in one format.
#[derive(Clone, Debug)]
pub struct NewContent {
    /// The format: lower-case letters and digits, as in a file's extension. The first of a version is the editable one.
    pub format: String,
    /// Its media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Saves a version of a production by one of its participants; returns its number, from 1. What the last version holds already makes
/// no other: whoever did not hear the answer may try again.
///
/// # Errors
/// When there is no such production or participant, they may not contribute, it is archived, or the content cannot be kept.
pub async fn save_version(
    store: &Store,
    content: &Content,
    clock: &Clock,
    (id, by): (Uuid, Uuid),
    contents: &[NewContent],
) -> Result<i64, ChangeError> {
    check(contents)?;
    // Bytes without a version harm nobody; a version without its bytes would.
    let mut hashes = Vec::with_capacity(contents.len());
    for one in contents {
        hashes.push(content.put(&one.bytes).await?);
    }
    let now = clock.now();
    let same = store.same_person(by).await?;
    let mut tx = change::begin(store, id, now).await?;
    let row = store.production_in(&mut tx, id).await?.ok_or(ChangeError::UnknownProduction(id))?;
    let participants = store.participants_in(&mut tx, id).await?;
    let saver = participants.iter().find(|one| same.contains(&one.person_id));
    let saver = saver.ok_or(ChangeError::State("who saves a version takes part in the production"))?;
    if matches!(saver.role, Role::Read | Role::Comment) {
        return Err(ChangeError::State("who saves a version contributes to the production, and does not only read it"));
    }
    if row.status()? == Status::Archived {
        return Err(ChangeError::State("what is archived is kept as it was published"));
    }
    let last = store.exports(&[id]).await?.remove(&id).unwrap_or_default();
    let is_last = last.iter().map(|row| (&row.format, &row.media_type, &row.sha256));
    if is_last.eq(contents.iter().zip(&hashes).map(|(one, sha256)| (&one.format, &one.media_type, sha256))) {
        return Ok(row.last_version);
    }
    let version = row.last_version + 1;
    let rows: Vec<ContentRow> = contents
        .iter()
        .zip(hashes)
        .map(|(one, sha256)| ContentRow {
            production_id: id,
            version,
            format: one.format.clone(),
            media_type: one.media_type.clone(),
            size: i64::try_from(one.bytes.len()).unwrap_or(i64::MAX),
            sha256,
        })
        .collect();
    store.insert_version(&mut tx, saver.number, &rows, now).await?;
    change::end(store, tx, id, now).await?;
    Ok(version)
}

fn check(contents: &[NewContent]) -> Result<(), ChangeError> {
    if contents.is_empty() || contents.len() > MAX_FORMATS {
        return Err(ChangeError::BadInput("a version has content in 1 to 10 formats"));
    }
    for (at, one) in contents.iter().enumerate() {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if one.format.is_empty() || one.format.len() > 16 || !one.format.bytes().all(plain) {
            return Err(ChangeError::BadInput(
                "a format is up to 16 lower-case letters and digits, such as mm or html",
            ));
        }
        if contents[..at].iter().any(|earlier| earlier.format == one.format) {
            return Err(ChangeError::BadInput("a version has each format once"));
        }
        let token = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        let well_formed = one.media_type.len() <= 127
            && one.media_type.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
        if !well_formed {
            return Err(ChangeError::BadInput("a media type is written like application/json"));
        }
    }
    Ok(())
}
