//! People of the demonstration: a class of an école and one of a collège of its sector that work together, with who teaches and
//! who learns there. All invented.

mod names;

use kernel::{Profile, SchoolYear};
use users::{Identifier, Registration, RegistrationAffiliation};

use super::deployments;
use super::draw::{Topic, below};
use super::establishment::Establishment;
use super::sectors;
use names::name;

/// Collèges of a département whose classes work with écoles.
const COLLEGES: [(&str, usize); 7] = [("24", 7), ("33", 22), ("40", 7), ("47", 6), ("64", 11), ("16", 3), ("86", 3)];
/// Écoles that work with one collège.
const ECOLES: usize = 2;
/// Pairs in which an école of Bordeaux works with a collège of Poitiers.
const FAR: usize = 4;
/// Guardians of a class who have an account.
const GUARDIANS: usize = 2;

const CM1: &str = "1124";
const CM2: &str = "1125";
const SIXTH: &str = "2111";
const SIXTH_SEGPA: &str = "2431";
/// Codes that hold no level: intégration scolaire, ULIS.
const ULIS: [&str; 2] = ["1411", "2119"];

/// A class: places in the list of everybody.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) teacher: usize,
    pub(crate) pupils: Vec<usize>,
}

/// A class of an école and one of a collège that work together.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) ecole: Class,
    pub(crate) college: Class,
    /// The commune of the collège.
    pub(crate) commune: &'static str,
}

/// Everybody, and who works together.
#[derive(Debug, Default)]
pub(crate) struct Everybody {
    pub(crate) registrations: Vec<Registration>,
    pub(crate) pairs: Vec<Pair>,
}

/// Everybody in `worked`, when the classes work together; staff and guardians are still there in `now`.
pub(crate) fn everybody(all: &[Establishment], worked: SchoolYear, now: SchoolYear) -> Everybody {
    let mut town = Town { everybody: Everybody::default(), worked, now };
    let with_ent = deployments::alienor_in(all, &worked.to_string());
    let near = sectors::of(all);
    // In Bordeaux those that have the ENT; elsewhere écoles had none in that year.
    let works = |ecole: &Establishment| !ecole.in_academy("04") || with_ent.contains(&ecole.uai);
    let (mut spare_ecoles, mut far_colleges) = (Vec::new(), Vec::new());
    for (department, count) in COLLEGES {
        let colleges = all.iter().filter(|one| one.is_college() && one.is_public() && one.in_department(department));
        let with_ecoles = colleges.filter_map(|college| {
            let of_sector = near.iter().filter(|(_, colleges)| colleges.iter().any(|one| one.uai == college.uai));
            let ecoles: Vec<&Establishment> = of_sector.map(|(ecole, _)| *ecole).filter(|ecole| works(ecole)).collect();
            (!ecoles.is_empty()).then_some((college, ecoles))
        });
        for (college, ecoles) in with_ecoles.take(count) {
            for (ecole, letter) in ecoles.iter().take(ECOLES).zip(["A", "B"]) {
                town.pair(ecole, college, letter);
            }
            if college.in_academy("04") {
                spare_ecoles.extend(ecoles.get(ECOLES).copied());
            } else {
                far_colleges.push(college);
            }
        }
    }
    for (ecole, college) in spare_ecoles.into_iter().zip(far_colleges).take(FAR) {
        town.pair(ecole, college, "C");
    }
    town.everybody
}

struct Town {
    everybody: Everybody,
    worked: SchoolYear,
    now: SchoolYear,
}

impl Town {
    fn pair(&mut self, ecole: &Establishment, college: &Establishment, letter: &str) {
        let ecole = self.cm(ecole);
        let commune = college.commune.name;
        let college = self.sixth(college, letter);
        self.everybody.pairs.push(Pair { ecole, college, commune });
    }

    /// A class of CM2, or of CM1 and CM2.
    fn cm(&mut self, ecole: &Establishment) -> Class {
        let number = ecole.uai.number();
        let (count, two_levels) = (8 + below(7, number, Topic::Pupils), below(3, number, Topic::Levels) == 0);
        let ulis = below(4, number, Topic::Ulis) == 0;
        let name = if two_levels { "CM1-CM2" } else { "CM2" };
        let levels = (0..count).map(|at| match at {
            0 if ulis => ULIS[0],
            _ if two_levels && at % 2 == 1 => CM1,
            _ => CM2,
        });
        self.class(ecole, name, levels)
    }

    /// A class of 6e, in one collège of ten of SEGPA.
    fn sixth(&mut self, college: &Establishment, letter: &str) -> Class {
        let number = college.uai.number();
        let (segpa, ulis) = (below(10, number, Topic::Levels) == 0, below(4, number, Topic::Ulis) == 0);
        let (count, level) = if segpa { (6, SIXTH_SEGPA) } else { (8 + below(8, number, Topic::Pupils), SIXTH) };
        let name = if segpa { format!("6e SEGPA {letter}") } else { format!("6e {letter}") };
        self.class(college, &name, (0..count).map(|at| if at == 0 && ulis { ULIS[1] } else { level }))
    }

    fn class<'a>(&mut self, at: &Establishment, name: &str, levels: impl Iterator<Item = &'a str>) -> Class {
        let teacher = self.person(at, Profile::Teacher, None, name);
        if at.is_college() {
            self.person(at, Profile::Librarian, None, name);
        }
        let pupils: Vec<usize> = levels.map(|level| self.person(at, Profile::Pupil, Some(level), name)).collect();
        for _ in 0..GUARDIANS {
            self.person(at, Profile::Guardian, None, name);
        }
        Class { teacher, pupils }
    }

    /// Adds a person; returns the place.
    fn person(&mut self, at: &Establishment, profile: Profile, level: Option<&str>, class: &str) -> usize {
        let place = self.everybody.registrations.len();
        let (given_name, family_name) = name(place);
        let affiliation = |school_year| RegistrationAffiliation {
            uai: at.uai,
            profile,
            school_year,
            mefstat4: level.map(str::to_owned),
            classes: if profile == Profile::Guardian { Vec::new() } else { vec![class.to_owned()] },
            groups: Vec::new(),
        };
        let mut affiliations = vec![affiliation(self.worked)];
        // Pupils have grown up since.
        if profile != Profile::Pupil && self.now != self.worked {
            affiliations.push(affiliation(self.now));
        }
        let system = system(at);
        self.everybody.registrations.push(Registration {
            given_name: Some(given_name.to_owned()),
            family_name: Some(family_name.to_owned()),
            identifiers: vec![Identifier { system: system.to_owned(), value: format!("{system}-{:05}", place + 1) }],
            affiliations,
            source: system.to_owned(),
            ..Registration::default()
        });
        place
    }
}

/// Where the people of an establishment have their accounts.
fn system(at: &Establishment) -> &'static str {
    match (at.in_academy("04"), at.is_college()) {
        (true, false) => super::projects::ALIENOR,
        (true, true) => super::projects::ARGOS,
        (false, true) => super::projects::COLLEGE_POITIERS,
        (false, false) => "aaf1d-13",
    }
}
