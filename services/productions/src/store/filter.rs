//! Which productions, in which order: the one place that turns a filter into SQL.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Utc};
use kernel::{BadPage, Cursor, Cycle, Direction, Page, Perimeter, SchoolYear, TerritoryId, TerritoryLevel, fold};
use uuid::Uuid;

use super::ProductionRow;
use crate::domain::{Audience, Kind};

/// Words of a search that count.
const MAX_WORDS: usize = 8;

/// What a shared production must be. Everything that is not named is not restricted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Filter {
    /// One of its establishments lay here in its school year.
    pub(crate) territory: TerritoryId,
    pub(crate) cycle: Option<Cycle>,
    pub(crate) crosses_degrees: Option<bool>,
    pub(crate) kinds: Option<Vec<Kind>>,
    pub(crate) school_year: Option<SchoolYear>,
    /// This ENT was open in one of its establishments in its school year.
    pub(crate) project: Option<String>,
    pub(crate) text: Option<String>,
}

/// What the caller may see of what is shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reach {
    /// Audiences that are open to the caller wherever the production was made.
    pub(crate) everywhere: BTreeSet<Audience>,
    /// Audiences that are open where one of its establishments lies in the perimeter...
    pub(crate) within: BTreeSet<Audience>,
    pub(crate) perimeter: Perimeter,
    /// ... or in one of the académies whose member the person is, or in which they work.
    pub(crate) member_of: BTreeSet<String>,
    pub(crate) to_members: BTreeSet<Audience>,
    pub(crate) staff_of: BTreeSet<String>,
    pub(crate) to_staff: BTreeSet<Audience>,
    /// ... or where one of these people takes part.
    pub(crate) people: BTreeSet<Uuid>,
    pub(crate) taking_part: BTreeSet<Audience>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    /// The last published first.
    Recent,
    /// By title.
    Title,
}

/// A place in an order, as it is bound.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Recent(DateTime<Utc>, Uuid),
    Title(String, Uuid),
}

impl Order {
    /// Values of a cursor: the order's name, and its sort keys.
    pub(crate) const KEYS: usize = 3;

    /// What its cursors begin with: one of another order, or of another list, names no place in this one.
    const fn name(self) -> &'static str {
        match self {
            Self::Recent => "recent",
            Self::Title => "title",
        }
    }

    /// The order in SQL, in the page's direction.
    pub(super) const fn sql(self, direction: Direction) -> &'static str {
        match (self, direction) {
            (Self::Recent, Direction::Forward) => "p.published_at DESC, p.id DESC",
            (Self::Recent, Direction::Backward) => "p.published_at, p.id",
            (Self::Title, Direction::Forward) => "p.title_folded, p.id",
            (Self::Title, Direction::Backward) => "p.title_folded DESC, p.id DESC",
        }
    }

    /// The columns of a place, and how what comes after it compares.
    pub(super) const fn after(self) -> (&'static str, &'static str) {
        match self {
            Self::Recent => ("(p.published_at, p.id)", "<"),
            Self::Title => ("(p.title_folded, p.id)", ">"),
        }
    }

    /// Where a production stands.
    pub(crate) fn cursor(self, row: &ProductionRow) -> Cursor {
        let key = match self {
            Self::Recent => row.published_at.map(|at| at.timestamp_micros().to_string()).unwrap_or_default(),
            Self::Title => row.title_folded.clone(),
        };
        Cursor(vec![self.name().to_owned(), key, row.id.to_string()])
    }

    /// The place that a cursor names.
    ///
    /// # Errors
    /// When it is none of this order.
    pub(crate) fn place(self, cursor: &Cursor) -> Result<Place, BadPage> {
        let [name, key, id] = cursor.0.as_slice() else { return Err(BadPage::Cursor) };
        if name != self.name() {
            return Err(BadPage::Cursor);
        }
        let id: Uuid = id.parse().map_err(|_| BadPage::Cursor)?;
        match self {
            Self::Recent => {
                let at = key.parse().ok().and_then(DateTime::from_timestamp_micros).filter(in_our_time);
                let at = at.ok_or(BadPage::Cursor)?;
                Ok(Place::Recent(at, id))
            }
            Self::Title => Ok(Place::Title(key.clone(), id)),
        }
    }
}

