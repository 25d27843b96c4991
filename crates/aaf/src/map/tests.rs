use feed::{FeedPlace, FeedTie};
use kernel::Profile;
use rstest::rstest;

use super::*;

fn of(all: &[(&str, &[&str])]) -> Attributes {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    all.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect()
}

fn mefs(mef: &str) -> Option<String> {
    match mef {
        "10010012110" => Some("2111".to_owned()),
        "16410002110" => Some("2431".to_owned()),
        "10110001110" => Some("2112".to_owned()),
        "BAD" => Some("6eme".to_owned()),
        _ => None,
    }
}

fn read(degree: Degree, category: Category, all: &[(&str, &[&str])]) -> (FeedPerson, Vec<Note>) {
    let read = person(degree, category, "7", &of(all), &mefs).expect("usable");
    (read.person, read.notes)
}

fn second(all: &[(&str, &[&str])]) -> (FeedPerson, Vec<Note>) {
    read(Degree::Second, Category::Eleve, all)
}

fn first(all: &[(&str, &[&str])]) -> (FeedPerson, Vec<Note>) {
    read(Degree::First, Category::Eleve, all)
}

fn staff(all: &[(&str, &[&str])]) -> (FeedPerson, Vec<Note>) {
    read(Degree::Second, Category::PersEducNat, all)
}

/// A place as `structure profile level classes groups`.
fn place(place: &FeedPlace) -> String {
    let level = place.mefstat4.as_deref().unwrap_or("-");
    format!(
        "{} {} {level} {} {}",
        place.structure,
        place.profile.as_str(),
        place.classes.join(","),
        place.groups.join(",")
    )
}

fn places(person: &FeedPerson) -> Vec<String> {
    person.places.iter().map(place).collect()
}

fn tie(guardian: &str, relation: Option<&str>, legal: bool) -> FeedTie {
    FeedTie { guardian: guardian.to_owned(), relation: relation.map(str::to_owned), legal }
}

#[rstest]
#[case("7", &[], Ok("7"))]
#[case("7", &["7"], Ok("7"))]
#[case("7", &["AAF$7"], Ok("7"))]
#[case("AC-BORDEAUX$7", &["7"], Ok("7"))]
#[case("", &["a$b$8"], Ok("8"))]
#[case("7", &["8"], Err(Unusable::TwoKeys))]
#[case("7", &["AAF$8"], Err(Unusable::TwoKeys))]
#[case(" ", &[], Err(Unusable::NoKey))]
#[case("AAF$", &["$"], Err(Unusable::NoKey))]
fn the_key_is_one(#[case] id: &str, #[case] own: &[&str], #[case] expected: Result<&str, Unusable>) {
    let expected = expected.map(str::to_owned);
    let attributes = of(&[("ENTPersonJointure", own), ("ENTStructureJointure", own)]);
    let read = person(Degree::Second, Category::Eleve, id, &attributes, &mefs);
    assert_eq!(read.map(|read| read.person.key), expected);
    assert_eq!(structure(id, &attributes).map(|structure| structure.key), expected);
}

#[test]
fn only_people_are_people() {
    for category in Category::ALL.iter().copied() {
        let read = person(Degree::Second, category, "7", &Attributes::default(), &mefs);
        assert_eq!(read.is_ok(), category.is_of_people(), "{category:?}");
    }
}

#[test]
fn names_are_those_of_either_degree() {
    let (person, notes) = second(&[("sn", &["DUVAL"]), ("ENTPersonNom", &["X"]), ("givenName", &["Alix"])]);
    assert_eq!((person.family_name.as_deref(), person.given_name.as_deref()), (Some("DUVAL"), Some("Alix")));
    assert!(notes.is_empty());
    let (person, _) = first(&[("sn", &[]), ("ENTPersonNom", &["DUVAL"]), ("ENTPersonPrenom", &["Alix"])]);
    assert_eq!((person.family_name.as_deref(), person.given_name.as_deref()), (Some("DUVAL"), Some("Alix")));
    let (person, _) = second(&[("ENTPersonNomPatro", &["DUVAL"])]);
    assert_eq!((person.family_name.as_deref(), person.given_name.as_deref()), (Some("DUVAL"), None));
}

