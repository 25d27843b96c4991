//! What a person is where, put together from profiles, functions, classes and groups.

use feed::FeedPlace;
use kernel::Profile;

use super::{Context, profile};
use crate::raw::Raw;
use crate::{Note, dn};

const CLASS: &str = "objectClass";
const PROFILES: &str = "ENTPersonProfils";
const HOME: &str = "ENTPersonStructRattach";
const FUNCTIONS: &str = "ENTPersonFonctions";
const PUPIL_CLASSES: &str = "ENTEleveClasses";
const PUPIL_GROUPS: &str = "ENTEleveGroupes";
const TEACHER_CLASSES: &str = "ENTAuxEnsClasses";
const TEACHER_GROUPS: &str = "ENTAuxEnsGroupes";

/// What is read of an entry for its places.
pub(super) const ATTRIBUTES: [&str; 8] =
    [CLASS, PROFILES, HOME, FUNCTIONS, PUPIL_CLASSES, PUPIL_GROUPS, TEACHER_CLASSES, TEACHER_GROUPS];

/// The places of a person, in an order that does not depend on the server's.
pub(super) fn places(raw: &Raw, context: &Context, notes: &mut Vec<Note>) -> Vec<FeedPlace> {
    let mut places = Places { raw, base: &context.structures_base, list: Vec::new(), notes };
    let profiles = places.profiles();
    let home = places.home();
    places.named(PUPIL_CLASSES, Profile::Pupil, |place, names| {
        // One class a value; a label may follow its code.
        place.classes.extend(names.into_iter().next());
    });
    places.named(PUPIL_GROUPS, Profile::Pupil, |place, names| place.groups.extend(names));
    places.named(TEACHER_CLASSES, Profile::Teacher, |place, names| place.classes.extend(names));
    places.named(TEACHER_GROUPS, Profile::Teacher, |place, names| place.groups.extend(names));
    places.functions();
    places.of_profiles(&profiles, home.as_deref());
    places.sorted()
}

struct Places<'entry> {
    raw: &'entry Raw,
    base: &'entry str,
    list: Vec<FeedPlace>,
    notes: &'entry mut Vec<Note>,
}

impl Places<'_> {
    fn profiles(&mut self) -> Vec<Profile> {
        let values = self.raw.all(PROFILES);
        let mut profiles: Vec<_> = values.iter().filter_map(|value| profile::national(value)).collect();
        if profiles.len() < values.len() {
            self.notes.push(Note::Profile);
        }
        if profiles.is_empty() {
            profiles = self.raw.all(CLASS).iter().filter_map(|class| profile::of_class(class)).collect();
            self.notes.push(if profiles.is_empty() { Note::NoProfile } else { Note::ProfileByClass });
        }
        profiles.sort_unstable();
        profiles.dedup();
        profiles
    }

    fn home(&mut self) -> Option<String> {
        let home = dn::normalised(self.raw.first(HOME)?);
        if home.is_none() {
            self.notes.push(Note::NoDn(HOME));
        }
        home
    }

    /// Values `DN$name$name...` of an attribute that says what somebody of this profile is in.
    fn named(&mut self, attribute: &'static str, profile: Profile, put: fn(&mut FeedPlace, Vec<String>)) {
        for value in self.raw.all(attribute) {
            let Some((structure, rest)) = dn::cut(value, self.base) else {
                self.notes.push(Note::NoDn(attribute));
                continue;
            };
            let names = rest.split('$').map(str::trim).filter(|name| !name.is_empty());
            let names: Vec<String> = names.map(str::to_owned).collect();
            if names.is_empty() {
                self.notes.push(Note::NoName(attribute));
            }
            put(self.at(&structure, profile), names);
        }
    }

    fn functions(&mut self) {
        for value in self.raw.all(FUNCTIONS) {
            let Some((structure, rest)) = dn::cut(value, self.base) else {
                self.notes.push(Note::NoDn(FUNCTIONS));
                continue;
            };
            let code = rest.split('$').next().unwrap_or_default().trim();
            if code.is_empty() {
                self.notes.push(Note::Function);
            }
            self.at(&structure, profile::of_function(code));
        }
    }

    /// Profiles of which nothing has said yet where they hold.
    fn of_profiles(&mut self, profiles: &[Profile], home: Option<&str>) {
        let home = home.map(str::to_owned).or_else(|| self.only_structure());
        for &profile in profiles {
            let attached = profile == Profile::Pupil && home.is_some();
            if !attached && self.list.iter().any(|place| says(place.profile, profile)) {
                continue;
            }
            match &home {
                Some(home) => {
                    self.at(home, profile);
                }
                // Guardians belong where their children are.
                None if profile == Profile::Guardian => {}
                None => self.notes.push(Note::NoStructure),
            }
        }
    }

    fn only_structure(&self) -> Option<String> {
        let first = &self.list.first()?.structure;
        self.list.iter().all(|place| place.structure == *first).then(|| first.clone())
    }

    fn at(&mut self, structure: &str, profile: Profile) -> &mut FeedPlace {
        let known = self.list.iter().position(|place| place.structure == structure && place.profile == profile);
        let place = known.unwrap_or_else(|| {
            let structure = structure.to_owned();
            let (classes, groups) = (Vec::new(), Vec::new());
            self.list.push(FeedPlace { structure, profile, mefstat4: None, classes, groups });
            self.list.len() - 1
        });
        &mut self.list[place]
    }

    fn sorted(mut self) -> Vec<FeedPlace> {
        for place in &mut self.list {
            for names in [&mut place.classes, &mut place.groups] {
                names.sort_unstable();
                names.dedup();
            }
        }
        self.list.sort_unstable_by(|one, other| (&one.structure, one.profile).cmp(&(&other.structure, other.profile)));
        self.list
    }
}

