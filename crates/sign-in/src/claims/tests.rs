use serde_json::json;

use super::*;
use crate::config::{ClaimNames, Preset, ProfileClaim, ProviderConfig};

fn claims(value: &Value) -> Claims {
    value.as_object().expect("an object").clone()
}

fn educonnect(told: &Value) -> FeedPerson {
    let config = ProviderConfig { preset: Some(Preset::EduConnect), ..ProviderConfig::default() };
    person(&config.mapping(), "educonnect", "s-1", &claims(told), false)
}

fn named(person: &FeedPerson) -> Vec<(&str, &str)> {
    person.identifiers.iter().map(|one| (&*one.system, &*one.value)).collect()
}

#[test]
fn a_pupil_of_educonnect() {
    let pupil = educonnect(&json!({
        "given_name": "Lou", "family_name": "Essai", "email": "lou@mail.example", "email_verified": true,
        "FrEduCtPersonAffiliation": "eleve2d",
        "FrEduCtId": "6ab1",
        "FrEduCtRefId": ["{AAF}04|x|1001", "{ECT}04|x|9", "{AAF}04|1002", "{AAF}04|x|y|1003", "{AAF}4|x|1004", "{AAF}04|x|"],
        "FrEduCtEleveINE": "060123456AB",
        "FrEduCtEleveINEHash": "0123456789ABCDEF0123456789abcdef",
        "FrEduCtDateNaissance": "2011-03-09",
        "FrEduCtEleveUAI": "0350122t",
        "FrEduCtEleveNiveau": "2111",
    }));
    assert_eq!(pupil.key, "s-1");
    assert_eq!((pupil.given_name.as_deref(), pupil.family_name.as_deref()), (Some("Lou"), Some("Essai")));
    assert_eq!(pupil.birth_date, NaiveDate::from_ymd_opt(2011, 3, 9));
    assert_eq!(pupil.ine.as_deref(), Some("060123456AB"));
    assert!(pupil.mails.is_empty(), "its addresses are not believed");
    assert_eq!(
        named(&pupil),
        [
            ("oidc:educonnect", "s-1"),
            ("ine-hash", "0123456789abcdef0123456789abcdef"),
            ("educonnect", "6ab1"),
            ("aaf2d:ACA-04", "1001")
        ]
    );
    let [place] = &*pupil.places else { panic!("one place") };
    assert_eq!(
        (&*place.structure, place.profile, place.mefstat4.as_deref()),
        ("0350122T", Profile::Pupil, Some("2111"))
    );
}

#[test]
fn a_guardian_has_as_many_records_as_children() {
    let guardian = educonnect(&json!({
        "FrEduCtPersonAffiliation": ["resp1d"],
        "FrEduCtRefId": ["{AAF}04|a|P1", "{AAF}20|b|P2", "{AAF}04|a|P1"],
        "FrEduCtEleveNiveau": "2111",
    }));
    let expected = [("oidc:educonnect", "s-1"), ("aaf1d:ACA-04", "P1"), ("aaf1d:ACA-20", "P2")];
    assert_eq!(named(&guardian), expected);
    assert!(guardian.places.is_empty());
}

#[test]
fn in_both_degrees_or_in_none_references_say_nothing() {
    for affiliation in [json!(["resp1d", "resp2d"]), json!("other"), json!(null)] {
        let told = json!({ "FrEduCtPersonAffiliation": affiliation, "FrEduCtRefId": "{AAF}04|a|P1" });
        assert_eq!(named(&educonnect(&told)), [("oidc:educonnect", "s-1")]);
    }
}

fn ent() -> Mapping {
    let profile = ProfileClaim {
        claim: "profile_ent".to_owned(),
        values: [("National_ENS".to_owned(), Profile::Teacher), ("National_ELV".to_owned(), Profile::Pupil)].into(),
        default: None,
    };
    let identifier = |claim: &str, system: &str| IdentifierClaim {
        claim: claim.to_owned(),
        system: system.to_owned(),
        format: IdentifierFormat::Plain,
    };
    let config = ProviderConfig {
        identifiers: vec![identifier("ent_id", "ent:bordeaux")],
        profile: Some(profile),
        establishments: Some("uai".to_owned()),
        classes: Some("classes".to_owned()),
        ..ProviderConfig::default()
    };
    config.mapping()
}

#[test]
fn classes_are_those_of_the_one_establishment() {
    let told = |uai: Value| json!({ "profile_ent": ["x", "National_ENS"], "uai": uai, "classes": ["6A", "6B"] });
    let one = person(&ent(), "ent", "p", &claims(&told(json!("0330001A"))), true);
    assert_eq!(one.places[0].classes, ["6A", "6B"]);
    let two = person(&ent(), "ent", "p", &claims(&told(json!(["0330002B", "0330001A", "0330001A", "none"]))), true);
    let places: Vec<_> = two.places.iter().map(|place| (&*place.structure, place.classes.len())).collect();
    assert_eq!(places, [("0330001A", 0), ("0330002B", 0)]);
}

#[test]
fn mail_counts_where_it_is_believed() {
    let told = |verified: Value| claims(&json!({ "email": "a@mail.example", "email_verified": verified }));
    for (trust, verified, count) in
        [(true, json!(true), 1), (true, json!(null), 1), (true, json!(false), 0), (false, json!(true), 0)]
    {
        assert_eq!(person(&ent(), "ent", "p", &told(verified.clone()), trust).mails.len(), count, "{trust} {verified}");
    }
}

#[test]
fn what_is_none_of_its_kind_is_left_out() {
    let long = "a".repeat(MAX_TEXT + 1);
    let many: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    let mapping = Mapping {
        claims: ClaimNames { ine: Some("ine".to_owned()), ine_hash: Some("hash".to_owned()), ..ent().claims },
        ..ent()
    };
    let told = claims(&json!({
        "given_name": long, "family_name": "a\nb", "birthdate": "09/03/2011", "email": "nobody", "ine": "1", "hash": "xyz",
        "ent_id": many, "uai": [1, {}, null], "profile_ent": 5, "role": "admin",
    }));
    let person = person(&mapping, "ent", "p", &told, true);
    assert_eq!((person.given_name, person.family_name, person.birth_date, person.ine), (None, None, None, None));
    assert_eq!((person.mails.len(), person.places.len(), person.identifiers.len()), (0, 0, 1 + MAX_VALUES));
}
