//! Families as AAF tells them: pupils, who answers for them, and how.

use kernel::Profile;
use users::{Guardian, Identifier, Registration};

use crate::house::{ECOLE, registration};

/// The feed of the first degree.
pub(crate) const AAF: &str = "aaf1d:ACA-04";

pub(crate) fn identifier(system: &str, value: &str) -> Identifier {
    Identifier { system: system.to_owned(), value: value.to_owned() }
}

/// A person as the feed of the first degree tells them.
pub(crate) fn of_aaf(registration: Registration) -> Registration {
    let identifiers = registration.identifiers.into_iter().map(|one| identifier(AAF, &one.value)).collect();
    Registration { identifiers, source: AAF.to_owned(), ..registration }
}

/// A pupil of the école, born on a day, for whom these answer.
pub(crate) fn child(value: &str, born: Option<&str>, guardians: Vec<Guardian>) -> Registration {
    Registration {
        birth_date: born.map(|born| born.parse().expect("a date")),
        guardians: Some(guardians),
        ..of_aaf(registration(value, Profile::Pupil, ECOLE, Some("1125")))
    }
}

/// A grown-up of whom the feed says nothing but who they are.
pub(crate) fn parent(value: &str) -> Registration {
    Registration { affiliations: Vec::new(), ..of_aaf(registration(value, Profile::Guardian, ECOLE, None)) }
}

/// Somebody who answers for a pupil by law.
pub(crate) fn by_law(value: &str) -> Guardian {
    Guardian { identifier: identifier(AAF, value), relation: Some("10".to_owned()), legal: true }
}

/// Somebody who may fetch them from school, and no more.
pub(crate) fn not_by_law(value: &str) -> Guardian {
    Guardian { legal: false, ..by_law(value) }
}
