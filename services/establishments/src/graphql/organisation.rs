//! Organisations: who acts.

use async_graphql::{Context, ID, Object};
use kernel::Fault;

use super::enums::OrganisationKind;
use super::territory::{Territory, territory};
use crate::domain;
use crate::store::OrganisationRow;

/// Who acts.
pub(crate) struct Organisation {
    pub(crate) row: OrganisationRow,
}

/// Who acts: a rectorat, a collectivité, a vendor. Not a territory.
#[Object]
impl Organisation {
    /// Its slug.
    async fn id(&self) -> ID {
        ID(self.row.id.clone())
    }

    /// What it is.
    async fn kind(&self) -> OrganisationKind {
        domain::OrganisationKind::parse(&self.row.kind).unwrap_or(domain::OrganisationKind::Other).into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Where it acts, where that is one territory.
    async fn territory(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.territory_id.as_deref()).await
    }
}
