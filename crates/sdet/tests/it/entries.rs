//! What entries say, and broken ones among good ones.

use kernel::Profile;
use sdet::testing::{PEOPLE, Slapd, pupils};
use sdet::{Config, Directory, EntryFault, Note};

use crate::all;

const COLLEGE: &str = "entstructuresiren=19750001100012,ou=structures,dc=ent,dc=fr";
const LYCEE: &str = "entstructuresiren=19750002900019,ou=structures,dc=ent,dc=fr";

#[tokio::test]
async fn slapd_gives_people_their_establishments_and_their_guardians() {
    let slapd = Slapd::start();
    let config = Config { login_system: Some("ent".to_owned()), ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    let structures = all(&mut directory.structures()).await.unwrap();
    let mut structures: Vec<_> = structures.into_iter().map(|one| one.unwrap().structure).collect();
    structures.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    assert_eq!([structures[0].key.as_str(), structures[1].key.as_str()], [COLLEGE, LYCEE]);
    assert_eq!(
        (structures[0].uai.as_deref(), structures[0].name.as_deref()),
        (Some("0750001A"), Some("Collège Molière"))
    );

    let people = all(&mut directory.people(None).unwrap()).await.unwrap();
    let people: Vec<_> = people.into_iter().map(|entry| entry.unwrap()).collect();
    let of = |key: &str| people.iter().find(|entry| entry.key == key).expect(key);
    let (zoe, claire, ali) = (of("AC-PARIS$1001"), of("AC-PARIS$2001"), of("AC-PARIS$3001"));
    assert!(
        people.iter().all(|entry| entry.notes.is_empty() && entry.entry_uuid.is_some() && entry.modified.is_some())
    );

    assert_eq!((zoe.person.given_name.as_deref(), zoe.person.ine.as_deref()), (Some("Zoé"), Some("120890177FA")));
    assert_eq!(zoe.person.birth_date.unwrap().to_string(), "2012-03-04");
    let identifiers: Vec<_> = zoe.person.identifiers.iter().map(|id| (id.system.as_str(), id.value.as_str())).collect();
    assert_eq!(identifiers, [("ent", "zmartin"), ("ent", "zoe.martin"), ("sdet:ent", "AC-PARIS$1001")]);
    let [place] = zoe.person.places.as_slice() else { panic!("one place: {:?}", zoe.person) };
    assert_eq!((place.structure.as_str(), place.profile), (COLLEGE, Profile::Pupil));
    assert_eq!((place.classes.join(" "), place.groups.join(" ")), ("6A".to_owned(), "CHORALE LATIN".to_owned()));
    let guardians: Vec<_> = zoe.person.guardians.iter().map(|tie| (tie.guardian.as_str(), tie.legal)).collect();
    assert_eq!(guardians, [("AC-PARIS$2001", true), ("uid=pmartin,ou=personnes,dc=ent,dc=fr", false)]);

    assert_eq!((claire.pupils.as_slice(), claire.person.places.len()), (&[zoe.dn.clone()][..], 0));
    let places: Vec<_> = ali.person.places.iter().map(|place| (place.structure.as_str(), place.profile)).collect();
    assert_eq!(places, [(COLLEGE, Profile::Teacher), (LYCEE, Profile::Librarian)]);
    assert_eq!(ali.person.places[0].classes, ["6A", "6B"]);
}

#[tokio::test]
async fn slapd_with_broken_entries_loses_none_of_their_neighbours() {
    let slapd = Slapd::start();
    let good = pupils(1, 4);
    let (no_key, no_class) = (pupils(5, 1), pupils(6, 1));
    let no_key = no_key.replace("ENTPersonJointure: AC-PARIS$E5\n", "");
    let no_class = no_class
        .replace("ENTEleveClasses: ENTStructureSIREN", "ENTEleveClasses: 2828$6A\nENTEleveClasses: x")
        .replace("2012-03-04", "hier");
    let long = pupils(7, 1).replace("sn: ", &format!("description: {}\nsn: {}", "x".repeat(9000), "y".repeat(9000)));
    slapd.add(&[good, no_key, no_class, long].concat());
    let config = Config { page_size: 2, max_entry_bytes: 8 << 10, ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    let entries = all(&mut directory.people(None).unwrap()).await.unwrap();
    let (mut faults, mut keys) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Ok(entry) => keys.push((entry.key, entry.notes)),
            Err(error) => faults.push(error),
        }
    }
    keys.retain(|(key, _)| key.contains("$E"));
    assert_eq!(keys.len(), 5, "{keys:?}");
    let (_, notes) = keys.iter().find(|(key, _)| key == "AC-PARIS$E6").unwrap();
    assert_eq!(notes, &[Note::BirthDate, Note::NoDn("ENTEleveClasses")]);
    let mut told: Vec<_> = faults.iter().map(|error| error.fault).collect();
    told.sort_unstable_by_key(|fault| *fault == EntryFault::TooLong);
    assert_eq!(told, [EntryFault::NoKey, EntryFault::TooLong]);
    for error in faults {
        let uuid = error.entry_uuid.clone().expect("the entry is named");
        assert_eq!(error.to_string(), format!("the entry {uuid} {}", error.fault));
    }
    assert!(all(&mut directory.keys()).await.unwrap().iter().filter(|key| key.is_err()).count() == 1, "keys are short");
}

#[tokio::test]
async fn slapd_is_not_asked_for_what_is_not_used() {
    let slapd = Slapd::start();
    slapd.modify(&format!(
        "dn: uid=zmartin,{PEOPLE}\nchangetype: modify\nadd: jpegPhoto\njpegPhoto:: {}\n",
        "QUJD".repeat(5000)
    ));
    let config = Config { max_entry_bytes: 4 << 10, ..slapd.config() };
    let mut directory = Directory::connect(&config).await.unwrap();
    let entries = all(&mut directory.people(None).unwrap()).await.unwrap();
    assert!(entries.iter().all(Result::is_ok), "the photo does not come: {entries:?}");
}
