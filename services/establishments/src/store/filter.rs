//! Which establishments, in which order: the one place that turns a filter into SQL.

use kernel::{
    Cursor, Degree, Direction, EstablishmentKind, LegalStatus, Page, SchoolYear, TerritoryId, TerritoryLevel, fold,
};

use crate::domain::Status;

/// What an establishment must be. Everything that is not named is not restricted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Filter {
    pub(crate) text: Option<String>,
    pub(crate) uais: Option<Vec<String>>,
    pub(crate) kinds: Option<Vec<EstablishmentKind>>,
    pub(crate) natures: Option<Vec<String>>,
    pub(crate) degree: Option<Degree>,
    pub(crate) legal_status: Option<LegalStatus>,
    pub(crate) territory: Option<TerritoryId>,
    pub(crate) project: Option<String>,
    pub(crate) school_year: Option<SchoolYear>,
    pub(crate) status: Option<Vec<Status>>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    Name,
    Uai,
    Commune,
}

impl Order {
    /// The sort keys, the last of which is unique.
    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["p.name_folded", "e.uai"],
            Self::Uai => &["e.uai"],
            Self::Commune => &["p.commune_folded", "p.name_folded", "e.uai"],
        }
    }

    pub(super) fn sql(self, direction: Direction) -> String {
        let suffix = if direction == Direction::Backward { " DESC" } else { "" };
        self.keys().iter().map(|key| format!("{key}{suffix}")).collect::<Vec<_>>().join(", ")
    }
}

/// Lists of the same filter under several parents, fetched with one statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// The whole directory.
    Everywhere,
    /// In each of these territories, all of one level.
    Territories(TerritoryLevel, Vec<String>),
    /// With each of these ENT projects open in the year.
    Projects(SchoolYear, Vec<String>),
}

impl Scope {
    /// The expression that names the parent of a row.
    pub(super) fn parent(&self) -> &'static str {
        match self {
            Self::Everywhere | Self::Territories(TerritoryLevel::Country, _) => "'FR'",
            Self::Territories(TerritoryLevel::Intercommunalite, _) => "ci.intercommunalite_id",
            Self::Territories(level, _) => territory_column(*level),
            Self::Projects(..) => "d.project_id",
        }
    }

    /// Tables beside the establishment and its current period.
    pub(super) fn join(&self) -> &'static str {
        match self {
            Self::Territories(TerritoryLevel::Intercommunalite, _) => {
                " JOIN commune_intercommunalites ci ON ci.commune_id = p.commune_id"
            }
            Self::Projects(..) => " JOIN deployments d ON d.uai = e.uai AND d.status = 'OPEN'",
            _ => "",
        }
    }
}

/// The column of the current period that names the territory of this level.
pub(super) const fn territory_column(level: TerritoryLevel) -> &'static str {
    match level {
        TerritoryLevel::Region => "p.region_id",
        TerritoryLevel::Academy => "p.academy_id",
        TerritoryLevel::Department => "p.department_id",
        TerritoryLevel::Circonscription => "p.circonscription_id",
        // Country and intercommunalité have no column of their own; the callers take care of both.
        TerritoryLevel::Commune | TerritoryLevel::Country | TerritoryLevel::Intercommunalite => "p.commune_id",
    }
}

/// Words of a search that count.
const MAX_WORDS: usize = 8;

/// The words of a search, folded as the names are.
pub(super) fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).take(MAX_WORDS).map(str::to_owned).collect()
}

/// A list of bound values: `column IN ($1, $2)`.
macro_rules! push_in {
    ($query:expr, $column:expr, $values:expr) => {{
        let mut values = $values.peekable();
        if values.peek().is_none() {
            // PostgreSQL has no empty list.
            $query.push(" AND 1 = 0");
        } else {
            $query.push(format!(" AND {} IN (", $column));
            let mut list = $query.separated(", ");
            for value in values {
                list.push_bind(value);
            }
            $query.push(")");
        }
    }};
}
pub(super) use push_in;

