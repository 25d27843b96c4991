//! Establishments, their sites, history and deployments.

use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Object, SimpleObject};
use kernel::{Clock, ErrorCode, Fault};
use service_kit::graphql::{Date, Degree, EstablishmentKind, LegalStatus, SchoolYear, Uai};

use super::enums::{DeploymentStatus, EstablishmentStatus};
use super::loaders::{
    DeploymentsKey, EstablishmentKey, FeederEcolesKey, Loaders, PeriodsKey, ProjectKey, Reads, SectorCollegesKey,
    SitesKey,
};
use super::project::EntProject;
use super::territory::{Territory, territory};
use crate::domain;
use crate::store::{DeploymentRow, EstablishmentRow, PeriodRow, SiteRow};

/// An establishment of the official directory, as it now stands.
pub(crate) struct Establishment {
    row: EstablishmentRow,
    /// How many lists along sectors led here.
    sector_steps: u8,
}

/// Lists along sectors that may stand within each other: from an école to its collèges and on to their écoles. Each step of a
/// city's multiplies the answer by dozens.
const MAX_SECTOR_STEPS: u8 = 2;

impl Establishment {
    /// An establishment that no sector led to.
    pub(crate) fn new(row: EstablishmentRow) -> Self {
        Self { row, sector_steps: 0 }
    }

    /// The value of a list along sectors of this establishment, asked for only as deep as such lists go.
    async fn across<K>(&self, ctx: &Context<'_>, key: K) -> Result<Vec<Self>, Fault>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Reads: Loader<K, Value = Arc<Vec<EstablishmentRow>>, Error = Fault>,
    {
        if self.sector_steps >= MAX_SECTOR_STEPS {
            let message = format!("sectorColleges and feederEcoles within each other: {MAX_SECTOR_STEPS} at most");
            return Err(Fault::new(ErrorCode::LimitExceeded, message));
        }
        let rows = Loaders::load(ctx, key).await?;
        let step = |row: &EstablishmentRow| Self { row: row.clone(), sector_steps: self.sector_steps + 1 };
        Ok(rows.iter().flat_map(|rows| rows.iter()).map(step).collect())
    }
}

/// An establishment of the official directory (annuaire de l'éducation), as it now stands: école, collège, lycée, service.
#[Object]
impl Establishment {
    /// Its UAI, the key under which every service knows it.
    async fn uai(&self) -> Result<Uai, Fault> {
        uai(&self.row.uai)
    }

    /// Its name (`Nom_etablissement`).
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it is, by the directory's own typology; null where the directory says nothing or a word that is not known.
    async fn kind(&self) -> Option<EstablishmentKind> {
        kind(self.row.kind.as_deref())
    }

    /// `nature_uai`, finer than `kind`: 151 is an école de niveau élémentaire, 340 a collège.
    async fn nature(&self) -> Option<&str> {
        self.row.nature.as_deref()
    }

    /// First or second degree, by its nature; null for services and médico-social.
    async fn degree(&self) -> Option<Degree> {
        self.row.nature.as_deref().and_then(kernel::Degree::of_nature).map(Into::into)
    }

    /// Public or private; null for services.
    async fn legal_status(&self) -> Option<LegalStatus> {
        legal_status(self.row.legal_status.as_deref())
    }

    /// Whether it works.
    async fn status(&self) -> EstablishmentStatus {
        domain::Status::parse(&self.row.status).unwrap_or(domain::Status::Open).into()
    }

    /// When it opened, where the directory says it.
    async fn opened_on(&self) -> Option<Date> {
        self.row.opened_on.map(Date)
    }

    /// When it closed; where no source gives the day, the date of the file that told it.
    async fn closed_on(&self) -> Option<Date> {
        self.row.closed_on.map(Date)
    }

    /// How many pupils, where the directory says it (the files of 2026 no longer do).
    async fn pupils(&self) -> Option<i64> {
        self.row.pupils
    }