#[rstest]
#[case("11/03/1999", Some("1999-03-11"))]
#[case("29/02/2012", Some("2012-02-29"))]
#[case("29/02/2013", None)]
#[case("1/3/1999", None)]
#[case("1999-03-11", None)]
#[case("11/03/99", None)]
#[case("11/03/1999 00:00", None)]
fn a_date_of_birth_is_written_in_one_way(#[case] text: &str, #[case] expected: Option<&str>) {
    let (person, notes) = second(&[("ENTPersonDateNaissance", &[text])]);
    assert_eq!(person.birth_date.map(|date| date.to_string()).as_deref(), expected);
    assert_eq!(notes, if expected.is_none() { vec![Note::BirthDate] } else { vec![] });
}

#[rstest]
#[case("123456789ab", Some("123456789AB"))]
#[case("123456789A", None)]
#[case("123456789-B", None)]
#[case("123456789é", None)]
fn an_ine_is_eleven_letters_and_digits(#[case] text: &str, #[case] expected: Option<&str>) {
    let (person, notes) = second(&[("ENTEleveINE", &[text])]);
    assert_eq!(person.ine.as_deref(), expected);
    assert_eq!(notes.contains(&Note::Ine), expected.is_none());
    assert_eq!(staff(&[("ENTEleveINE", &[text])]).0.ine, None);
}

#[test]
fn mails_are_in_small_letters_and_each_once() {
    let all: &[(&str, &[&str])] =
        &[("mail", &["A.B@AC.fr", "none", "@x", "a b@c"]), ("ENTPersonMail", &["a.b@ac.fr", "c@d"])];
    let (person, notes) = staff(all);
    assert_eq!((person.mails, notes), (vec!["a.b@ac.fr".to_owned(), "c@d".to_owned()], vec![Note::Mail]));
}

#[test]
fn a_pupil_is_where_they_are_attached_and_where_their_classes_are() {
    let (person, notes) = second(&[
        ("ENTPersonStructRattach", &["1", "1"]),
        ("ENTEleveClasses", &["1$6 A", "2$ATELIER", "1$6 B", "1$6 A"]),
        ("ENTEleveGroupes", &["1$6A ALL1", "3$CHORALE"]),
        ("ENTEleveMEF", &["10010012110"]),
        ("ENTEleveStructRattachId", &["999"]),
    ]);
    assert_eq!(places(&person), ["1 PUPIL 2111 6 A,6 B 6A ALL1", "2 PUPIL 2111 ATELIER ", "3 PUPIL 2111  CHORALE"]);
    assert!(notes.is_empty());
}

#[test]
fn first_degree_has_its_own_names_for_classes_and_levels() {
    let (person, notes) = first(&[
        ("ENTPersonStructRattach", &["1"]),
        ("ENTPersonClasses", &["1$CM1-CM2 A"]),
        ("ENTPersonGroupes", &["1$ANGLAIS"]),
        ("ENTEleveNiveau", &["1124$COURS MOYEN 1"]),
        ("ENTEleveMEF", &["16410002110"]),
    ]);
    assert_eq!((places(&person), notes), (vec!["1 PUPIL 1124 CM1-CM2 A ANGLAIS".to_owned()], vec![]));
}

#[rstest]
#[case(&["1124$CM1"], Some("1124"), &[])]
#[case(&["1125"], Some("1125"), &[])]
#[case(&["1411$INTEGRATION SCOLAIRE"], Some("1411"), &[])]
#[case(&["CM1"], None, &[Note::Level])]
#[case(&["6EME"], None, &[Note::Level])]
#[case(&["$CM1"], None, &[Note::Level])]
#[case(&["1124$CM1", "1125$CM2"], Some("1124"), &[Note::Levels])]
#[case(&[], None, &[])]
fn a_level_of_the_first_degree_is_the_code_before_the_label(
    #[case] values: &[&str],
    #[case] level: Option<&str>,
    #[case] expected: &[Note],
) {
    let (person, notes) = first(&[("ENTPersonStructRattach", &["1"]), ("ENTEleveNiveau", values)]);
    assert_eq!((person.places[0].mefstat4.as_deref(), notes.as_slice()), (level, expected));
}

