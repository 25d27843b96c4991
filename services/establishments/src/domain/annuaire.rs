//! Rows of the official directory (`fr-en-annuaire-education`), with the header of 2023 or of 2026.
//!
//! Columns are found by name, codes are normalised here at the edge, and `''` is unknown, never zero or no.

use chrono::NaiveDate;
use import::{Column, Row as Fields};
use kernel::{EstablishmentKind, LegalStatus, TerritoryId, TerritoryLevel, Uai, fold};

use super::{Facts, Site, Snapshot, Status};

/// Columns read, by every name that they have borne; their places in this list are the constants below.
pub(crate) const COLUMNS: &[Column] = &[
    Column::required(&["Identifiant_de_l_etablissement"]),
    Column::required(&["Nom_etablissement"]),
    Column::required(&["Type_etablissement"]),
    Column::required(&["Statut_public_prive"]),
    Column::required(&["Adresse_1"]),
    Column::optional(&["Adresse_2"]),
    Column::required(&["Code_postal", "Code postal"]),
    Column::required(&["Code_commune"]),
    Column::required(&["Nom_commune"]),
    Column::required(&["Code_departement"]),
    Column::required(&["Code_academie"]),
    Column::required(&["Code_region"]),
    Column::optional(&["Nombre_d_eleves"]),
    Column::optional(&["Libelle_departement"]),
    Column::optional(&["Libelle_academie"]),
    Column::optional(&["Libelle_region"]),
    Column::optional(&["nom_circonscription"]),
    Column::optional(&["code_circonscription"]),
    Column::optional(&["latitude"]),
    Column::optional(&["longitude"]),
    Column::optional(&["date_ouverture"]),
    Column::required(&["date_maj_ligne"]),
    Column::required(&["etat"]),
    Column::required(&["code_nature"]),
    Column::optional(&["date_fermeture"]),
];

const UAI: usize = 0;
const NAME: usize = 1;
const KIND: usize = 2;
const LEGAL: usize = 3;
const ADDRESS: usize = 4;
const ADDRESS_MORE: usize = 5;
const POSTAL_CODE: usize = 6;
const COMMUNE: usize = 7;
const COMMUNE_NAME: usize = 8;
const DEPARTMENT: usize = 9;
const ACADEMY: usize = 10;
const REGION: usize = 11;
const PUPILS: usize = 12;
const DEPARTMENT_NAME: usize = 13;
const ACADEMY_NAME: usize = 14;
const REGION_NAME: usize = 15;
const CIRCONSCRIPTION_NAME: usize = 16;
const CIRCONSCRIPTION: usize = 17;
const LATITUDE: usize = 18;
const LONGITUDE: usize = 19;
const OPENED: usize = 20;
const LINE_DATE: usize = 21;
const STATE: usize = 22;
const NATURE: usize = 23;
const CLOSED: usize = 24;

/// `nature_uai` of an inspector's circonscription of the first degree.
pub(crate) const NATURE_CIRCONSCRIPTION: &str = "809";
/// A text of the directory is never longer; what is, is no directory.
const MAX_TEXT: usize = 500;

/// A territory as a row names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedTerritory {
    pub(crate) id: TerritoryId,
    pub(crate) name: String,
}

/// One row, its codes normalised.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) uai: Uai,
    pub(crate) line_date: Option<NaiveDate>,
    pub(crate) status: Status,
    pub(crate) opened_on: Option<NaiveDate>,
    pub(crate) closed_on: Option<NaiveDate>,
    pub(crate) name: String,
    pub(crate) kind: Option<EstablishmentKind>,
    pub(crate) kind_code: Option<String>,
    pub(crate) nature: Option<String>,
    pub(crate) legal_status: Option<LegalStatus>,
    pub(crate) pupils: Option<i64>,
    pub(crate) commune: Option<NamedTerritory>,
    pub(crate) department: Option<NamedTerritory>,
    pub(crate) academy: Option<NamedTerritory>,
    pub(crate) region: Option<NamedTerritory>,
    pub(crate) circonscription: Option<Circonscription>,
    pub(crate) site: Site,
    /// What is odd about the row and does not keep it out.
    pub(crate) warnings: Vec<String>,
}

/// A circonscription by its UAI (2026) or by its name alone (2023).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Circonscription {
    Known(NamedTerritory),
    ByName(String),
}

