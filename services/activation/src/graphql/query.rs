//! The catalogue, and what this service adds to territories and establishments.

use async_graphql::{Context, ID, Object};
use futures::future::try_join_all;
use kernel::{Clock, Fault, TerritoryId};
use service_kit::graphql::{EntityKey, SchoolYear, Uai};

use super::enums::IndicatorCode;
use super::indicator::Indicator;
use super::loaders::{KnownKey, Loaders, Place};
use super::measure::Measure;
use super::perimeter::PerimeterInput;
use crate::domain::{IndicatorCode as Code, catalogue::CATALOGUE};
use crate::store::Wanted;

pub(crate) struct Query;

/// What may be asked.
#[Object]
impl Query {
    /// Every indicator, with what it counts.
    async fn indicator_catalogue(&self) -> Vec<Indicator> {
        CATALOGUE.iter().map(Indicator).collect()
    }

    #[graphql(entity)]
    async fn territory_by_id(&self, ctx: &Context<'_>, id: EntityKey) -> Result<Option<Territory>, Fault> {
        let Some(id) = id.parse::<TerritoryId>() else { return Ok(None) };
        let known = Loaders::load(ctx, KnownKey(Place::Territory(id.clone()))).await?;
        Ok(known.map(|()| Territory { id }))
    }

    #[graphql(entity)]
    async fn establishment_by_uai(&self, ctx: &Context<'_>, uai: EntityKey) -> Result<Option<Establishment>, Fault> {
        let Some(uai) = uai.parse::<kernel::Uai>() else { return Ok(None) };
        let known = Loaders::load(ctx, KnownKey(Place::Establishment(uai))).await?;
        Ok(known.map(|()| Establishment { uai }))
    }
}

fn wanted(
    ctx: &Context<'_>,
    code: Code,
    school_year: Option<SchoolYear>,
    perimeter: Option<PerimeterInput>,
) -> Result<Wanted, Fault> {
    let this_year = || kernel::SchoolYear::of(ctx.data_unchecked::<Clock>().today());
    let year = school_year.map_or_else(this_year, |year| year.0);
    Ok(Wanted { indicator: code, year, perimeter: perimeter.unwrap_or_default().check()? })
}

/// A territory, as this service knows it.
pub(crate) struct Territory {
    id: TerritoryId,
}

/// A place on the map of the State's and the collectivités' school administration. Who acts there is an `Organisation`.
#[Object]
impl Territory {
    /// `FR`, `REG-75` (INSEE; the région académique is the same), `ACA-04` (two digits), `DEP-33`, `DEP-2A`,
    /// `EPCI-243300316` (SIREN), `COM-33063` (INSEE), `CIR-` and the UAI of the circonscription.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// One indicator over the establishments that lay here in a school year.
    async fn indicator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is counted.")] code: IndicatorCode,
        #[graphql(desc = "The school year; absent: the current one.")] school_year: Option<SchoolYear>,
        #[graphql(desc = "Which establishments; absent: all of them.")] perimeter: Option<PerimeterInput>,
    ) -> Result<Option<Measure>, Fault> {
        let wanted = wanted(ctx, code.into(), school_year, perimeter)?;
        Measure::load(ctx, Place::Territory(self.id.clone()), wanted).await
    }

    /// Every indicator of which something was observed here in a school year, in the order of the catalogue.
    async fn indicators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school year; absent: the current one.")] school_year: Option<SchoolYear>,
        #[graphql(desc = "Which establishments; absent: all of them.")] perimeter: Option<PerimeterInput>,
    ) -> Result<Option<Vec<Measure>>, Fault> {
        let first = wanted(ctx, CATALOGUE[0].code, school_year, perimeter)?;
        let loads = CATALOGUE.iter().map(|definition| {
            let wanted = Wanted { indicator: definition.code, ..first.clone() };
            Measure::load(ctx, Place::Territory(self.id.clone()), wanted)
        });
        let measures = try_join_all(loads).await?;
        Ok(Some(measures.into_iter().flatten().filter(Measure::has_observations).collect()))
    }
}

/// An establishment, as this service knows it.
pub(crate) struct Establishment {
    uai: kernel::Uai,
}

/// An establishment of the official directory (annuaire de l'éducation), as it now stands: école, collège, lycée, service.
#[Object]
impl Establishment {
    /// Its UAI, the key under which every service knows it.
    async fn uai(&self) -> Uai {
        Uai(self.uai)
    }

    /// One indicator of this establishment alone: a state counts 1 of 1. Needs a known caller: anybody sees the figures of
    /// territories, and nobody unknown those of a single school.
    async fn indicator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is counted.")] code: IndicatorCode,
        #[graphql(desc = "The school year; absent: the current one.")] school_year: Option<SchoolYear>,
        #[graphql(desc = "Null figures where the establishment does not lie in it; absent: no restriction.")] perimeter: Option<
            PerimeterInput,
        >,
    ) -> Result<Option<Measure>, Fault> {
        let wanted = wanted(ctx, code.into(), school_year, perimeter)?;
        Measure::load(ctx, Place::Establishment(self.uai), wanted).await
    }
}
