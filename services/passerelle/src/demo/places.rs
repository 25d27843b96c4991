//! Where the demonstration lies: real départements, communes and intercommunalités. Its establishments are not real.

mod bordeaux;
mod intercommunalites;
mod limoges;
mod montpellier;
mod poitiers;

pub(crate) use intercommunalites::write as write_intercommunalites;

/// A département, with its place among the académies and régions.
#[derive(Debug)]
pub(crate) struct Department {
    /// INSEE code.
    pub(crate) code: &'static str,
    /// The ministry's code of its académie, on two digits.
    pub(crate) academy: &'static str,
    /// INSEE code of its région.
    pub(crate) region: &'static str,
    /// Those of its communes in which the demonstration has establishments.
    pub(crate) communes: &'static [Commune],
}

/// A commune.
#[derive(Debug)]
pub(crate) struct Commune {
    /// INSEE code.
    pub(crate) code: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Its postal code, one of them where it has several.
    pub(crate) postal_code: &'static str,
    /// Degrees north of its centre, roughly.
    pub(crate) latitude: f64,
    /// Degrees east of its centre, roughly.
    pub(crate) longitude: f64,
    /// SIREN of its intercommunalité.
    pub(crate) epci: &'static str,
    /// How many of its département's establishments it has, relative to the others.
    pub(crate) weight: usize,
}

/// Every département of the demonstration, by académie.
pub(crate) const DEPARTMENTS: &[Department] = &[
    department("24", "04", "75", bordeaux::DORDOGNE),
    department("33", "04", "75", bordeaux::GIRONDE),
    department("40", "04", "75", bordeaux::LANDES),
    department("47", "04", "75", bordeaux::LOT_ET_GARONNE),
    department("64", "04", "75", bordeaux::PYRENEES_ATLANTIQUES),
    department("19", "22", "75", limoges::CORREZE),
    department("23", "22", "75", limoges::CREUSE),
    department("87", "22", "75", limoges::HAUTE_VIENNE),
    department("16", "13", "75", poitiers::CHARENTE),
    department("17", "13", "75", poitiers::CHARENTE_MARITIME),
    department("79", "13", "75", poitiers::DEUX_SEVRES),
    department("86", "13", "75", poitiers::VIENNE),
    department("11", "11", "76", montpellier::AUDE),
    department("30", "11", "76", montpellier::GARD),
    department("34", "11", "76", montpellier::HERAULT),
    department("48", "11", "76", montpellier::LOZERE),
    department("66", "11", "76", montpellier::PYRENEES_ORIENTALES),
];

const fn department(
    code: &'static str,
    academy: &'static str,
    region: &'static str,
    communes: &'static [Commune],
) -> Department {
    Department { code, academy, region, communes }
}

const fn commune(
    code: &'static str,
    name: &'static str,
    postal_code: &'static str,
    (latitude, longitude): (f64, f64),
    epci: &'static str,
    weight: usize,
) -> Commune {
    Commune { code, name, postal_code, latitude, longitude, epci, weight }
}