/// Why a row is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RowError {
    #[error(transparent)]
    Uai(#[from] kernel::BadUai),
    #[error("no name (Nom_etablissement)")]
    NoName,
    #[error("{column} is longer than {MAX_TEXT} bytes")]
    TooLong { column: &'static str },
}

/// The UAI and the line date of a row alone: what the first pass over a file needs.
pub(crate) fn glance(row: Fields<'_>) -> (Option<Uai>, Option<NaiveDate>) {
    let text = |column: usize| row.text(column);
    (text(UAI).parse().ok(), date(text(LINE_DATE)))
}

/// The circonscription that a row of nature 809 stands for: its département's code, its name and its UAI.
pub(crate) fn circonscription_row(row: Fields<'_>) -> Option<(String, NamedTerritory)> {
    let text = |column: usize| row.text(column);
    if text(NATURE) != NATURE_CIRCONSCRIPTION {
        return None;
    }
    let uai: Uai = text(UAI).parse().ok()?;
    let id = TerritoryId::new(TerritoryLevel::Circonscription, uai.as_str())?;
    Some((department_code(text(DEPARTMENT))?, NamedTerritory { id, name: text(NAME).to_owned() }))
}

/// Reads one row.
///
/// # Errors
/// When it has no UAI or no name, or a text beyond all measure. Anything else odd is a warning of the row.
pub(crate) fn read(row: Fields<'_>) -> Result<Row, RowError> {
    let text = |column: usize| row.text(column);
    let uai: Uai = text(UAI).parse()?;
    let name = bounded(text(NAME), "Nom_etablissement")?.to_owned();
    if name.is_empty() {
        return Err(RowError::NoName);
    }
    let mut warnings = Vec::new();
    if !uai.has_right_letter() {
        warnings.push(format!("{uai}: the check letter is not the one that the number asks for"));
    }
    let (kind, kind_code) = kind(bounded(text(KIND), "Type_etablissement")?, &mut warnings);
    let legal_status = legal_status(text(LEGAL), &mut warnings);
    let status = status(text(STATE), &mut warnings);
    let mut territory = |level: TerritoryLevel, code: Option<String>, given: &str, column: usize| {
        let id = code.and_then(|code| TerritoryId::new(level, &code));
        if id.is_none() && !given.is_empty() {
            warnings.push(format!("{} {given:?} is no code of that level", COLUMNS[column].names[0]));
        }
        id
    };
    let commune = territory(TerritoryLevel::Commune, Some(text(COMMUNE).to_owned()), text(COMMUNE), COMMUNE);
    let department =
        territory(TerritoryLevel::Department, department_code(text(DEPARTMENT)), text(DEPARTMENT), DEPARTMENT);
    let academy = territory(TerritoryLevel::Academy, two_digits(text(ACADEMY)), text(ACADEMY), ACADEMY);
    let region = territory(TerritoryLevel::Region, two_digits(text(REGION)), text(REGION), REGION);
    let named = |id: Option<TerritoryId>, column: usize| -> Result<Option<NamedTerritory>, RowError> {
        let name = bounded(text(column), COLUMNS[column].names[0])?;
        Ok(id.map(|id| NamedTerritory { name: if name.is_empty() { id.to_string() } else { name.to_owned() }, id }))
    };
    let circonscription =
        circonscription(text(CIRCONSCRIPTION), bounded(text(CIRCONSCRIPTION_NAME), "nom_circonscription")?);
    let mut day = |column: usize| {
        let found = date(text(column));
        if found.is_none() && !text(column).is_empty() {
            warnings.push(format!("{} {:?} is no date: left out", COLUMNS[column].names[0], text(column)));
        }
        found
    };
    let (line_date, opened_on, closed_on) = (day(LINE_DATE), day(OPENED), day(CLOSED));
    let site = Site {
        name: Some(name.clone()),
        address: address(bounded(text(ADDRESS), "Adresse_1")?, bounded(text(ADDRESS_MORE), "Adresse_2")?),
        postal_code: some(bounded(text(POSTAL_CODE), "Code_postal")?),
        latitude: coordinate(text(LATITUDE), 90.0),
        longitude: coordinate(text(LONGITUDE), 180.0),
    };
    Ok(Row {
        line: row.line(),
        uai,
        line_date,
        status,
        opened_on,
        closed_on,
        kind,
        kind_code,
        nature: some(bounded(text(NATURE), "code_nature")?),
        legal_status,
        pupils: text(PUPILS).parse().ok().filter(|pupils| (0..1_000_000).contains(pupils)),
        commune: named(commune, COMMUNE_NAME)?,
        department: named(department, DEPARTMENT_NAME)?,
        academy: named(academy, ACADEMY_NAME)?,
        region: named(region, REGION_NAME)?,
        circonscription,
        site,
        name,
        warnings,
    })
}

/// Makes one establishment of its rows: the first that is no annexe tells what it is, each is a site.
///
/// `circonscription` is the one that the main row's name or UAI was found to mean.
pub(crate) fn merge(rows: &[Row], circonscription: impl Fn(&Row) -> Option<String>) -> Option<Snapshot> {
    let main = rows.iter().find(|row| !fold(&row.name).split(' ').any(|word| word == "annexe")).or(rows.first())?;
    let id = |territory: &Option<NamedTerritory>| territory.as_ref().map(|territory| territory.id.to_string());
    Some(Snapshot {
        uai: main.uai,
        status: main.status,
        opened_on: rows.iter().filter_map(|row| row.opened_on).min(),
        closed_on: main.closed_on,
        facts: Facts {
            name: main.name.clone(),
            kind: main.kind,
            kind_code: main.kind_code.clone(),
            nature: main.nature.clone(),
            legal_status: main.legal_status,
            pupils: main.pupils.or_else(|| rows.iter().find_map(|row| row.pupils)),
            commune_id: id(&main.commune),
            commune_folded: main.commune.as_ref().map(|commune| fold(&commune.name)).unwrap_or_default(),
            circonscription_id: circonscription(main),
            department_id: id(&main.department),
            academy_id: id(&main.academy),
            region_id: id(&main.region),
        },
        sites: rows.iter().map(|row| row.site.clone()).collect(),
    })
}

fn bounded<'a>(text: &'a str, column: &'static str) -> Result<&'a str, RowError> {
    if text.len() > MAX_TEXT { Err(RowError::TooLong { column }) } else { Ok(text) }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn date(text: &str) -> Option<NaiveDate> {
    import::date(text)
}

fn coordinate(text: &str, limit: f64) -> Option<f64> {
    text.parse().ok().filter(|degrees: &f64| degrees.is_finite() && degrees.abs() <= limit)
}

fn address(first: &str, second: &str) -> Option<String> {
    let lines: Vec<&str> = [first, second].into_iter().filter(|line| !line.is_empty()).collect();
    some(&lines.join(", "))
}

/// `035` is 35, `02A` is 2A, `974` stays.
fn department_code(text: &str) -> Option<String> {
    let code = if text.len() == 3 { text.strip_prefix('0').unwrap_or(text) } else { text };
    match code.len() {
        1 => Some(format!("0{code}")),
        2 | 3 => Some(code.to_ascii_uppercase()),
        _ => None,
    }
}

/// `4` is 04.
fn two_digits(text: &str) -> Option<String> {
    match text.len() {
        1 => Some(format!("0{text}")),
        2 => Some(text.to_owned()),
        _ => None,
    }
}

fn kind(text: &str, warnings: &mut Vec<String>) -> (Option<EstablishmentKind>, Option<String>) {
    let kind = match fold(text).as_str() {
        "" => return (None, None),
        "ecole" => EstablishmentKind::Ecole,
        "college" => EstablishmentKind::College,
        "lycee" => EstablishmentKind::Lycee,
        "erea" => EstablishmentKind::Erea,
        "medico social" => EstablishmentKind::MedicoSocial,
        "service administratif" => EstablishmentKind::ServiceAdministratif,
        "information et orientation" => EstablishmentKind::InformationOrientation,
        "autre" => EstablishmentKind::Autre,
        _ => {
            warnings.push(format!("Type_etablissement {text:?} is not known: kept as given, the kind is null"));
            return (None, some(text));
        }
    };
    (Some(kind), some(text))
}

fn legal_status(text: &str, warnings: &mut Vec<String>) -> Option<LegalStatus> {
    match fold(text).as_str() {
        "" => None,
        "public" => Some(LegalStatus::Public),
        "prive" => Some(LegalStatus::Private),
        _ => {
            warnings.push(format!("Statut_public_prive {text:?} is not known"));
            None
        }
    }
}

fn status(text: &str, warnings: &mut Vec<String>) -> Status {
    match fold(text).as_str() {
        "ouvert" | "1" => Status::Open,
        "a fermer" | "2" => Status::Closing,
        "a ouvrir" | "3" => Status::Opening,
        "ferme" | "4" => Status::Closed,
        _ => {
            warnings.push(format!("etat {text:?} is not known: taken as open"));
            Status::Open
        }
    }
}

fn circonscription(code: &str, name: &str) -> Option<Circonscription> {
    match TerritoryId::new(TerritoryLevel::Circonscription, code) {
        Some(id) => {
            let name = if name.is_empty() { id.to_string() } else { name.to_owned() };
            Some(Circonscription::Known(NamedTerritory { id, name }))
        }
        None => (!name.is_empty()).then(|| Circonscription::ByName(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_one_spelling() {
        for (given, wanted) in [("035", "35"), ("02A", "2A"), ("974", "974"), ("1", "01"), ("33", "33")] {
            assert_eq!(department_code(given).as_deref(), Some(wanted), "{given}");
        }
        assert_eq!(department_code(""), None);
        assert_eq!(two_digits("4").as_deref(), Some("04"));
        assert_eq!(two_digits("014"), None);
    }

    #[test]
    fn an_unknown_kind_is_kept_as_given_and_null() {
        let mut warnings = Vec::new();
        assert_eq!(kind("Université", &mut warnings), (None, Some("Université".to_owned())));
        assert_eq!(warnings.len(), 1);
        assert_eq!(kind("", &mut warnings), (None, None));
        assert_eq!(kind("Médico-social", &mut warnings).0, Some(EstablishmentKind::MedicoSocial));
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn the_columns_stand_where_their_constants_say() {
        let name = |column: usize| COLUMNS[column].names[0];
        assert_eq!(
            (name(UAI), name(POSTAL_CODE), name(PUPILS)),
            ("Identifiant_de_l_etablissement", "Code_postal", "Nombre_d_eleves")
        );
        assert_eq!(
            (name(CIRCONSCRIPTION), name(LINE_DATE), name(NATURE)),
            ("code_circonscription", "date_maj_ligne", "code_nature")
        );
        assert_eq!(name(CLOSED), "date_fermeture");
    }
}