#[rstest]
#[case(&["10010012110"], "5EME", "5EME", Some("2111"))]
#[case(&["1001000A11A"], "6EME BILANGUE ALLEMAND ANGLAIS", "6EME", Some("2111"))]
#[case(&["X"], "5eme", "", Some("2112"))]
#[case(&["X"], "4EME", "4EME GENERALE", Some("2115"))]
#[case(&["X"], "", "3EME", Some("2116"))]
#[case(&["X"], "6EME SEGPA", "6EME", Some("2431"))]
#[case(&["X"], "5EME SEGPA", "", Some("2432"))]
#[case(&["X"], "4EME  SEGPA", "", Some("2433"))]
#[case(&["X"], "", "3EME SEGPA", Some("2434"))]
#[case(&["X"], "6EME SEGPA RENFORCEE", "6EME", None)]
#[case(&["X"], "1E", "BAC PRO", None)]
#[case(&["BAD"], "", "", None)]
#[case(&["BAD"], "6EME", "6EME", Some("2111"))]
#[case(&[], "6EME", "6EME", Some("2111"))]
#[case(&[], "CAP", "", None)]
fn a_level_of_the_second_degree_is_that_of_the_mef_or_of_a_plain_label(
    #[case] mef: &[&str],
    #[case] label: &str,
    #[case] kind: &str,
    #[case] level: Option<&str>,
) {
    let (person, notes) = second(&[
        ("ENTPersonStructRattach", &["1"]),
        ("ENTEleveMEF", mef),
        ("ENTEleveLibelleMEF", &[label]),
        ("ENTEleveNivFormation", &[kind]),
    ]);
    assert_eq!(person.places[0].mefstat4.as_deref(), level);
    assert_eq!(notes, if level.is_none() { vec![Note::Level] } else { vec![] });
}

#[test]
fn of_several_levels_the_first_is_that_of_the_attachment() {
    let all: &[(&str, &[&str])] = &[
        ("ENTPersonStructRattach", &["2"]),
        ("ENTEleveClasses", &["1$A", "2$B"]),
        ("ENTEleveMEF", &["10010012110", "10110001110", "10010012110"]),
    ];
    let (person, notes) = second(all);
    assert_eq!(
        (places(&person), notes),
        (vec!["2 PUPIL 2111 B ".to_owned(), "1 PUPIL - A ".to_owned()], vec![Note::Levels])
    );
    let (person, _) = second(&all[1..]);
    assert_eq!(places(&person), ["1 PUPIL - A ", "2 PUPIL - B "]);
}

#[rstest]
#[case("6A")]
#[case("1$")]
#[case("$6A")]
#[case("1$6A$x")]
#[case("$")]
fn a_class_that_is_not_structure_and_name_is_left_out(#[case] value: &str) {
    for name in ["ENTEleveClasses", "ENTPersonClasses", "ENTEleveGroupes", "ENTPersonGroupes"] {
        let (person, notes) = second(&[("ENTPersonStructRattach", &["1"]), (name, &[value])]);
        assert_eq!((places(&person), notes), (vec!["1 PUPIL -  ".to_owned()], vec![Note::Class]), "{name}");
    }
}

#[test]
fn guardians_are_so_by_law_where_the_fourth_part_says_it() {
    let (person, notes) = second(&[(
        "ENTElevePersRelEleve",
        &[
            "11$10$1$1$1$1",
            "12$20$0$2$0$0",
            "13$4$0$0$1$0",
            "14$$0$3$0$0",
            "12$20$0$0$0$0",
            "13$4$0$1$0$0",
            "15$2$0",
            "$1$1$1$1$1",
            "16",
            "7$10$1$1$1$1",
        ],
    )]);
    let expected =
        [tie("11", Some("10"), true), tie("12", Some("20"), true), tie("13", Some("4"), true), tie("14", None, false)];
    assert_eq!(person.guardians, expected);
    assert_eq!(notes, [Note::Guardian, Note::OwnGuardian]);
}

#[test]
fn parental_authority_is_asked_where_the_ties_are_missing() {
    let authority: (&str, &[&str]) = ("ENTEleveAutoriteParentale", &["11", "12", "7", "a$b"]);
    let legal = vec![tie("11", None, true), tie("12", None, true)];
    let (person, notes) = first(&[authority, ("ENTElevePersRelEleve", &["13$1$1$1$1$1"])]);
    assert_eq!((person.guardians, notes), (legal.clone(), vec![Note::OwnGuardian, Note::Guardian]));
    assert_eq!(second(&[authority]).0.guardians, legal);
    let told = second(&[authority, ("ENTElevePersRelEleve", &["13$1$1$0$1$1"])]);
    assert_eq!(told.0.guardians, [tie("13", Some("1"), false)]);
    // There and empty: nobody any more.
    assert!(second(&[authority, ("ENTElevePersRelEleve", &[])]).0.guardians.is_empty());
}

