//! Files of the carte scolaire: the official one, which speaks of communes, and one of our own, which speaks of écoles.

use std::collections::HashMap;

use import::{Column, Row};
use kernel::{TerritoryId, TerritoryLevel, Uai};

use super::department_of;
use super::sector::Role;

/// The official data set `fr-en-carte-scolaire-colleges-publics`: a range of addresses of a commune belongs to a collège. The
/// addresses are not read: without geocoding nobody can say on which of them an école lies.
pub(crate) const BY_COMMUNE: &[Column] = &[Column::required(&["code_insee"]), Column::required(&["Code_RNE"])];
/// Pairs of UAI.
pub(crate) const BY_ECOLE: &[Column] = &[Column::required(&["ecole"]), Column::required(&["college"])];

/// In both files: what a row is about, and the collège.
const ABOUT: usize = 0;
const COLLEGE: usize = 1;

/// What the rows of a file are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Communes.
    ByCommune,
    /// Écoles.
    ByEcole,
}

/// What rows are checked against.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The role of every establishment of the directory.
    pub(crate) roles: HashMap<String, Role>,
    /// Ids of every territory of the directory, with their names.
    pub(crate) territories: HashMap<String, String>,
}

impl Shape {
    /// What a row is about: the id of a commune, or the UAI of an école.
    ///
    /// # Errors
    /// When that is malformed or not known.
    pub(crate) fn about(self, row: Row<'_>, known: &Known) -> Result<String, String> {
        match self {
            Self::ByCommune => {
                let commune = TerritoryId::new(TerritoryLevel::Commune, row.text(ABOUT)).ok_or_else(|| {
                    format!("code_insee is a commune's INSEE code, such as 33063; got {:?}", row.text(ABOUT))
                })?;
                // A commune without an establishment is not known by itself, and nothing is wrong with its row.
                if known.territories.contains_key(&department_of(&commune)) {
                    Ok(commune.to_string())
                } else {
                    Err(format!("commune {} lies in no known département", commune.code()))
                }
            }
            Self::ByEcole => {
                let (uai, role) = establishment(row.text(ABOUT), known)?;
                match role {
                    Role::SectorEcole | Role::OtherEcole => Ok(uai.to_string()),
                    Role::Maternelle => Err(format!("{uai} is a maternelle, which feeds no collège")),
                    Role::College | Role::None => Err(format!("{uai} is no école in the directory")),
                }
            }
        }
    }

    /// What a row is about, and the collège that it names.
    ///
    /// # Errors
    /// When one of them is malformed, not known, or something else.
    pub(crate) fn read(self, row: Row<'_>, known: &Known) -> Result<(String, Uai), String> {
        let about = self.about(row, known)?;
        match establishment(row.text(COLLEGE), known)? {
            (uai, Role::College) => Ok((about, uai)),
            (uai, _) => Err(format!("{uai} is no collège in the directory")),
        }
    }
}

fn establishment(text: &str, known: &Known) -> Result<(Uai, Role), String> {
    let uai: Uai = text.parse().map_err(|error: kernel::BadUai| error.to_string())?;
    let role = known.roles.get(uai.as_str());
    let role = role.ok_or_else(|| format!("the directory holds no establishment {uai}; import it first"))?;
    Ok((uai, *role))
}
