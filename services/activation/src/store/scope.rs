//! Which establishments are counted: by territory or one by one, in a perimeter and a school year.

use kernel::{SchoolYear, TerritoryLevel};

use crate::domain::{IndicatorCode, Perimeter};

/// Territories of one level, or establishments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// These territories, all of this level.
    Territories(TerritoryLevel, Vec<String>),
    /// These establishments, each by itself.
    Establishments(Vec<String>),
}

impl Scope {
    /// The expression by which counts are grouped.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Establishments(_) => "p.uai",
            Self::Territories(level, _) => column(*level),
        }
    }

    pub(super) fn ids(&self) -> &[String] {
        match self {
            Self::Territories(_, ids) | Self::Establishments(ids) => ids,
        }
    }
}

/// The column of a period that names the territory of this level.
pub(super) const fn column(level: TerritoryLevel) -> &'static str {
    match level {
        TerritoryLevel::Country => "'FR'",
        TerritoryLevel::Region => "p.region_id",
        TerritoryLevel::Academy => "p.academy_id",
        TerritoryLevel::Department => "p.department_id",
        TerritoryLevel::Circonscription => "p.circonscription_id",
        TerritoryLevel::Intercommunalite => "p.intercommunalite_id",
        TerritoryLevel::Commune => "p.commune_id",
    }
}

/// One indicator, in one school year and perimeter: what a single statement counts for many places.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) indicator: IndicatorCode,
    pub(crate) year: SchoolYear,
    pub(crate) perimeter: Perimeter,
}

/// Appends ` AND ...` for the places, the school year and the perimeter to a query over `p` (periods) and `e` (places).
///
/// Of each establishment the period is taken that was in force when the year ended. Sections of lycées (natures 334, 335)
/// belong to their lycée and are counted in no denominator.
macro_rules! push_population {
    ($query:expr, $scope:expr, $year:expr, $perimeter:expr) => {{
        let (scope, year, perimeter): (&$crate::store::Scope, kernel::SchoolYear, &$crate::domain::Perimeter) =
            ($scope, $year, $perimeter);
        $query.push(" AND (p.valid_from IS NULL OR p.valid_from < ").push_bind(year.end());
        $query.push(") AND (p.valid_to IS NULL OR p.valid_to >= ").push_bind(year.end());
        $query.push(") AND (e.opened_on IS NULL OR e.opened_on < ").push_bind(year.end());
        $query.push(") AND (e.closed_on IS NULL OR e.closed_on >= ").push_bind(year.rentree());
        $query.push(
            ") AND (p.nature IS NULL OR p.kind IS NULL OR NOT (p.kind = 'LYCEE' AND p.nature IN ('334', '335')))",
        );
        if !matches!(scope, $crate::store::Scope::Territories(kernel::TerritoryLevel::Country, _)) {
            $query.push(format!(" AND {} IN (", scope.key()));
            let mut list = $query.separated(", ");
            for id in scope.ids() {
                list.push_bind(id.clone());
            }
            $query.push(")");
        }
        if !perimeter.kinds.is_empty() {
            $query.push(" AND p.kind IN (");
            let mut list = $query.separated(", ");
            for kind in &perimeter.kinds {
                list.push_bind(kind.as_str());
            }
            $query.push(")");
        }
        if !perimeter.natures.is_empty() {
            $query.push(" AND p.nature IN (");
            let mut list = $query.separated(", ");
            for nature in &perimeter.natures {
                list.push_bind(nature.clone());
            }
            $query.push(")");
        }
        match perimeter.degree {
            Some(kernel::Degree::First) => {
                $query.push(" AND p.nature LIKE '1%'");
            }
            Some(kernel::Degree::Second) => {
                $query.push(" AND p.nature LIKE '3%'");
            }
            None => {}
        }
        if let Some(legal_status) = perimeter.legal_status {
            $query.push(" AND p.legal_status = ").push_bind(legal_status.as_str());
        }
    }};
}
pub(super) use push_population;