#[test]
fn guardians_have_no_places_of_their_own() {
    let all: &[(&str, &[&str])] =
        &[("ENTPersonStructRattach", &["1"]), ("ENTPersonFonctions", &["1$ENS"]), ("sn", &["DUVAL"])];
    let (person, notes) = read(Degree::Second, Category::PersRelEleve, all);
    assert!(person.places.is_empty() && notes.is_empty() && person.family_name.is_some());
}

#[rstest]
#[case("DIR", "DIRECTION", Profile::Head)]
#[case("DOC", "DOCUMENTATION", Profile::Librarian)]
#[case("CIO", "", Profile::Librarian)]
#[case("DCT", "", Profile::Librarian)]
#[case("ens", "ENSEIGNEMENT", Profile::Teacher)]
#[case("EDU", "EDUCATION", Profile::SchoolLife)]
#[case("AED", "ASSISTANT D'EDUCATION", Profile::SchoolLife)]
#[case("CPE", "", Profile::SchoolLife)]
#[case("COL", "COLLECTIVITE", Profile::LocalAuthority)]
#[case("IEN", "", Profile::Inspector)]
#[case("IPR", "", Profile::Inspector)]
#[case("ADF", "Secrétariat d'inspection", Profile::Staff)]
#[case("ADF", "PERSONNELS ADMINISTRATIFS", Profile::Staff)]
fn a_function_gives_a_profile(#[case] code: &str, #[case] label: &str, #[case] expected: Profile) {
    let (person, notes) = staff(&[("ENTPersonFonctions", &[&format!("1${code}${label}$D0011$X")])]);
    assert_eq!((person.places.len(), person.places[0].profile, notes), (1, expected, vec![]));
}

#[test]
fn every_school_life_code_of_gar_is_one() {
    for code in ["AED", "AES", "ASE", "ASH", "AVS", "BED", "EDU", "EEI", "FIJ", "INJ", "ORI", "SUR", "CPE"] {
        let (person, _) = staff(&[("ENTPersonFonctions", &[&format!("1${code}$")])]);
        assert_eq!(person.places[0].profile, Profile::SchoolLife, "{code}");
    }
}

#[test]
fn several_functions_are_several_places_and_a_profile_stands_once() {
    let (person, notes) = staff(&[
        (
            "ENTPersonFonctions",
            &["1$DIR$DIRECTION", "1$ENS$X$L0100$Y", "1$ENS$X$L0200$Z", "2$ENS", "2$ZZZ$?", "3", "$ENS"],
        ),
        ("ENTPersonStructRattach", &["9"]),
    ]);
    assert_eq!(places(&person), ["1 HEAD -  ", "1 TEACHER -  ", "2 TEACHER -  ", "2 STAFF -  "]);
    assert_eq!(notes, [Note::FunctionCode, Note::Function]);
}

#[rstest]
#[case("ENTPersonCategorieEnseignant", "O", "TEACHER")]
#[case("PersEducNatPresenceDevantEleves", "o", "TEACHER")]
#[case("PersEducNatPresenceDevantEleves", "N", "STAFF")]
#[case("sn", "O", "STAFF")]
fn without_a_function_it_counts_who_stands_before_pupils(
    #[case] name: &str,
    #[case] value: &str,
    #[case] profile: &str,
) {
    let (person, _) = staff(&[("ENTPersonStructRattach", &["1", "2"]), (name, &[value])]);
    assert_eq!(places(&person), [format!("1 {profile} -  "), format!("2 {profile} -  ")]);
}