/// Appends ` AND ...` for a filter and a scope to a query over `e` (establishments) and `p` (their current period).
macro_rules! push_filter {
    ($query:expr, $filter:expr, $scope:expr) => {{
        let filter: &$crate::store::Filter = $filter;
        if let Some(text) = &filter.text {
            for word in $crate::store::filter::words(text) {
                $query.push(" AND (' ' || p.name_folded || ' ' || p.commune_folded || ' ' || LOWER(e.uai)) LIKE ");
                $query.push_bind(format!("% {word}%"));
            }
        }
        if let Some(uais) = &filter.uais {
            $crate::store::filter::push_in!($query, "e.uai", uais.iter().cloned());
        }
        if let Some(kinds) = &filter.kinds {
            $crate::store::filter::push_in!($query, "p.kind", kinds.iter().map(|kind| kind.as_str()));
        }
        if let Some(natures) = &filter.natures {
            $crate::store::filter::push_in!($query, "p.nature", natures.iter().cloned());
        }
        match filter.degree {
            Some(kernel::Degree::First) => { $query.push(" AND p.nature LIKE '1%'"); }
            Some(kernel::Degree::Second) => { $query.push(" AND p.nature LIKE '3%'"); }
            None => {}
        }
        if let Some(legal_status) = filter.legal_status {
            $query.push(" AND p.legal_status = ").push_bind(legal_status.as_str());
        }
        match filter.territory.as_ref().map(|territory| (territory.level(), territory.to_string())) {
            None | Some((kernel::TerritoryLevel::Country, _)) => {}
            Some((kernel::TerritoryLevel::Intercommunalite, id)) => {
                $query.push(" AND p.commune_id IN (SELECT commune_id FROM commune_intercommunalites WHERE intercommunalite_id = ");
                $query.push_bind(id).push(")");
            }
            Some((level, id)) => {
                $query.push(format!(" AND {} = ", $crate::store::filter::territory_column(level))).push_bind(id);
            }
        }
        match (&filter.project, filter.school_year) {
            (Some(project), Some(year)) => {
                $query.push(" AND EXISTS (SELECT 1 FROM deployments f WHERE f.uai = e.uai AND f.status = 'OPEN' AND f.project_id = ");
                $query.push_bind(project.clone()).push(" AND f.school_year = ").push_bind(year.to_string()).push(")");
            }
            (_, Some(year)) => {
                $query.push(" AND (e.opened_on IS NULL OR e.opened_on < ").push_bind(year.end());
                $query.push(") AND (e.closed_on IS NULL OR e.closed_on >= ").push_bind(year.rentree()).push(")");
            }
            (_, None) => {}
        }
        match (&filter.status, &filter.uais, filter.school_year) {
            (Some(status), _, _) => $crate::store::filter::push_in!($query, "e.status", status.iter().map(|status| status.as_str())),
            // Who lists the directory as it is means what works; who names an establishment or a year means that one.
            (None, None, None) => { $query.push(" AND e.status <> 'CLOSED'"); }
            _ => {}
        }
        match $scope {
            $crate::store::Scope::Everywhere | $crate::store::Scope::Territories(kernel::TerritoryLevel::Country, _) => {}
            scope @ $crate::store::Scope::Territories(_, ids) => {
                $crate::store::filter::push_in!($query, scope.parent(), ids.iter().cloned());
            }
            scope @ $crate::store::Scope::Projects(year, ids) => {
                $crate::store::filter::push_in!($query, scope.parent(), ids.iter().cloned());
                $query.push(" AND d.school_year = ").push_bind(year.to_string());
            }
        }
    }};
}
pub(super) use push_filter;

/// Appends the places that a page lies between.
macro_rules! push_cursors {
    ($query:expr, $order:expr, $page:expr) => {{
        for (cursor, sign) in [(&$page.after, ">"), (&$page.before, "<")] {
            if let Some(kernel::Cursor(keys)) = cursor {
                $query.push(format!(" AND ({}) {sign} (", $order.keys().join(", ")));
                let mut list = $query.separated(", ");
                for key in keys {
                    list.push_bind(key.clone());
                }
                $query.push(")");
            }
        }
    }};
}
pub(super) use push_cursors;

/// Where a row stands in an order.
pub(crate) fn cursor_of(order: Order, name_folded: &str, commune_folded: &str, uai: &str) -> Cursor {
    let keys: &[&str] = match order {
        Order::Name => &[name_folded, uai],
        Order::Uai => &[uai],
        Order::Commune => &[commune_folded, name_folded, uai],
    };
    Cursor(keys.iter().map(|key| (*key).to_owned()).collect())
}

/// The page that lies in an order whose rows were read in the page's own direction, one more than the page holds.
pub(crate) fn trim<T>(mut rows: Vec<T>, page: &Page) -> (Vec<T>, bool) {
    let more = rows.len() > page.size as usize;
    rows.truncate(page.size as usize);
    if page.direction == Direction::Backward {
        rows.reverse();
    }
    (rows, more)
}
