//! What was observed of each establishment: Pix, the label and the digital programmes, `SchémaTIC`.

use std::io::{self, Write};

use kernel::Provenance;

use super::deployments;
use super::draw::{Topic, below, dealt, some};
use super::establishment::Establishment;
use super::figures::{
    COLLEGE_LEVELS, DIGITAL, Digital, LYCEE_LEVELS, PIX_ORGA, PixOrga, ROADMAP_MONTPELLIER, ROADMAP_NOUVELLE_AQUITAINE,
    SIMULATED,
};

/// Columns of the observations.
pub(crate) const HEADER: &str = "indicator;uai;school_year;status;numerator;denominator;observed_on;provenance;source";

/// Establishments of the région académique that use `SchémaTIC`, of a hundred.
const SCHEMATIC_PERCENT: usize = 14;

/// One in so many establishments did not declare its accounts.
const UNDECLARED: u32 = 12;

/// What is the same in all rows of a series.
struct Series {
    indicator: &'static str,
    school_year: &'static str,
    observed_on: &'static str,
    provenance: Provenance,
    source: &'static str,
}

impl Series {
    const fn pix(indicator: &'static str) -> Self {
        let (provenance, source) = (Provenance::Official, ROADMAP_NOUVELLE_AQUITAINE);
        Self { indicator, school_year: "2020-2021", observed_on: "2021-01-31", provenance, source }
    }

    const fn montpellier(indicator: &'static str) -> Self {
        let (provenance, source) = (Provenance::Official, ROADMAP_MONTPELLIER);
        Self { indicator, school_year: "2017-2018", observed_on: "2018-06-28", provenance, source }
    }

    const fn simulated(indicator: &'static str) -> Self {
        Self { observed_on: "2021-06-30", ..Self::in_year(indicator, "2020-2021") }
    }

    /// Simulated, in a school year.
    const fn in_year(indicator: &'static str, school_year: &'static str) -> Self {
        Self { indicator, school_year, observed_on: "", provenance: Provenance::Simulated, source: SIMULATED }
    }

