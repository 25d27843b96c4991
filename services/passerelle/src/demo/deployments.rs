//! Which establishment has which ENT open, and in which school year.

use std::collections::HashSet;
use std::io::{self, Write};

use kernel::{Provenance, Uai};

use super::draw::{Topic, some};
use super::establishment::Establishment;
use super::figures::{ALIENOR, ROADMAP_BORDEAUX, ROADMAP_MONTPELLIER, SIMULATED};
use super::projects;

/// Columns of the deployments.
pub(crate) const HEADER: &str = "uai;project;school_year;status;opened_on;closed_on;observed_on;provenance;source";

/// Écoles with Aliénor: what the roadmap says of 2017-2018, and some more after it.
const ALIENOR_ECOLES: [(&str, usize); 3] = [("2017-2018", ALIENOR), ("2018-2019", 1640), ("2020-2021", 1680)];
/// Écoles of Limoges and Poitiers with an ENT.
const SOCLE: [(&str, usize); 2] = [("22", 50), ("13", 110)];
/// Départements whose collèges share the ENT of the lycées.
const SHARED: [&str; 2] = ["16", "86"];
/// Share of their public collèges that do, of ten.
const SHARED_TENTHS: usize = 8;
/// Share of the public lycées that have Lycée connecté, of ten.
const LYCEES_TENTHS: usize = 9;
/// Share of the écoles of Montpellier that have an ENT: "plus de 60 %".
const ECOLES_MONTPELLIER_PERCENT: usize = 61;

/// An ENT open in a school year, and how that is known.
struct Opening {
    project: &'static str,
    school_year: &'static str,
    observed_on: &'static str,
    provenance: Provenance,
    source: &'static str,
}

impl Opening {
    const fn simulated(project: &'static str, school_year: &'static str) -> Self {
        Self { project, school_year, observed_on: "", provenance: Provenance::Simulated, source: SIMULATED }
    }

    /// Writes it for each of the establishments, by UAI.
    fn write<'a>(
        &self,
        out: &mut impl Write,
        establishments: impl IntoIterator<Item = &'a Establishment>,
    ) -> io::Result<()> {
        let Self { project, school_year, observed_on, provenance, source } = self;
        let mut uais: Vec<_> = establishments.into_iter().map(|establishment| establishment.uai).collect();
        uais.sort_unstable();
        for uai in uais {
            writeln!(out, "{uai};{project};{school_year};OPEN;;;{observed_on};{};{source}", provenance.as_str())?;
        }
        Ok(())
    }
}

/// Writes every deployment.
pub(crate) fn write(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    alienor(out, all)?;
    socle(out, all)?;
    colleges(out, all)?;
    lycee_connecte(out, all)?;
    montpellier(out, all)
}

fn alienor(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let said = Opening {
        project: projects::ALIENOR,
        school_year: "2017-2018",
        observed_on: "",
        provenance: Provenance::Official,
        source: ROADMAP_BORDEAUX,
    };
    for (school_year, _) in ALIENOR_ECOLES {
        let simulated = Opening::simulated(projects::ALIENOR, school_year);
        let opening = if school_year == said.school_year { &said } else { &simulated };
        opening.write(out, ecoles_with_alienor(all, school_year))?;
    }
    Ok(())
}

fn ecoles_with_alienor<'a>(all: &'a [Establishment], school_year: &str) -> Vec<&'a Establishment> {
    let count = ALIENOR_ECOLES.iter().find(|(year, _)| *year == school_year).map_or(0, |(_, count)| *count);
    some(public(all).filter(|one| one.is_ecole() && one.in_academy("04")), count, Topic::Alienor)
}

/// UAI of the écoles where Aliénor is open in a school year.
pub(crate) fn alienor_in(all: &[Establishment], school_year: &str) -> HashSet<Uai> {
    ecoles_with_alienor(all, school_year).into_iter().map(|ecole| ecole.uai).collect()
}

fn socle(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    for (academy, count) in SOCLE {
        let ecoles = some(public(all).filter(|one| one.is_ecole() && one.in_academy(academy)), count, Topic::EntSocle);
        Opening::simulated(projects::SOCLE, "2020-2021").write(out, ecoles)?;
    }
    Ok(())
}

/// The ENT of the public collèges' own, in Bordeaux, Poitiers and Creuse; no other département has one.
fn colleges(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let of = |academy: &'static str| public(all).filter(move |one| one.is_college() && one.in_academy(academy));
    for school_year in ["2017-2018", "2018-2019", "2020-2021"] {
        Opening::simulated(projects::ARGOS, school_year).write(out, of("04"))?;
    }
    for school_year in ["2018-2019", "2020-2021"] {
        let creuse = of("22").filter(|one| one.in_department("23"));
        Opening::simulated(projects::CREUSE, school_year).write(out, creuse)?;
    }
    Opening::simulated(projects::COLLEGE_POITIERS, "2018-2019").write(out, of("13"))?;
    let shared: Vec<_> = sharing(all).iter().map(|one| one.uai).collect();
    let own = of("13").filter(|one| !shared.contains(&one.uai));
    Opening::simulated(projects::COLLEGE_POITIERS, "2020-2021").write(out, own)
}

fn lycee_connecte(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let lycees: Vec<_> = public(all).filter(|one| one.is_lycee() && one.in_region("75")).collect();
    let count = lycees.len() * LYCEES_TENTHS / 10;
    let opening = Opening::simulated(projects::LYCEE_CONNECTE, "2020-2021");
    opening.write(out, some(lycees, count, Topic::LyceeConnecte))?;
    opening.write(out, sharing(all))
}

/// The public collèges that have the ENT of the lycées.
fn sharing(all: &[Establishment]) -> Vec<&Establishment> {
    let of = |department: &&'static str| {
        let colleges: Vec<_> = public(all).filter(|one| one.is_college() && one.in_department(department)).collect();
        let count = colleges.len() * SHARED_TENTHS / 10;
        some(colleges, count, Topic::LyceeConnecte)
    };
    SHARED.iter().flat_map(of).collect()
}

fn montpellier(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let here = || all.iter().filter(|one| one.in_academy("11"));
    let said = Opening {
        project: projects::SECOND_DEGREE_MONTPELLIER,
        school_year: "2017-2018",
        observed_on: "2018-06-28",
        provenance: Provenance::Official,
        source: ROADMAP_MONTPELLIER,
    };
    said.write(out, here().filter(|one| one.is_second_degree()))?;
    let count = here().filter(|one| one.is_ecole()).count() * ECOLES_MONTPELLIER_PERCENT / 100;
    let ecoles = some(here().filter(|one| one.is_ecole() && one.is_public()), count, Topic::EntEcole);
    Opening::simulated(projects::ECOLE_MONTPELLIER, "2018-2019").write(out, ecoles)
}

fn public(all: &[Establishment]) -> impl Iterator<Item = &Establishment> {
    all.iter().filter(|one| one.is_public())
}