/// Whether a place says all that a profile does: that of staff is the most general, and any function is more exact.
fn says(place: Profile, profile: Profile) -> bool {
    place == profile || (profile == Profile::Staff && place.is_staff())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLG: &str = "ENTStructureSIREN=1,ou=structures,dc=ent";
    const LYC: &str = "ENTStructureSIREN=2,ou=structures,dc=ent";

    fn read(attributes: &[(&str, &[&str])]) -> (Vec<String>, Vec<Note>) {
        let context = Context {
            identifier_system: "sdet:ent".to_owned(),
            login_system: None,
            structures_base: "ou=structures,dc=ent".to_owned(),
        };
        let mut notes = Vec::new();
        let places = places(&Raw::of("uid=x", attributes), &context, &mut notes);
        let short = |structure: &str| structure.trim_start_matches("entstructuresiren=").chars().next().unwrap();
        let written = places.iter().map(|place| {
            let (classes, groups) = (place.classes.join(","), place.groups.join(","));
            format!("{} {} [{classes}] [{groups}]", short(&place.structure), place.profile.as_str())
        });
        (written.collect(), notes)
    }

    fn with(dn: &str, rest: &str) -> String {
        format!("{dn}${rest}")
    }

    #[test]
    fn a_pupil_is_where_they_are_attached_and_where_their_classes_are() {
        let (places, notes) = read(&[
            (PROFILES, &["National_ELV"]),
            (HOME, &[CLG]),
            (PUPIL_CLASSES, &[&with(LYC, "2NDE 1$SECONDE 1")]),
            (PUPIL_GROUPS, &[&with(LYC, "LATIN$CHORALE"), &with(LYC, "LATIN")]),
        ]);
        assert_eq!(
            (places, notes),
            (vec!["1 PUPIL [] []".to_owned(), "2 PUPIL [2NDE 1] [CHORALE,LATIN]".to_owned()], vec![])
        );
    }

    #[test]
    fn functions_say_where_staff_are_what() {
        let (places, notes) = read(&[
            (PROFILES, &["National_ens", "National_ETA"]),
            (HOME, &[CLG]),
            (FUNCTIONS, &[&with(CLG, "ENS$ENSEIGNEMENT$L0202$LETTRES"), &with(LYC, "DOC$DOCUMENTATION")]),
            (TEACHER_CLASSES, &[&with(CLG, "6B$6A")]),
            (TEACHER_GROUPS, &[&with(CLG, "LATIN")]),
        ]);
        assert_eq!(
            (places, notes),
            (vec!["1 TEACHER [6A,6B] [LATIN]".to_owned(), "2 LIBRARIAN [] []".to_owned()], vec![])
        );
        let (places, _) = read(&[(PROFILES, &["National_DIR", "National_ENS"]), (FUNCTIONS, &[&with(LYC, "ENS$X")])]);
        assert_eq!(
            places,
            ["2 TEACHER [] []", "2 HEAD [] []"],
            "a profile beside a function: at its only establishment"
        );
    }

    #[test]
    fn without_a_profile_the_classes_of_the_entry_speak() {
        let (places, notes) = read(&[(CLASS, &["top", "ENTPerson", "entAuxNonEnsEtab"]), (HOME, &[CLG])]);
        assert_eq!((places, notes), (vec!["1 STAFF [] []".to_owned()], vec![Note::ProfileByClass]));
        let (places, notes) = read(&[(PROFILES, &["National_9"]), (HOME, &[CLG])]);
        assert_eq!((places, notes), (vec![], vec![Note::Profile, Note::NoProfile]));
    }

    #[test]
    fn a_guardian_needs_no_establishment_and_staff_do() {
        assert_eq!(read(&[(PROFILES, &["National_TUT"])]), (vec![], vec![]));
        assert_eq!(read(&[(PROFILES, &["National_TUT"]), (HOME, &[CLG])]).0, ["1 GUARDIAN [] []"]);
        assert_eq!(read(&[(PROFILES, &["National_ACA"])]), (vec![], vec![Note::NoStructure]));
    }

    #[test]
    fn what_names_no_establishment_is_left_out_alone() {
        let (places, notes) = read(&[
            (PROFILES, &["National_ELV"]),
            (HOME, &["2828"]),
            (PUPIL_CLASSES, &["2828$6A", "6A", &with(CLG, "6B"), &with(LYC, " ")]),
            (FUNCTIONS, &["-"]),
        ]);
        assert_eq!(places, ["1 PUPIL [6B] []", "2 PUPIL [] []"]);
        let pupil = Note::NoDn(PUPIL_CLASSES);
        assert_eq!(notes, [Note::NoDn(HOME), pupil, pupil, Note::NoName(PUPIL_CLASSES), Note::NoDn(FUNCTIONS)]);
    }

    #[test]
    fn names_of_establishments_are_compared_as_names() {
        let spaced = "entStructureSIREN = 1, OU=Structures, DC=ent";
        let (places, _) =
            read(&[(PROFILES, &["National_ELV"]), (HOME, &[spaced]), (PUPIL_CLASSES, &[&with(CLG, "6A")])]);
        assert_eq!(places, ["1 PUPIL [6A] []"]);
    }
}
