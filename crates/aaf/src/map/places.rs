//! The places of a person, one for each establishment and profile.

use feed::FeedPlace;
use kernel::Profile;

#[derive(Debug, Default)]
pub(super) struct Places(pub(super) Vec<FeedPlace>);

impl Places {
    /// The place there, made if it is missing.
    pub(super) fn at(&mut self, structure: &str, profile: Profile) -> &mut FeedPlace {
        let known = self.0.iter().position(|place| place.structure == structure && place.profile == profile);
        let index = known.unwrap_or_else(|| {
            let structure = structure.to_owned();
            self.0.push(FeedPlace { structure, profile, mefstat4: None, classes: Vec::new(), groups: Vec::new() });
            self.0.len() - 1
        });
        &mut self.0[index]
    }
}

/// Adds a class or a group, once.
pub(super) fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// The first two parts of `a$b` or `a$b$c`, neither of them empty; nothing where there are more than `most`.
pub(super) fn pair(value: &str, most: usize) -> Option<(&str, &str)> {
    let mut parts = value.split('$').map(str::trim);
    let (first, second) = (parts.next()?, parts.next()?);
    (!first.is_empty() && !second.is_empty() && parts.count() + 2 <= most).then_some((first, second))
}