    /// Its addresses: several where the directory has several rows for one UAI.
    async fn sites(&self, ctx: &Context<'_>) -> Result<Vec<Site>, Fault> {
        let rows = Loaders::load(ctx, SitesKey(self.row.uai.clone())).await?;
        Ok(rows.iter().flat_map(|rows| rows.iter()).map(site).collect())
    }

    /// What it was called, was and belonged to over time, the present last.
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<EstablishmentPeriod>, Fault> {
        let rows = Loaders::load(ctx, PeriodsKey(self.row.uai.clone())).await?;
        Ok(rows.iter().flat_map(|rows| rows.iter()).map(|row| EstablishmentPeriod { row: row.clone() }).collect())
    }

    /// Its commune.
    async fn commune(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.commune_id.as_deref()).await
    }

    /// Its circonscription of the first degree, where it has one.
    async fn circonscription(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.circonscription_id.as_deref()).await
    }

    /// Its département.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.department_id.as_deref()).await
    }

    /// Its académie.
    async fn academy(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.academy_id.as_deref()).await
    }

    /// Its région.
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.region_id.as_deref()).await
    }

    /// Collèges whose sector this école lies in; several where the sector is decided address by address. By name, closed ones
    /// too; empty for what is no école, and where the carte scolaire is not known. Two lists along sectors may stand within each
    /// other, and no third.
    async fn sector_colleges(&self, ctx: &Context<'_>) -> Result<Vec<Establishment>, Fault> {
        self.across(ctx, SectorCollegesKey(self.row.uai.clone())).await
    }

    /// Écoles that lie in the sector of this collège, wholly or in part. By name, closed ones too; empty for what is no collège,
    /// and where the carte scolaire is not known. Two lists along sectors may stand within each other, and no third.
    async fn feeder_ecoles(&self, ctx: &Context<'_>) -> Result<Vec<Establishment>, Fault> {
        self.across(ctx, FeederEcolesKey(self.row.uai.clone())).await
    }

    /// Its ENT deployments, the latest year first.
    async fn deployments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of this school year; absent: all of them.")] school_year: Option<SchoolYear>,
    ) -> Result<Vec<Deployment>, Fault> {
        let rows = Loaders::load(ctx, DeploymentsKey(self.row.uai.clone(), school_year.map(|year| year.0))).await?;
        Ok(rows
            .iter()
            .flat_map(|rows| rows.iter())
            .map(|row| Deployment { row: row.clone(), sector_steps: self.sector_steps })
            .collect())
    }

    /// The ENT open here in a school year; where there are several, the first by its id.
    async fn ent_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school year; absent: the current one.")] school_year: Option<SchoolYear>,
    ) -> Result<Option<EntProject>, Fault> {
        let year = school_year.map_or_else(|| this_year(ctx), |year| year.0);
        let rows = Loaders::load(ctx, DeploymentsKey(self.row.uai.clone(), Some(year))).await?;
        let open = domain::DeploymentStatus::Open.as_str();
        match rows.iter().flat_map(|rows| rows.iter()).find(|row| row.status == open) {
            None => Ok(None),
            Some(row) => {
                let project = Loaders::load(ctx, ProjectKey(row.project_id.clone())).await?;
                Ok(project.map(|row| EntProject { row }))
            }
        }
    }
}

/// The current school year, by the service's clock.
pub(crate) fn this_year(ctx: &Context<'_>) -> kernel::SchoolYear {
    kernel::SchoolYear::of(ctx.data_unchecked::<Clock>().today())
}

fn uai(text: &str) -> Result<Uai, Fault> {
    text.parse().map(Uai).map_err(|error: kernel::BadUai| Fault::hidden(ErrorCode::Internal, error))
}

fn kind(text: Option<&str>) -> Option<EstablishmentKind> {
    text.and_then(kernel::EstablishmentKind::parse).map(Into::into)
}

