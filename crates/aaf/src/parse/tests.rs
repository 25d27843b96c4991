use rstest::rstest;

use super::*;
use crate::{MAX_RECORD_BYTES, MAX_VALUE_BYTES};

/// A record whose attributes are `inner`.
fn with(inner: &str) -> String {
    format!(
        "<addRequest><operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr></operationalAttributes>\
         <identifier><id>7</id></identifier><attributes>{inner}</attributes></addRequest>"
    )
}

fn value(text: &str) -> String {
    with(&format!("<attr name=\"sn\"><value>{text}</value></attr>"))
}

fn read(text: &str) -> Result<Record, RecordError> {
    parse(text, 3)
}

fn sn(text: &str) -> Result<String, RecordError> {
    read(&value(text)).map(|record| record.attributes.first("sn").unwrap_or_default().to_owned())
}

#[test]
fn a_record_is_its_change_category_id_and_attributes() {
    let record = read(&with(
        "<attr name='sn'><value> DUVAL </value></attr>\n<attr name=\"mail\"><value/><value></value></attr>",
    ))
    .expect("a record");
    assert_eq!(
        (record.change, record.category, record.id.as_str(), record.line),
        (Change::Put, Some(Category::Eleve), "7", 3)
    );
    assert_eq!(record.attributes.get("sn"), ["DUVAL"]);
    assert!(record.attributes.holds("mail") && record.attributes.get("mail").is_empty());
    assert_eq!(format!("{record:?}"), "Record(Put Some(Eleve) at line 3, Attributes(2))");
}

#[rstest]
#[case("categoriePersonne", "PersRelEleve", Some(Category::PersRelEleve))]
#[case("categorieStructure", "EtabEducNat", Some(Category::EtabEducNat))]
#[case("categorieMef", "MefEducNat", Some(Category::MefEducNat))]
#[case("categorieMatiere", "MatEducNat", Some(Category::MatEducNat))]
#[case("categoriePersonne", "Autre", None)]
#[case("profil", "Eleve", None)]
fn the_category_is_an_operational_attribute(
    #[case] name: &str,
    #[case] value: &str,
    #[case] expected: Option<Category>,
) {
    let text = format!(
        "<deleteRequest><operationalAttributes><attr name=\"{name}\"><value>{value}</value></attr></operationalAttributes>\
         <identifier><id>7</id></identifier></deleteRequest>"
    );
    let record = read(&text).expect("a record");
    assert_eq!((record.change, record.category, record.attributes.is_empty()), (Change::Delete, expected, true));
}

#[test]
fn a_modification_replaces_and_does_nothing_else() {
    let text = |operation: &str| {
        format!(
            "<modifyRequest><operationalAttributes/><identifier><id>7</id></identifier><modifications>\
             <modification name=\"sn\"{operation}><value>DUVAL</value></modification>\
             <modification name=\"mail\" operation=\"replace\"><value/></modification></modifications></modifyRequest>"
        )
    };
    let record = read(&text(" operation=\"replace\"")).expect("a record");
    assert_eq!((record.change, record.category), (Change::Modify, None));
    assert!(record.attributes.first("sn") == Some("DUVAL") && record.attributes.holds("mail"));
    for operation in ["", " operation=\"add\"", " operation=\"Replace\"", " operation=\"\""] {
        assert_eq!(read(&text(operation)), Err(RecordError::Operation), "{operation}");
    }
}

#[rstest]
#[case("L&apos;H&#201;ritier &amp; &#xe9;t&quot;&lt;&gt;", "L'HÉritier & ét\"<>")]
#[case("<![CDATA[<addRequest> & </addRequest>]]>", "<addRequest> & </addRequest>")]
#[case("DU<!-- x -->VAL<![CDATA[ ]]>!", "DUVAL !")]
#[case("a\n b", "a\n b")]
#[case("&amp;lt;", "&lt;")]
fn a_text_is_what_xml_makes_of_it(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(sn(text).as_deref(), Ok(expected));
}

#[rstest]
#[case("&lol9;", RecordError::Entity)]
#[case("&eacute;", RecordError::Entity)]
#[case("&;", RecordError::Entity)]
#[case("&LT;", RecordError::Entity)]
#[case("AT&T", RecordError::Malformed)]
#[case("a & b", RecordError::Malformed)]
#[case("&#0;", RecordError::Character)]
#[case("&#1;", RecordError::Character)]
#[case("&#xD800;", RecordError::Character)]
#[case("&#x110000;", RecordError::Character)]
#[case("&#99999999999999999999;", RecordError::Character)]
#[case("&#xFFFE;", RecordError::Character)]
#[case("&#;", RecordError::Character)]
#[case("\u{0}", RecordError::Character)]
#[case("\u{1b}[2J", RecordError::Character)]
#[case("\u{FFFF}", RecordError::Character)]
#[case("<b>x</b>", RecordError::Element { within: "value or id" })]
#[case("<?php x ?>", RecordError::Malformed)]
#[case("<!DOCTYPE x>", RecordError::Malformed)]
#[case("<!ENTITY x 'y'>", RecordError::Malformed)]
#[case("a < b", RecordError::Element { within: "value or id" })]
#[case("<![CDATA[x", RecordError::Malformed)]
#[case("<!-- x", RecordError::Malformed)]
fn a_text_that_is_none_is_refused(#[case] text: &str, #[case] expected: RecordError) {
    assert_eq!(sn(text), Err(expected));
}