/// Whether both databases can hold a moment: what a cursor names was once read from one.
fn in_our_time(at: &DateTime<Utc>) -> bool {
    (1900..3000).contains(&at.year())
}

/// The words of a search, folded as the titles are.
pub(super) fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).take(MAX_WORDS).map(str::to_owned).collect()
}

/// The column of a period that names the territory of this level; none for the country, in which everything lies.
pub(super) const fn column(level: TerritoryLevel) -> Option<&'static str> {
    Some(match level {
        TerritoryLevel::Country => return None,
        TerritoryLevel::Region => "pp.region_id",
        TerritoryLevel::Academy => "pp.academy_id",
        TerritoryLevel::Department => "pp.department_id",
        TerritoryLevel::Circonscription => "pp.circonscription_id",
        TerritoryLevel::Intercommunalite => "pp.intercommunalite_id",
        TerritoryLevel::Commune => "pp.commune_id",
    })
}

/// The territories of a perimeter by the column that names them; none where the whole country is in it, and empty for what is no
/// territory's id.
pub(super) fn columns(territories: &BTreeSet<String>) -> Option<Vec<(&'static str, Vec<String>)>> {
    let mut columns: Vec<(&'static str, Vec<String>)> = Vec::new();
    for id in territories.iter().filter_map(|id| id.parse::<TerritoryId>().ok()) {
        let name = column(id.level())?;
        match columns.iter_mut().find(|(known, _)| *known == name) {
            Some((_, ids)) => ids.push(id.to_string()),
            None => columns.push((name, vec![id.to_string()])),
        }
    }
    Some(columns)
}

/// Opens a sub-query over the establishments of a production, each in the period of the production's school year.
pub(super) const SOMEWHERE: &str = "EXISTS (SELECT 1 FROM participants pe JOIN place_periods pp ON pp.uai = pe.uai \
    WHERE pe.production_id = p.id AND (pp.valid_from IS NULL OR pp.valid_from < p.year_ends_on) \
    AND (pp.valid_to IS NULL OR pp.valid_to >= p.year_ends_on)";
/// Opens a sub-query over the ENTs open in the establishment of [`SOMEWHERE`].
pub(super) const WITH_ENT: &str = " AND EXISTS (SELECT 1 FROM place_deployments pd WHERE pd.uai = pe.uai \
    AND pd.school_year = p.school_year AND pd.status = 'OPEN' AND pd.project_id IN ";

/// Appends the condition that one of the establishments lies in a perimeter that reaches something.
macro_rules! push_perimeter {
    ($query:expr, $perimeter:expr) => {{
        let perimeter: &kernel::Perimeter = $perimeter;
        $query.push($crate::store::filter::SOMEWHERE);
        // None: the whole country is in it, or no territory narrows it.
        let territories = (!perimeter.territories.is_empty())
            .then(|| $crate::store::filter::columns(&perimeter.territories))
            .flatten();
        if let Some(columns) = territories {
            $query.push(" AND (1 = 0");
            for (column, ids) in columns {
                $query.push(format!(" OR {column} IN "));
                $crate::store::push_ids!($query, &ids);
            }
            $query.push(")");
        }
        if !perimeter.kinds.is_empty() {
            $query.push(" AND pp.kind IN ");
            let kinds: Vec<&str> = perimeter.kinds.iter().map(|kind| kind.as_str()).collect();
            $crate::store::push_ids!($query, &kinds);
        }
        if !perimeter.legal_status.is_empty() {
            $query.push(" AND pp.legal_status IN ");
            let status: Vec<&str> = perimeter.legal_status.iter().map(|status| status.as_str()).collect();
            $crate::store::push_ids!($query, &status);
        }
        if !perimeter.projects.is_empty() {
            $query.push($crate::store::filter::WITH_ENT);
            let projects: Vec<String> = perimeter.projects.iter().cloned().collect();
            $crate::store::push_ids!($query, &projects);
            $query.push(")");
        }
        $query.push(")");
    }};
}
pub(super) use push_perimeter;

/// Appends ` AND (...)`: what the caller may see of what is shared.
macro_rules! push_reach {
    ($query:expr, $reach:expr) => {{
        let reach: &$crate::store::Reach = $reach;
        let words = |audiences: &std::collections::BTreeSet<$crate::domain::Audience>| -> Vec<&'static str> {
            audiences.iter().map(|audience| audience.as_str()).collect()
        };
        $query.push(" AND p.status IN ('PUBLISHED', 'ARCHIVED') AND p.published_at IS NOT NULL AND (1 = 0");
        if !reach.everywhere.is_empty() {
            $query.push(" OR p.audience IN ");
            $crate::store::push_ids!($query, &words(&reach.everywhere));
        }
        if !reach.within.is_empty() && reach.perimeter.reaches_anything() {
            $query.push(" OR (p.audience IN ");
            $crate::store::push_ids!($query, &words(&reach.within));
            $query.push(" AND ");
            $crate::store::filter::push_perimeter!($query, &reach.perimeter);
            $query.push(")");
        }
        for (academies, audiences) in [(&reach.member_of, &reach.to_members), (&reach.staff_of, &reach.to_staff)] {
            if !audiences.is_empty() && !academies.is_empty() {
                $query.push(" OR (p.audience IN ");
                $crate::store::push_ids!($query, &words(audiences));
                $query.push(" AND ").push($crate::store::filter::SOMEWHERE).push(" AND pp.academy_id IN ");
                $crate::store::push_ids!($query, academies);
                $query.push("))");
            }
        }
        if !reach.taking_part.is_empty() && !reach.people.is_empty() {
            $query.push(" OR (p.audience IN ");
            $crate::store::push_ids!($query, &words(&reach.taking_part));
            $query
                .push(" AND EXISTS (SELECT 1 FROM participants po WHERE po.production_id = p.id AND po.person_id IN ");
            let people: Vec<uuid::Uuid> = reach.people.iter().copied().collect();
            $crate::store::push_ids!($query, &people);
            $query.push("))");
        }
        $query.push(")");
    }};
}
pub(super) use push_reach;

