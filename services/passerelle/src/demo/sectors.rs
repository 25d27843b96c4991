//! The carte scolaire: which collège takes the pupils of which école, in Nouvelle-Aquitaine. Invented like the establishments.

use std::io::{self, Write};

use super::draw::{Topic, below};
use super::establishment::Establishment;
use super::places::Commune;

/// Columns of the sectors.
pub(crate) const HEADER: &str = "ecole;college";

/// Académies whose carte scolaire the demonstration has.
const ACADEMIES: [&str; 3] = ["04", "13", "22"];
/// One in so many écoles lies in two sectors, where its commune has two collèges.
const TWO_SECTORS: u32 = 5;

/// Writes the collèges of every public école of these académies that is no maternelle.
pub(crate) fn write(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    for (ecole, colleges) in of(all) {
        for college in colleges {
            writeln!(out, "{};{}", ecole.uai, college.uai)?;
        }
    }
    Ok(())
}

/// Each of these écoles with its collèges.
pub(crate) fn of(all: &[Establishment]) -> Vec<(&Establishment, Vec<&Establishment>)> {
    let colleges: Vec<&Establishment> = all.iter().filter(|one| one.is_college() && one.is_public()).collect();
    let ecoles = all.iter().filter(|one| one.is_elementaire() && one.is_public());
    let here = ecoles.filter(|ecole| ACADEMIES.iter().any(|academy| ecole.in_academy(academy)));
    here.map(|ecole| (ecole, sector(ecole, &colleges))).collect()
}

/// One collège of the nearest commune of the département that has any, or two of them. With the communes there are that is its
/// own: each has one.
fn sector<'a>(ecole: &Establishment, colleges: &[&'a Establishment]) -> Vec<&'a Establishment> {
    let of_department = || colleges.iter().copied().filter(|college| college.in_department(ecole.department.code));
    let far = |college: &&Establishment| distance(ecole.commune, college.commune);
    let nearest = of_department().min_by(|one, other| far(one).total_cmp(&far(other)));
    let Some(seat) = nearest.map(|college| college.commune.code) else { return Vec::new() };
    let near: Vec<&Establishment> = of_department().filter(|college| college.commune.code == seat).collect();
    let number = ecole.uai.number();
    let drawn = below(u32::try_from(near.len()).expect("few collèges in a commune"), number, Topic::Sector) as usize;
    let two = near.len() > 1 && below(TWO_SECTORS, number, Topic::TwoSectors) == 0;
    near.iter().copied().cycle().skip(drawn).take(if two { 2 } else { 1 }).collect()
}

/// Which of two communes is nearer, and no more: a degree of longitude is some 0.7 of one of latitude here.
fn distance(one: &Commune, other: &Commune) -> f64 {
    (one.latitude - other.latitude).hypot(0.7 * (one.longitude - other.longitude))
}