fn legal_status(text: Option<&str>) -> Option<LegalStatus> {
    text.and_then(kernel::LegalStatus::parse).map(Into::into)
}

fn site(row: &SiteRow) -> Site {
    Site {
        name: row.name.clone(),
        address: row.address.clone(),
        postal_code: row.postal_code.clone(),
        latitude: row.latitude,
        longitude: row.longitude,
    }
}

/// One address of an establishment.
#[derive(SimpleObject)]
pub(crate) struct Site {
    /// The name that the directory gives it here.
    name: Option<String>,
    /// Street and number.
    address: Option<String>,
    /// Code postal.
    postal_code: Option<String>,
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
}

/// A stretch of an establishment's history.
pub(crate) struct EstablishmentPeriod {
    row: PeriodRow,
}

/// A stretch of an establishment's history in which none of these facts changed.
#[Object]
impl EstablishmentPeriod {
    /// First day; null for the first period known, which is taken to reach back to the opening.
    async fn valid_from(&self) -> Option<Date> {
        self.row.valid_from.map(Date)
    }

    /// First day after it; null for the present period.
    async fn valid_to(&self) -> Option<Date> {
        self.row.valid_to.map(Date)
    }

    /// Its name then.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Its kind then.
    async fn kind(&self) -> Option<EstablishmentKind> {
        kind(self.row.kind.as_deref())
    }

    /// Its `nature_uai` then.
    async fn nature(&self) -> Option<&str> {
        self.row.nature.as_deref()
    }

    /// Public or private then.
    async fn legal_status(&self) -> Option<LegalStatus> {
        legal_status(self.row.legal_status.as_deref())
    }

    /// How many pupils then.
    async fn pupils(&self) -> Option<i64> {
        self.row.pupils
    }

    /// Its commune then.
    async fn commune(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.commune_id.as_deref()).await
    }

    /// Its circonscription then.
    async fn circonscription(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.circonscription_id.as_deref()).await
    }

    /// Its département then.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.department_id.as_deref()).await
    }

    /// Its académie then.
    async fn academy(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.academy_id.as_deref()).await
    }

    /// Its région then.
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.region_id.as_deref()).await
    }
}

/// An ENT in an establishment in a school year.
pub(crate) struct Deployment {
    row: DeploymentRow,
    /// Those of its establishment, which leads on from here.
    sector_steps: u8,
}

/// An ENT in an establishment in a school year.
#[Object]
impl Deployment {
    /// Its id: UAI, project and year, joined.
    async fn id(&self) -> ID {
        ID(format!("{}:{}:{}", self.row.uai, self.row.project_id, self.row.school_year))
    }

    /// Where.
    async fn establishment(&self, ctx: &Context<'_>) -> Result<Option<Establishment>, Fault> {
        let row = Loaders::load(ctx, EstablishmentKey(self.row.uai.clone())).await?;
        Ok(row.map(|row| Establishment { row, sector_steps: self.sector_steps }))
    }

    /// Which ENT.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<EntProject>, Fault> {
        Ok(Loaders::load(ctx, ProjectKey(self.row.project_id.clone())).await?.map(|row| EntProject { row }))
    }

    /// In which school year.
    async fn school_year(&self) -> Result<SchoolYear, Fault> {
        let year = self.row.school_year.parse().map(SchoolYear);
        year.map_err(|error: kernel::BadSchoolYear| Fault::hidden(ErrorCode::Internal, error))
    }

    /// How far it has come.
    async fn status(&self) -> DeploymentStatus {
        domain::DeploymentStatus::parse(&self.row.status).unwrap_or(domain::DeploymentStatus::Planned).into()
    }

    /// When its users could first enter.
    async fn opened_on(&self) -> Option<Date> {
        self.row.opened_on.map(Date)
    }

    /// From when they no longer could.
    async fn closed_on(&self) -> Option<Date> {
        self.row.closed_on.map(Date)
    }
}