/// Appends ` AND ...` for a filter to a query over `p` (productions).
macro_rules! push_filter {
    ($query:expr, $filter:expr) => {{
        let filter: &$crate::store::Filter = $filter;
        if let Some(column) = $crate::store::filter::column(filter.territory.level()) {
            $query.push(" AND ").push($crate::store::filter::SOMEWHERE);
            $query.push(format!(" AND {column} = ")).push_bind(filter.territory.to_string()).push(")");
        }
        if let Some(cycle) = filter.cycle {
            $query.push(" AND (p.cycles & ").push_bind($crate::domain::Cycles::bit(cycle)).push(") <> 0");
        }
        if let Some(crosses) = filter.crosses_degrees {
            $query.push(" AND p.crosses_degrees = ").push_bind(crosses);
        }
        if let Some(kinds) = &filter.kinds {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            if kinds.is_empty() {
                $query.push(" AND 1 = 0");
            } else {
                $query.push(" AND p.kind IN ");
                $crate::store::push_ids!($query, &kinds);
            }
        }
        if let Some(year) = filter.school_year {
            $query.push(" AND p.school_year = ").push_bind(year.to_string());
        }
        if let Some(project) = &filter.project {
            $query.push(" AND ").push($crate::store::filter::SOMEWHERE).push($crate::store::filter::WITH_ENT);
            $query.push("(").push_bind(project.clone()).push(")))");
        }
        if let Some(text) = &filter.text {
            for word in $crate::store::filter::words(text) {
                $query.push(" AND (' ' || p.title_folded) LIKE ").push_bind(format!("% {word}%"));
            }
        }
    }};
}
pub(super) use push_filter;

/// The page in an order whose rows were read in the page's own direction, one more than the page holds.
pub(crate) fn trim<T>(mut rows: Vec<T>, page: &Page) -> (Vec<T>, bool) {
    let more = rows.len() > page.size as usize;
    rows.truncate(page.size as usize);
    if page.direction == Direction::Backward {
        rows.reverse();
    }
    (rows, more)
}
