use super::*;

fn of(all: &[(&str, &[&str])]) -> Attributes {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    all.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect()
}

#[test]
fn values_are_trimmed_and_empty_ones_dropped() {
    let attributes = of(&[("sn", &[" DUVAL ", "", " \n"]), ("mail", &[""])]);
    assert_eq!(attributes.get("sn"), ["DUVAL"]);
    assert_eq!((attributes.holds("mail"), attributes.first("mail")), (true, None));
    assert!(!attributes.holds("givenName"));
}

#[test]
fn a_modification_replaces_whole_attributes_and_leaves_the_others() {
    let mut attributes = of(&[("sn", &["DUVAL"]), ("mail", &["a@b.fr", "c@d.fr"]), ("givenName", &["Alix"])]);
    attributes.replace(of(&[("mail", &[""]), ("givenName", &["Alice"]), ("ENTEleveINE", &["1"])]));
    let expected = of(&[("sn", &["DUVAL"]), ("mail", &[]), ("givenName", &["Alice"]), ("ENTEleveINE", &["1"])]);
    assert_eq!(attributes, expected);
}

#[test]
fn what_nobody_reads_is_not_kept() {
    let all: &[(&str, &[&str])] = &[
        ("ENTPersonJointure", &["1"]),
        ("sn", &["DUVAL"]),
        ("ENTEleveMEF", &["10010012110"]),
        ("ENTPersonAdresse", &["1 rue des Lilas"]),
        ("homePhone", &["05"]),
        ("ENTEleveBoursier", &["O"]),
        ("ENTEleveRegime", &["EXTERNE"]),
        ("personalTitle", &["M."]),
    ];
    let names = |category| of(all).reduced(category).names().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(Category::Eleve), ["ENTEleveMEF", "ENTPersonJointure", "sn"]);
    assert_eq!(names(Category::PersRelEleve), ["ENTPersonJointure", "sn"]);
    assert!(names(Category::EtabEducNat).is_empty() && names(Category::MatEducNat).is_empty());
}

#[test]
fn debug_shows_no_value() {
    assert_eq!(format!("{:?}", of(&[("sn", &["DUVAL"])])), "Attributes(1)");
}