    /// Writes states, by UAI.
    fn states(&self, out: &mut impl Write, mut states: Vec<(&Establishment, &'static str)>) -> io::Result<()> {
        states.sort_unstable_by_key(|(establishment, _)| establishment.uai);
        states.into_iter().try_for_each(|(establishment, status)| self.row(out, establishment, &format!("{status};;")))
    }

    fn row(&self, out: &mut impl Write, establishment: &Establishment, value: &str) -> io::Result<()> {
        let Self { indicator, school_year, observed_on, provenance, source } = self;
        let (uai, provenance) = (establishment.uai, provenance.as_str());
        writeln!(out, "{indicator};{uai};{school_year};{value};{observed_on};{provenance};{source}")
    }
}

/// Writes every observation.
pub(crate) fn write(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    for academy in PIX_ORGA {
        pix_orga(out, all, academy)?;
    }
    pix_certification(out, all)?;
    accounts(out, all)?;
    schematic(out, all)?;
    label(out, all)?;
    DIGITAL.iter().try_for_each(|figures| programme(out, all, figures))
}

fn pix_orga(out: &mut impl Write, all: &[Establishment], figures: &PixOrga) -> io::Result<()> {
    let here = all.iter().filter(|one| one.is_second_degree() && one.in_academy(figures.academy));
    let states = dealt(here, figures.states, ["NOT_ACTIVATED", "NOT_IMPORTED", "IMPORTED", "ACTIVE"], Topic::Pix);
    // Who launched a campaign is active; where the document counts more campaigns, the rest has at least imported.
    let mut by_progress: Vec<&Establishment> = states.iter().rev().map(|(establishment, _)| *establishment).collect();
    let others = by_progress.split_off(figures.launched);
    let launched = by_progress.into_iter().map(|one| (one, "LAUNCHED"));
    let campaign = launched.chain(others.into_iter().map(|one| (one, "NOT_LAUNCHED"))).collect();
    Series::pix("PIX_ORGA_STATE").states(out, states)?;
    Series::pix("PIX_ORGA_CAMPAIGN").states(out, campaign)
}

/// Pupils of 3e or of terminale who were certified, out of all of them.
fn pix_certification(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let series = Series::simulated("PIX_CERTIFICATION");
    for one in second_degree(all) {
        let number = one.uai.number();
        let (least, spread) = if one.is_college() { (45, 120) } else { (60, 280) };
        let pupils = least + below(spread, number, Topic::PixPupils);
        let certified = pupils * (48 + below(48, number, Topic::PixCertified)) / 100;
        series.row(out, one, &format!(";{certified};{pupils}"))?;
    }
    Ok(())
}

fn schematic(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let total = second_degree(all).count();
    let used = total * SCHEMATIC_PERCENT / 100;
    let states = dealt(second_degree(all), [used, total - used], ["USED", "NOT_USED"], Topic::Schematic);
    Series::simulated("SCHEMATIC_USE").states(out, states)
}

/// Accounts of Aliénor and Argos, as the vendors would declare them; some of their establishments declared nothing.
fn accounts(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    let series = Series { observed_on: "2019-01-31", ..Series::in_year("ACCOUNT_ACTIVATION", "2018-2019") };
    let ecoles = deployments::alienor_in(all, series.school_year);
    let colleges = |one: &&Establishment| one.is_college() && one.is_public() && one.in_academy("04");
    for one in all.iter().filter(|one| ecoles.contains(&one.uai) || colleges(one)) {
        let number = one.uai.number();
        if below(UNDECLARED, number, Topic::Undeclared) == 0 {
            continue;
        }
        // Pupils, guardians and staff; an école of one class has few.
        let (least, spread) = if one.is_college() { (480, 900) } else { (9, 420) };
        let created = least + below(spread, number, Topic::Accounts);
        let activated = created * (24 + below(70, number, Topic::Activated)) / 100;
        series.row(out, one, &format!(";{activated};{created}"))?;
    }
    Ok(())
}

/// The label: a collège without it has no row.
fn label(out: &mut impl Write, all: &[Establishment]) -> io::Result<()> {
    const LEVELS: [&str; 3] = ["LEVEL_1", "LEVEL_2", "LEVEL_3"];
    let labelled = |figures: &Digital| {
        let colleges = all.iter().filter(|one| one.is_college() && one.in_department(figures.department));
        some(colleges, figures.colleges_labelled, Topic::Label)
    };
    let lycees = all.iter().filter(|one| one.is_lycee() && one.in_academy("11"));
    let mut states = dealt(DIGITAL.iter().flat_map(labelled), COLLEGE_LEVELS, LEVELS, Topic::LabelLevel);
    states.extend(dealt(lycees, LYCEE_LEVELS, LEVELS, Topic::LabelLevel));
    Series::montpellier("DIGITAL_LABEL").states(out, states)
}

/// The digital programmes of one département: those outside have no row.
fn programme(out: &mut impl Write, all: &[Establishment], figures: &Digital) -> io::Result<()> {
    let here = || all.iter().filter(|one| one.in_department(figures.department));
    let mut drawn = some(here().filter(|one| one.is_elementaire()), figures.ecoles_numeriques, Topic::Programme);
    drawn.extend(some(here().filter(|one| one.is_college()), figures.colleges_numeriques, Topic::Programme));
    Series::montpellier("DIGITAL_PROGRAMME").states(out, drawn.into_iter().map(|one| (one, "YES")).collect())
}

/// Collèges and lycées of Nouvelle-Aquitaine.
fn second_degree(all: &[Establishment]) -> impl Iterator<Item = &Establishment> {
    all.iter().filter(|one| one.is_second_degree() && one.in_region("75"))
}
