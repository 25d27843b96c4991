//! Départements whose public collèges share the ENT of their public lycées.

use std::collections::BTreeMap;

use super::catalogue::SHARED_ENT_THRESHOLD;
use super::measure::{Figures, Group, count};

/// How many public collèges or lycées of a département have a project open (none: of all of them, whatever is open).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) department: String,
    /// Collèges; otherwise lycées.
    pub(crate) of_colleges: bool,
    pub(crate) project: Option<String>,
    pub(crate) establishments: i64,
}

#[derive(Default)]
struct Department {
    colleges: i64,
    by_project: BTreeMap<String, (i64, i64)>,
}

/// The figures, from the tallies and from the sources of the deployments that they counted.
pub(crate) fn figures(tallies: &[Tally], sources: &[Group]) -> Figures {
    let mut departments: BTreeMap<&str, Department> = BTreeMap::new();
    for tally in tallies {
        let department = departments.entry(&tally.department).or_default();
        match (&tally.project, tally.of_colleges) {
            (None, true) => department.colleges += tally.establishments,
            (None, false) => {}
            (Some(project), of_colleges) => {
                let (colleges, lycees) = department.by_project.entry(project.clone()).or_default();
                *(if of_colleges { colleges } else { lycees }) += tally.establishments;
            }
        }
    }
    let with_colleges = departments.values().filter(|department| department.colleges > 0);
    let (mut all, mut sharing) = (0, 0);
    for department in with_colleges {
        all += 1;
        let lycees_own =
            department.by_project.values().filter(|(_, lycees)| *lycees > 0).max_by_key(|(_, lycees)| *lycees);
        let share = lycees_own.map_or(0.0, |(colleges, _)| count(*colleges) / count(department.colleges));
        if share >= SHARED_ENT_THRESHOLD {
            sharing += 1;
        }
    }
    Figures {
        numerator: Some(count(sharing)),
        denominator: Some(count(all)),
        threshold: Some(SHARED_ENT_THRESHOLD),
        ..Figures::from_sources(sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(department: &str, of_colleges: bool, project: Option<&str>, establishments: i64) -> Tally {
        Tally { department: department.to_owned(), of_colleges, project: project.map(str::to_owned), establishments }
    }

    #[test]
    fn half_of_the_public_colleges_make_a_shared_ent() {
        let tallies = [
            tally("DEP-16", true, None, 4),
            tally("DEP-16", true, Some("lycee-connecte"), 2),
            tally("DEP-16", false, Some("lycee-connecte"), 3),
            tally("DEP-23", true, None, 4),
            tally("DEP-23", true, Some("lycee-connecte"), 1),
            tally("DEP-23", true, Some("ent-creuse"), 3),
            tally("DEP-23", false, Some("lycee-connecte"), 3),
            tally("DEP-33", true, None, 1),
            tally("DEP-75", false, Some("lycee-connecte"), 1),
        ];
        let figures = figures(&tallies, &[]);
        assert_eq!((figures.numerator, figures.denominator, figures.threshold), (Some(1.0), Some(3.0), Some(0.5)));
    }
}
