//! Ids of territories: `FR`, `REG-75`, `ACA-04`, `DEP-2A`, `EPCI-243300316`, `COM-33063`, `CIR-0330001A`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Uai;

/// A level of the State's and the collectivités' school administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TerritoryLevel {
    /// France.
    Country,
    /// Région, which is the région académique too; INSEE code.
    Region,
    /// Académie; the ministry's code on two digits.
    Academy,
    /// Département; INSEE code.
    Department,
    /// Circonscription of an inspector of the first degree; its own UAI.
    Circonscription,
    /// EPCI à fiscalité propre; SIREN.
    Intercommunalite,
    /// Commune; INSEE code.
    Commune,
}

impl TerritoryLevel {
    /// Every level, from the widest.
    pub const ALL: [Self; 7] = [
        Self::Country,
        Self::Region,
        Self::Academy,
        Self::Department,
        Self::Circonscription,
        Self::Intercommunalite,
        Self::Commune,
    ];

    /// The level's name in files, rows and schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Country => "COUNTRY",
            Self::Region => "REGION",
            Self::Academy => "ACADEMY",
            Self::Department => "DEPARTMENT",
            Self::Circonscription => "CIRCONSCRIPTION",
            Self::Intercommunalite => "INTERCOMMUNALITE",
            Self::Commune => "COMMUNE",
        }
    }

    /// The level of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// The id of a territory: its level and its code there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TerritoryId {
    level: TerritoryLevel,
    code: String,
}

/// The text is no id of a territory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a territory is written FR, REG-75, ACA-04, DEP-33, EPCI-243300316, COM-33063 or CIR-0330001A; got {0:?}")]
pub struct BadTerritoryId(pub String);

impl TerritoryId {
    /// The whole country.
    pub fn country() -> Self {
        Self { level: TerritoryLevel::Country, code: "FR".to_owned() }
    }

    /// The territory of `code` at `level`, or nothing where the code has not the level's form.
    pub fn new(level: TerritoryLevel, code: &str) -> Option<Self> {
        well_formed(level, code).then(|| Self { level, code: code.to_owned() })
    }

    /// Its level.
    pub fn level(&self) -> TerritoryLevel {
        self.level
    }

    /// Its code at that level, without the prefix.
    pub fn code(&self) -> &str {
        &self.code
    }
}

fn well_formed(level: TerritoryLevel, code: &str) -> bool {
    let digits = |length: usize| code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit());
    let insee = |rest: usize| {
        let mut bytes = code.bytes();
        code.len() == 2 + rest
            && bytes.next().is_some_and(|byte| byte.is_ascii_digit())
            && bytes
                .next()
                .is_some_and(|byte| byte.is_ascii_digit() || ((byte == b'A' || byte == b'B') && code.starts_with('2')))
            && bytes.all(|byte| byte.is_ascii_digit())
    };
    match level {
        TerritoryLevel::Country => code == "FR",
        TerritoryLevel::Region | TerritoryLevel::Academy => digits(2),
        TerritoryLevel::Department => insee(0) || digits(3),
        TerritoryLevel::Circonscription => code.parse::<Uai>().is_ok(),
        TerritoryLevel::Intercommunalite => digits(9),
        TerritoryLevel::Commune => insee(3),
    }
}

const PREFIXES: [(&str, TerritoryLevel); 6] = [
    ("REG-", TerritoryLevel::Region),
    ("ACA-", TerritoryLevel::Academy),
    ("DEP-", TerritoryLevel::Department),
    ("CIR-", TerritoryLevel::Circonscription),
    ("EPCI-", TerritoryLevel::Intercommunalite),
    ("COM-", TerritoryLevel::Commune),
];

impl fmt::Display for TerritoryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = PREFIXES.iter().find(|(_, level)| *level == self.level).map_or("", |(prefix, _)| prefix);
        write!(out, "{prefix}{}", self.code)
    }
}

impl FromStr for TerritoryId {
    type Err = BadTerritoryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = if text == "FR" {
            Some(Self::country())
        } else {
            PREFIXES.iter().find_map(|(prefix, level)| Self::new(*level, text.strip_prefix(prefix)?))
        };
        parsed.ok_or_else(|| BadTerritoryId(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        for id in [
            "FR",
            "REG-75",
            "ACA-04",
            "DEP-33",
            "DEP-2A",
            "DEP-974",
            "EPCI-243300316",
            "COM-33063",
            "COM-2A004",
            "CIR-0940927X",
        ] {
            assert_eq!(id.parse::<TerritoryId>().expect(id).to_string(), id);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for id in [
            "", "fr", "FR-1", "REG-7", "ACA-4", "DEP-3A", "DEP-2C", "DEP-033x", "COM-3306", "EPCI-12", "CIR-1",
            "XXX-1", "DEP-é3",
        ] {
            assert!(id.parse::<TerritoryId>().is_err(), "{id}");
        }
    }
}
