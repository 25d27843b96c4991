//! The directory: every establishment of the demonstration, département by département.
//!
//! Their UAI are the département on three digits and a number from 7000 to 8999, a range that the real directory does
//! not use.

use std::ops::Range;

use kernel::{LegalStatus, Uai};

use super::category::{
    APPLICATION, CIRCONSCRIPTION, COLLEGE, Category, ELEMENTAIRE, LYCEES, MATERNELLE, PRIMAIRE, SECTIONS,
};
use super::establishment::Establishment;
use super::figures::{SIZES, Size};
use super::names::{Names, of};
use super::places::{Commune, DEPARTMENTS, Department};

/// First number of a département's écoles.
const ECOLES: u32 = 7000;
/// First number of its collèges and lycées.
const SECOND_DEGREE: u32 = 8000;
/// First number of its circonscriptions.
const CIRCONSCRIPTIONS: u32 = 8900;
/// Écoles of a circonscription, at most.
const ECOLES_BY_CIRCONSCRIPTION: usize = 60;
/// One in so many écoles that are no maternelles is private, and so on.
const PRIVATE_ECOLES: usize = 8;
const PRIVATE_COLLEGES: usize = 5;
const PRIVATE_LYCEES: usize = 4;
/// One in so many is an école d'application.
const APPLICATIONS: usize = 60;

/// An establishment before it has a number and a name.
struct Draft {
    category: &'static Category,
    commune: &'static Commune,
    public: bool,
}

/// Every establishment, in the order of départements and numbers.
pub(crate) fn establishments() -> Vec<Establishment> {
    let mut all = Vec::new();
    for department in DEPARTMENTS {
        let size = SIZES.iter().find(|size| size.department == department.code);
        add(department, size.expect("every département has a size"), &mut all);
    }
    all
}

fn add(department: &'static Department, size: &Size, all: &mut Vec<Establishment>) {
    let mut names = Names::new();
    let mut ecoles = establish(department, ECOLES, ecoles(department, size), &mut names);
    let circonscriptions = circonscriptions(department, &mut ecoles);
    all.extend(ecoles);
    all.extend(establish(department, SECOND_DEGREE, second_degree(department, size), &mut names));
    all.extend(circonscriptions);
}

fn ecoles(department: &'static Department, size: &Size) -> Vec<Draft> {
    let mut drafts = spread(department, size.maternelles, |_| (MATERNELLE, true));
    drafts.extend(spread(department, size.elementaires, |index| match index {
        _ if index % PRIVATE_ECOLES == PRIVATE_ECOLES - 1 => {
            (if index % 3 == 0 { ELEMENTAIRE } else { PRIMAIRE }, false)
        }
        _ if index % APPLICATIONS == 0 => (APPLICATION, true),
        _ => (if index % 2 == 0 { ELEMENTAIRE } else { PRIMAIRE }, true),
    }));
    // Circonscriptions are made of écoles that follow each other: those of a commune stand together.
    drafts.sort_by_key(|draft| department.communes.iter().position(|commune| commune.code == draft.commune.code));
    drafts
}

fn second_degree(department: &'static Department, size: &Size) -> Vec<Draft> {
    let public = |index: usize, one_in: usize| index % one_in != one_in - 1;
    let mut drafts = spread(department, size.colleges, |index| (COLLEGE, public(index, PRIVATE_COLLEGES)));
    let lycee = |index: usize| (&LYCEES[index % LYCEES.len()], public(index, PRIVATE_LYCEES));
    drafts.extend(spread(department, size.lycees, lycee));
    drafts.extend(spread(department, size.sections, |index| (&SECTIONS[index % SECTIONS.len()], true)));
    drafts
}

/// `count` establishments over the communes of a département, each commune with its share.
fn spread(
    department: &'static Department,
    count: usize,
    sort: impl Fn(usize) -> (&'static Category, bool),
) -> Vec<Draft> {
    let total: usize = department.communes.iter().map(|commune| commune.weight).sum();
    let mut drafts = Vec::with_capacity(count);
    let mut before = 0;
    for commune in department.communes {
        let share: Range<usize> = before * count / total..(before + commune.weight) * count / total;
        before += commune.weight;
        drafts.extend(share.map(|index| {
            let (category, public) = sort(index);
            Draft { category, commune, public }
        }));
    }
    drafts
}

fn establish(department: &'static Department, first: u32, drafts: Vec<Draft>, names: &mut Names) -> Vec<Establishment> {
    let number = |(offset, Draft { category, commune, public })| Establishment {
        uai: uai(department, first + offset),
        category,
        department,
        commune,
        legal_status: Some(if public { LegalStatus::Public } else { LegalStatus::Private }),
        name: names.next(category, commune, public),
        circonscription: None,
    };
    (0..).zip(drafts).map(number).collect()
}

/// Groups the écoles of a département, tells each its circonscription, and returns the circonscriptions.
fn circonscriptions(department: &'static Department, ecoles: &mut [Establishment]) -> Vec<Establishment> {
    let count = ecoles.len().div_ceil(ECOLES_BY_CIRCONSCRIPTION);
    let size = ecoles.len().div_ceil(count);
    let seats: Vec<&'static Commune> = ecoles.chunks(size).map(|group| group[group.len() / 2].commune).collect();
    let mut found = Vec::new();
    for ((offset, group), seat) in (0..).zip(ecoles.chunks_mut(size)).zip(&seats) {
        let uai = uai(department, CIRCONSCRIPTIONS + offset);
        let of_seat = |other: &&&Commune| other.code == seat.code;
        let rank = match seats.iter().filter(of_seat).count() {
            1 => String::new(),
            _ => format!(" {}", seats[..=offset as usize].iter().filter(of_seat).count()),
        };
        let name = format!("{} {}{rank}", CIRCONSCRIPTION.label, of(seat.name));
        for ecole in group {
            ecole.circonscription = Some((uai, name.clone()));
        }
        found.push(Establishment {
            uai,
            category: CIRCONSCRIPTION,
            department,
            commune: seat,
            legal_status: None,
            name,
            circonscription: None,
        });
    }
    found
}

fn uai(department: &Department, number: u32) -> Uai {
    let department: u32 = department.code.parse().expect("the demonstration has no département of Corse");
    Uai::with_number(department * 10_000 + number).expect("seven digits")
}
