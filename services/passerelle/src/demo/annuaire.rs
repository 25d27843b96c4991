//! The file of the official directory, with its header of 2026.

use std::io::{self, Write};

use kernel::LegalStatus;

use super::draw::{Topic, below};
use super::establishment::Establishment;
use super::names;

/// The columns of 2026. Those that the demonstration has nothing to say in are empty.
pub(crate) const HEADER: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;\
    Statut_public_prive;Adresse_1;Adresse_2;Adresse_3;Code_postal;Code_commune;Nom_commune;Code_departement;\
    Code_academie;Code_region;Ecole_maternelle;Ecole_elementaire;Voie_generale;Voie_technologique;\
    Voie_professionnelle;Telephone;Fax;Web;Mail;Restauration;Hebergement;ULIS;Apprentissage;Segpa;Section_arts;\
    Section_cinema;Section_theatre;Section_sport;Section_internationale;Section_europeenne;Lycee_Agricole;\
    Lycee_militaire;Lycee_des_metiers;Post_BAC;Appartenance_Education_Prioritaire;GRETA;SIREN_SIRET;Fiche_onisep;\
    position;Type_contrat_prive;Libelle_departement;Libelle_academie;Libelle_region;coordX_origine;coordY_origine;\
    epsg_origine;nom_circonscription;latitude;longitude;precision_localisation;date_ouverture;date_maj_ligne;etat;\
    ministere_tutelle;multi_uai;rpi_concentre;rpi_disperse;code_nature;libelle_nature;Code_type_contrat_prive;PIAL;\
    etablissement_mere;type_rattachement_etablissement_mere;code_circonscription;code_zone_animation_pedagogique;\
    libelle_zone_animation_pedagogique;code_bassin_formation;libelle_bassin_formation";
/// The day of the file.
const LINE_DATE: &str = "2026-05-15";
/// First and last year in which an establishment of the demonstration opened: before every year that has figures.
const OPENINGS: (u32, u32) = (1962, 2008);

/// Writes one row for each establishment.
pub(crate) fn write(out: &mut impl Write, establishments: &[Establishment]) -> io::Result<()> {
    for establishment in establishments {
        for (position, column) in HEADER.split(';').enumerate() {
            let separator = if position == 0 { "" } else { ";" };
            write!(out, "{separator}{}", value(column, establishment))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn value(column: &str, establishment: &Establishment) -> String {
    let Establishment { category, commune, department, .. } = establishment;
    let number = establishment.uai.number();
    let flag = |flag: fn(&(bool, bool)) -> bool| category.classes.map(|classes| u8::from(flag(&classes)).to_string());
    match column {
        "Identifiant_de_l_etablissement" => establishment.uai.to_string(),
        "Nom_etablissement" => establishment.name.clone(),
        "Type_etablissement" => category.kind_label().to_owned(),
        "Statut_public_prive" => legal_status(establishment.legal_status).to_owned(),
        "Adresse_1" => names::address(number),
        "Code_postal" => commune.postal_code.to_owned(),
        "Code_commune" => commune.code.to_owned(),
        "Nom_commune" => commune.name.to_owned(),
        "Code_departement" => format!("{:0>3}", department.code),
        "Code_academie" => department.academy.trim_start_matches('0').to_owned(),
        "Code_region" => department.region.to_owned(),
        "Ecole_maternelle" => flag(|classes| classes.0).unwrap_or_default(),
        "Ecole_elementaire" => flag(|classes| classes.1).unwrap_or_default(),
        "position" => format!("{:.5}, {:.5}", latitude(establishment), longitude(establishment)),
        "latitude" => format!("{:.5}", latitude(establishment)),
        "longitude" => format!("{:.5}", longitude(establishment)),
        "nom_circonscription" => {
            establishment.circonscription.as_ref().map(|(_, name)| name.clone()).unwrap_or_default()
        }
        "code_circonscription" => {
            establishment.circonscription.as_ref().map(|(uai, _)| uai.to_string()).unwrap_or_default()
        }
        "date_ouverture" => opening(number),
        "date_maj_ligne" => LINE_DATE.to_owned(),
        "etat" => "OUVERT".to_owned(),
        "ministere_tutelle" => "MINISTERE DE L'EDUCATION NATIONALE".to_owned(),
        "code_nature" => category.nature.to_owned(),
        "libelle_nature" => category.nature_label.to_owned(),
        _ => String::new(),
    }
}

/// A service has no legal status in the directory.
fn legal_status(status: Option<LegalStatus>) -> &'static str {
    match status {
        Some(LegalStatus::Public) => "Public",
        Some(LegalStatus::Private) => "Privé",
        None => "",
    }
}

fn opening(number: u32) -> String {
    let (first, last) = OPENINGS;
    format!("{}-09-01", first + below(last - first + 1, number, Topic::Opening))
}

/// Within a kilometre or two of the commune's centre.
fn latitude(establishment: &Establishment) -> f64 {
    establishment.commune.latitude + (f64::from(below(301, establishment.uai.number(), Topic::North)) - 150.0) * 1e-4
}

fn longitude(establishment: &Establishment) -> f64 {
    establishment.commune.longitude + (f64::from(below(401, establishment.uai.number(), Topic::East)) - 200.0) * 1e-4
}
