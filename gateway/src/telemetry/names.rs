//! Names of operations as labels: so many and no more, since whoever asks chooses them.

use std::collections::HashSet;
use std::sync::RwLock;

/// Names that become labels of their own.
const MOST: usize = 200;
/// Bytes of such a name.
const LONG: usize = 100;
/// What all others are called.
const OTHER: &str = "other";

/// The first names that were seen.
#[derive(Debug, Default)]
pub(super) struct Names(RwLock<HashSet<String>>);

impl Names {
    /// The label of a name.
    pub(super) fn label<'a>(&self, name: &'a str) -> &'a str {
        if self.0.read().expect("no panic happens under this lock").contains(name) {
            return name;
        }
        if name.len() > LONG {
            return OTHER;
        }
        let mut known = self.0.write().expect("no panic happens under this lock");
        if known.len() < MOST || known.contains(name) {
            known.insert(name.to_owned());
            return name;
        }
        OTHER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_and_no_more() {
        let names = Names::default();
        for number in 0..MOST {
            let name = format!("Operation{number}");
            assert_eq!(names.label(&name), name);
        }
        assert_eq!(names.label("OneMore"), OTHER);
        assert_eq!(names.label("Operation7"), "Operation7");
        assert_eq!(Names::default().label(&"x".repeat(200)), OTHER);
    }
}
