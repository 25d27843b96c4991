//! Files of AAF with a few records that a test writes itself.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use testkit::stack::Site;

/// An établissement that the directory of a test holds.
pub(super) const ECOLE: &str = "0330001X";
/// Another one.
pub(super) const COLLEGE: &str = "0330002Y";

/// Imports a directory with both.
pub(super) fn directory(site: &Site) {
    let rows = format!(
        "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;\
         Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;date_maj_ligne;etat;code_nature\n\
         {ECOLE};École;Ecole;Public;1 rue;33000;33063;Bordeaux;033;04;75;2019-01-01;OUVERT;151\n\
         {COLLEGE};Collège;Collège;Public;1 rue;33000;33063;Bordeaux;033;04;75;2019-01-01;OUVERT;340\n"
    );
    let path = site.folder().join("annuaire.csv");
    fs::write(&path, rows).expect("written");
    site.run(&["import", "annuaire", &path.display().to_string()]);
}

/// A record: its key, and attributes with their values.
pub(super) struct Record<'a>(pub(super) &'a str, pub(super) Vec<(&'a str, &'a str)>);

/// Writes a file of an académie; its path. An attribute that is given several times has several values.
pub(super) fn file(folder: &Path, name: &str, degree: &str, category: &str, records: &[Record<'_>]) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n\
         <!-- codeAcademieExport=\"04\" degre=\"{degree}\" -->\n"
    );
    let kind = if category == "EtabEducNat" { "Structure" } else { "Personne" };
    for Record(key, attributes) in records {
        write!(
            text,
            "<addRequest><operationalAttributes><attr name=\"categorie{kind}\"><value>{category}</value></attr></operationalAttributes>\
             <identifier><id>{key}</id></identifier><attributes>"
        )
        .expect("a text");
        let mut names: Vec<&str> = attributes.iter().map(|(name, _)| *name).collect();
        names.dedup();
        for name in names {
            let values = attributes.iter().filter(|(other, _)| *other == name);
            let values: String = values.map(|(_, value)| format!("<value>{value}</value>")).collect();
            write!(text, "<attr name=\"{name}\">{values}</attr>").expect("a text");
        }
        text.push_str("</attributes></addRequest>\n");
    }
    text.push_str("</ficAlimMENESR>\n");
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// The record of an establishment.
pub(super) fn structure<'a>(key: &'a str, uai: &'a str) -> Record<'a> {
    Record(key, vec![("ENTStructureJointure", key), ("ENTStructureUAI", uai), ("ENTStructureNomCourant", "ECOLE")])
}
