//! Names of operations as labels: so many and no more, since whoever asks chooses them.

use std::collections::HashSet;
use std::sync::RwLock;

/// Names of clients that are known that become labels of their own.
const MOST: usize = 200;
/// Names of all others that do: they take no place of the known.
const MOST_OF_STRANGERS: usize = 100;
/// Bytes of such a name.
const LONG: usize = 100;
/// What all others are called.
const OTHER: &str = "other";

/// The first names that were seen.
#[derive(Debug, Default)]
pub(super) struct Names(RwLock<Seen>);

#[derive(Debug, Default)]
struct Seen {
    known: HashSet<String>,
    strangers: HashSet<String>,
}

impl Names {
    /// The label of a name that a client gave, who may be `known`.
    pub(super) fn label<'a>(&self, name: &'a str, known: bool) -> &'a str {
        let seen = self.0.read().expect("no panic happens under this lock");
        if seen.known.contains(name) || seen.strangers.contains(name) {
            return name;
        }
        drop(seen);
        if name.len() > LONG {
            return OTHER;
        }
        let mut seen = self.0.write().expect("no panic happens under this lock");
        let (own, most) = if known { (&mut seen.known, MOST) } else { (&mut seen.strangers, MOST_OF_STRANGERS) };
        if own.len() < most || own.contains(name) {
            own.insert(name.to_owned());
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
        for (known, most) in [(false, MOST_OF_STRANGERS), (true, MOST)] {
            for number in 0..most {
                let name = format!("Operation{known}{number}");
                assert_eq!(names.label(&name, known), name);
            }
            assert_eq!(names.label("OneMore", known), OTHER);
        }
        assert_eq!(names.label("Operationfalse7", true), "Operationfalse7");
        assert_eq!(Names::default().label(&"x".repeat(200), true), OTHER);
    }
}