#[test]
fn classes_and_groups_are_those_that_somebody_teaches_there() {
    let (person, notes) = staff(&[
        ("ENTPersonFonctions", &["1$DIR$DIRECTION", "1$ENS$X"]),
        ("ENTAuxEnsClassesMatieres", &["1$6A$030201", "1$6A$040600", "2$5B$030201", "1$6C", "bad", "1$6D$x$y"]),
        ("ENTAuxEnsGroupesMatieres", &["1$6GR1$030201"]),
        ("ENTAuxEnsClasses", &["1$OLD"]),
        ("ENTAuxEnsClassesPrincipal", &["1$OLD2"]),
        ("ENTAuxEnsGroupes", &["1$OLD3"]),
    ]);
    assert_eq!(places(&person), ["1 HEAD -  ", "1 TEACHER - 6A,6C 6GR1", "2 TEACHER - 5B "]);
    assert_eq!(notes, [Note::Class]);
    let (person, _) = staff(&[
        ("ENTPersonFonctions", &["1$DOC$X"]),
        ("ENTAuxEnsClasses", &["1$6A"]),
        ("ENTAuxEnsClassesPrincipal", &["1$6A", "1$6B"]),
        ("ENTAuxEnsGroupes", &["1$GR"]),
    ]);
    assert_eq!(places(&person), ["1 LIBRARIAN -  ", "1 TEACHER - 6A,6B GR"]);
}

#[test]
fn a_structure_has_its_uai_and_name() {
    let read = |all: &[(&str, &[&str])]| {
        let structure = structure("7", &of(all)).expect("usable");
        (structure.uai, structure.name)
    };
    let some = |text: &str| Some(text.to_owned());
    let all: &[(&str, &[&str])] = &[
        ("ENTStructureUAI", &["0350122t"]),
        ("ENTEtablissementUAI", &["0010048O"]),
        ("ENTStructureNomCourant", &["CLG$ LES LILAS$$RENNES"]),
    ];
    assert_eq!(read(all), (some("0350122T"), some("CLG LES LILAS RENNES")));
    assert_eq!(read(&all[1..2]), (some("0010048O"), None));
    assert_eq!(
        read(&[("ENTStructureUAI", &["035"]), all[1], ("ENTStructureNomCourant", &["$$"])]),
        (some("0010048O"), None)
    );
    assert_eq!(read(&[("ENTStructureUAI", &["035"])]), (None, None));
}

#[test]
fn a_course_has_a_level_by_its_first_four_characters() {
    let read = |mef_code: &[&str], stat: &[&str]| mef(&of(&[("ENTMefJointure", mef_code), ("ENTMEFSTAT11", stat)]));
    let pair = |mef: &str, level: &str| Some((mef.to_owned(), level.to_owned()));
    assert_eq!(read(&["1001000G11A"], &["21110010012"]), pair("1001000G11A", "2111"));
    assert_eq!(read(&["1"], &["23B13122406"]), pair("1", "23B1"));
    assert_eq!(read(&["1"], &["é1110010012"]), None);
    assert_eq!(read(&["1"], &["21"]), None);
    assert_eq!(read(&["1"], &[]), None);
    assert_eq!(read(&[], &["21110010012"]), None);
}

#[test]
fn every_attribute_that_is_read_survives_reduction() {
    let all: Vec<&str> = [OF_PEOPLE, pupil::ATTRIBUTES, staff::ATTRIBUTES, OF_STRUCTURES, OF_COURSES].concat();
    for category in Category::ALL.iter().copied() {
        let attributes: Attributes = all.iter().map(|name| ((*name).to_owned(), vec!["7".to_owned()])).collect();
        let reduced = attributes.clone().reduced(category);
        let told = |attributes: &Attributes| {
            let person = [Degree::First, Degree::Second].map(|degree| person(degree, category, "7", attributes, &mefs));
            let structure = (category == Category::EtabEducNat).then(|| structure("7", attributes));
            (person, structure, (category == Category::MefEducNat).then(|| mef(attributes)))
        };
        assert!(told(&attributes) == told(&reduced), "{category:?}");
        assert!(reduced.len() < attributes.len());
    }
}

#[test]
fn notes_and_debug_hold_no_value() {
    let read = person(
        Degree::Second,
        Category::Eleve,
        "SECRET",
        &of(&[
            ("sn", &["SECRET"]),
            ("ENTPersonDateNaissance", &["SECRET"]),
            ("mail", &["SECRET"]),
            ("ENTEleveClasses", &["SECRET"]),
        ]),
        &mefs,
    )
    .expect("usable");
    let notes: String = read.notes.iter().map(|note| format!("{note} {} ", note.as_str())).collect();
    assert_eq!(read.notes.len(), 3);
    assert!(!format!("{read:?} {notes}").contains("SECRET"));
}