#[rstest]
#[case::crossed("<attr name=\"sn\"><value>x</attr></value>", RecordError::Malformed)]
#[case::open("<attr name=\"sn\"><value>x</value>", RecordError::Malformed)]
#[case::unquoted("<attr name=sn><value>x</value></attr>", RecordError::Malformed)]
#[case::two_names("<attr name=\"sn\" name=\"mail\"><value>x</value></attr>", RecordError::Malformed)]
#[case::no_name("<attr><value>x</value></attr>", RecordError::Name)]
#[case::empty_name("<attr name=\" \"><value>x</value></attr>", RecordError::Name)]
#[case::odd_name("<attr name=\"a b\"><value>x</value></attr>", RecordError::Name)]
#[case::markup_in_a_name("<attr name=\"&lt;\"><value>x</value></attr>", RecordError::Name)]
#[case::entity_in_a_name("<attr name=\"&x;\"><value>x</value></attr>", RecordError::Entity)]
#[case::other_element("<attribute name=\"sn\"><value>x</value></attribute>", RecordError::Element { within: "attributes" })]
#[case::modification("<modification name=\"sn\" operation=\"replace\"/>", RecordError::Element { within: "attributes" })]
#[case::other_value("<attr name=\"sn\"><val>x</val></attr>", RecordError::Element { within: "attr" })]
#[case::text("<attr name=\"sn\">x</attr>", RecordError::Text)]
#[case::entity_outside("&amp;", RecordError::Text)]
#[case::cdata_outside("<![CDATA[x]]>", RecordError::Text)]
#[case::twice("<attr name=\"sn\"><value>x</value></attr><attr name=\"sn\"/>", RecordError::Twice { part: "an attribute of one name" })]
fn attributes_that_are_none_are_refused(#[case] inner: &str, #[case] expected: RecordError) {
    assert_eq!(read(&with(inner)), Err(expected));
}

#[rstest]
#[case("<addRequest/>", RecordError::Missing { part: "attributes" })]
#[case("<addRequest><attributes/></addRequest>", RecordError::Missing { part: "identifier" })]
#[case("<deleteRequest></deleteRequest>", RecordError::Missing { part: "identifier" })]
#[case("<deleteRequest><identifier/></deleteRequest>", RecordError::Missing { part: "usable id" })]
#[case("<deleteRequest><identifier><id> </id></identifier></deleteRequest>", RecordError::Missing { part: "usable id" })]
#[case("<deleteRequest><identifier><id>1</id><id>2</id></identifier></deleteRequest>", RecordError::Twice { part: "id" })]
#[case("<deleteRequest><identifier><uid>1</uid></identifier></deleteRequest>", RecordError::Element { within: "identifier" })]
#[case("<deleteRequest><identifier><id>1</id></identifier><attributes/></deleteRequest>", RecordError::Element { within: "the record" })]
#[case("<modifyRequest><identifier><id>1</id></identifier><attributes/></modifyRequest>", RecordError::Element { within: "the record" })]
#[case("<addRequest><x/></addRequest>", RecordError::Element { within: "the record" })]
#[case("<addRequest><attributes/><attributes/></addRequest>", RecordError::Twice { part: "attributes" })]
#[case("<addRequest></modifyRequest>", RecordError::Malformed)]
#[case("<addRequest/>x", RecordError::Malformed)]
#[case("<other/>", RecordError::Malformed)]
fn a_record_without_its_parts_is_refused(#[case] text: &str, #[case] expected: RecordError) {
    assert_eq!(read(text), Err(expected));
}

#[test]
fn every_bound_holds_at_its_place() {
    let attributes = |count: usize| with(&(0..count).map(|n| format!("<attr name=\"a{n}\"/>")).collect::<String>());
    assert_eq!(read(&attributes(MAX_ATTRIBUTES)).map(|record| record.attributes.len()), Ok(MAX_ATTRIBUTES));
    assert_eq!(read(&attributes(MAX_ATTRIBUTES + 1)), Err(RecordError::TooManyAttributes));

    let values = |count: usize| with(&format!("<attr name=\"a\">{}</attr>", "<value>x</value>".repeat(count)));
    assert_eq!(read(&values(MAX_VALUES)).map(|record| record.attributes.get("a").len()), Ok(MAX_VALUES));
    assert_eq!(read(&values(MAX_VALUES + 1)), Err(RecordError::TooManyValues));

    assert_eq!(sn(&"x".repeat(MAX_VALUE_BYTES)).map(|text| text.len()), Ok(MAX_VALUE_BYTES));
    assert_eq!(sn(&"x".repeat(MAX_VALUE_BYTES + 1)), Err(RecordError::LongValue));
    assert_eq!(sn(&"&amp;".repeat(MAX_VALUE_BYTES)).map(|text| text.len()), Ok(MAX_VALUE_BYTES));
    assert_eq!(sn(&"&amp;".repeat(MAX_VALUE_BYTES + 1)), Err(RecordError::LongValue));

    let id = |length: usize| {
        format!("<deleteRequest><identifier><id>{}</id></identifier></deleteRequest>", "1".repeat(length))
    };
    assert!(read(&id(MAX_ID_BYTES)).is_ok());
    assert_eq!(read(&id(MAX_ID_BYTES + 1)), Err(RecordError::Missing { part: "usable id" }));
}

#[test]
fn depth_is_bounded_by_the_grammar() {
    let deep = "<value>".repeat(MAX_RECORD_BYTES / 7);
    assert_eq!(sn(&deep), Err(RecordError::Element { within: "value or id" }));
}

#[test]
fn no_error_repeats_what_it_found() {
    for text in [
        value("SECRET<b>"),
        value("&SECRET;"),
        with("<SECRET/>"),
        with("SECRET"),
        with("<attr name=\"SECRET?\"/>"),
        value("</SECRET>"),
    ] {
        let error = read(&text).expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("SECRET"), "{error}");
    }
}
