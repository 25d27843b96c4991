//! Productions as a caller may see them.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use kernel::Fault;
use service_kit::access::ACCESS;
use service_kit::graphql::{Cycle, DateTime, EstablishmentRef, SchoolYear, Uai, or_null};

use super::enums::{Audience, ProductionKind, ProductionStatus};
use super::loaders::{ExportsKey, Loaders};
use super::participant::{Participant, UserRef};
use super::version::{Export, VersionConnection};
use crate::app::Seen;
use crate::domain::Cycles;

/// Counts of pupils below this are for those alone who take part.
const SMALLEST: i64 = 5;

/// A production that the caller may see.
pub(crate) struct Production {
    pub(crate) seen: Arc<Seen>,
}

/// What pupils and teachers make together, of one or several establishments, in one ENT or across several.
#[Object]
impl Production {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.seen.row.id.to_string())
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.seen.row.title
    }

    /// What it is about.
    async fn summary(&self) -> Option<&str> {
        self.seen.row.summary.as_deref()
    }

    /// What is made.
    async fn kind(&self) -> Result<ProductionKind, Fault> {
        Ok(self.seen.row.kind()?.into())
    }

    /// How far it has come.
    async fn status(&self) -> Result<ProductionStatus, Fault> {
        Ok(self.seen.row.status()?.into())
    }

    /// Whom it is shared with once it is published.
    async fn audience(&self) -> Result<Audience, Fault> {
        Ok(self.seen.row.audience()?.into())
    }

    /// From the pupils' levels when each first contributed: it does not change when they move up.
    async fn cycles(&self) -> Vec<Cycle> {
        Cycles(self.seen.row.cycles).list().into_iter().map(Into::into).collect()
    }

    /// Pupils whose code holds no level (ULIS), who are in no cycle here, for who takes part, their ENTs, the portals and the staff
    /// of their territories. Null for everybody else; for an ENT that not all schools have; and where they are fewer than 5, for all
    /// but who takes part and an ENT that all schools have.
    async fn pupils_of_unknown_level(&self) -> Option<i64> {
        let towards = &self.seen.towards_all;
        if !ACCESS.permits("Production", "pupilsOfUnknownLevel", towards) {
            return None;
        }
        let count = self.seen.row.unknown_level_pupils;
        let exact = ACCESS.admits("Participant.level: shared by fewer than 5", towards);
        (exact || count >= SMALLEST).then_some(count)
    }

    /// Whether pupils of both degrees, école and collège or lycée, took part.
    async fn crosses_degrees(&self) -> bool {
        self.seen.row.crosses_degrees
    }

    /// The school year in which it was made.
    async fn school_year(&self) -> Result<SchoolYear, Fault> {
        Ok(SchoolYear(self.seen.row.school_year()?))
    }

    /// Under which licence it may be used again; null: none was given.
    async fn licence(&self) -> Option<&str> {
        self.seen.row.licence.as_deref()
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.seen.row.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.seen.row.updated_at)
    }

    /// Since when its audience sees it; null while it does not.
    async fn published_at(&self) -> Option<DateTime> {
        self.seen.row.published_at.map(DateTime)
    }

    /// Who opened it, where the caller may know them; null otherwise, as a pupil always is for a portal.
    async fn author(&self) -> Option<UserRef> {
        Participant::numbered(&self.seen, self.seen.row.author)?.known()
    }

    /// Everybody who takes part, in the order of joining.
    async fn participants(&self) -> Vec<Participant> {
        Participant::all(&self.seen)
    }

    /// UAI of the establishments from which somebody takes part, in order.
    async fn establishment_uais(&self) -> Vec<Uai> {
        self.uais().into_iter().filter_map(|uai| uai.parse().ok()).map(Uai).collect()
    }

    /// The establishments from which somebody takes part, in the order of their UAI.
    async fn establishments(&self) -> Vec<Option<EstablishmentRef>> {
        self.uais().into_iter().map(EstablishmentRef::of).collect()
    }

    /// Its versions, the newest first, for those who take part and their ENTs. Null, with an error, for everybody else.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items at most, up to 100; absent: 20.")] first: Option<i32>,
        #[graphql(desc = "Begin after the item of this cursor.")] after: Option<String>,
    ) -> Option<VersionConnection> {
        let versions = ACCESS
            .permit("Production", "versions", &self.seen.seers)
            .and_then(|()| VersionConnection::new(Arc::clone(&self.seen), first, after.as_deref()));
        or_null(ctx, versions)
    }

    /// Its last version in every format in which it can be fetched, the editable one first.
    async fn exports(&self, ctx: &Context<'_>) -> Result<Vec<Export>, Fault> {
        let rows = Loaders::load(ctx, ExportsKey(self.seen.row.id)).await?.unwrap_or_default();
        Ok(rows.iter().map(|row| Export::of(ctx, row)).collect())
    }
}

impl Production {
    fn uais(&self) -> BTreeSet<&str> {
        self.seen.participants.iter().map(|one| one.uai.as_str()).collect()
    }
}
