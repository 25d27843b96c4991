//! Proposals that two people be taken for one: somebody looks at both and decides.

use kernel::{Clock, ErrorCode, Fault};
use uuid::Uuid;

use super::merge::{self, Evidence, MergeError};
use crate::Store;

/// Decides a proposal; once and for all, though a merge that came of it can be undone.
///
/// # Errors
/// Where there is no such proposal, or somebody has decided it before.
pub(crate) async fn decide(store: &Store, clock: &Clock, id: Uuid, accepted: bool, by: Uuid) -> Result<(), Fault> {
    let now = clock.now();
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let proposal = store.proposal(&mut tx, id).await?;
    let proposal = proposal.ok_or_else(|| Fault::new(ErrorCode::NotFound, "there is no such proposal"))?;
    if let Some(before) = proposal.accepted {
        let how = if before { "accepted" } else { "refused" };
        return Err(Fault::new(ErrorCode::Conflict, format!("the proposal was {how} before")));
    }
    store.decide(&mut tx, id, accepted, by, now).await?;
    if accepted {
        let evidence = format!("{}: {}", proposal.rule, proposal.evidence);
        let why = Evidence { rule: "DECIDED".to_owned(), evidence };
        let (older, newer) = (proposal.one_id.min(proposal.other_id), proposal.one_id.max(proposal.other_id));
        match merge::merge_in(store, &mut tx, now, newer, older, &why).await {
            // Meanwhile something else has made them one.
            Ok(_) | Err(MergeError::SamePerson) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(tx.commit().await?)
}
