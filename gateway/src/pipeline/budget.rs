//! The stage at which a client pays for its request.

use super::Asker;
use crate::Gateway;
use crate::budget::Standing;
use crate::error::GraphqlError;

/// Refuses who is known to have nothing left, before anything is read for them.
pub(super) fn check(gateway: &Gateway, asker: &Asker<'_>) -> Result<(), Vec<GraphqlError>> {
    settle(asker, gateway.budgets.spent(&asker.client))
}

/// Takes what a request costs out of the client's budget, and refuses it where that does not suffice.
pub(super) async fn take(gateway: &Gateway, asker: &Asker<'_>, cost: u64) -> Result<(), Vec<GraphqlError>> {
    settle(asker, gateway.budgets.take(&asker.client, cost).await)
}

fn settle(asker: &Asker<'_>, standing: Option<Standing>) -> Result<(), Vec<GraphqlError>> {
    let Some(standing) = standing else { return Ok(()) };
    let standing = asker.standing.get_or_init(|| standing);
    standing.refusal().map_or(Ok(()), |error| Err(vec![error]))
}
