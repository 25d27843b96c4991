//! Files in the official formats, written by these tests.

use std::io::Write;

use tempfile::NamedTempFile;

/// The header of 2023: postal code with a space, pupils, no code of circonscription.
pub(crate) const HEADER_2023: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;\
    Adresse_2;Code postal;Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;Nombre_d_eleves;Libelle_departement;\
    Libelle_academie;Libelle_region;nom_circonscription;latitude;longitude;date_ouverture;date_maj_ligne;etat;code_nature;PIAL";

/// The header of 2026: other names, another order, a code of circonscription, no pupils.
pub(crate) const HEADER_2026: &str = "Nom_etablissement;Identifiant_de_l_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;\
    Code_postal;Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;nom_circonscription;code_circonscription;\
    latitude;longitude;date_ouverture;date_maj_ligne;etat;code_nature;code_zone_animation_pedagogique";

/// One establishment, as a line of the directory.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) uai: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) legal: &'static str,
    pub(crate) address: &'static str,
    pub(crate) commune: (&'static str, &'static str),
    pub(crate) department: &'static str,
    pub(crate) academy: &'static str,
    pub(crate) region: &'static str,
    pub(crate) pupils: &'static str,
    pub(crate) circonscription: (&'static str, &'static str),
    pub(crate) opened: &'static str,
    pub(crate) date: &'static str,
    pub(crate) state: &'static str,
    pub(crate) nature: &'static str,
}

impl Line {
    /// A public école of Rennes with this number and name.
    pub(crate) fn ecole(number: u32, name: &str) -> Self {
        Self {
            uai: kernel::Uai::with_number(number).expect("seven digits").to_string(),
            name: name.to_owned(),
            kind: "Ecole",
            legal: "Public",
            address: "1 rue de l'École",
            commune: ("35238", "Rennes"),
            department: "035",
            academy: "14",
            region: "53",
            pupils: "120",
            circonscription: ("", ""),
            opened: "1990-09-01",
            date: "2023-06-08",
            state: "OUVERT",
            nature: "151",
        }
    }

    /// A public collège of Saint-Malo.
    pub(crate) fn college(number: u32, name: &str) -> Self {
        Self { kind: "Collège", nature: "340", commune: ("35288", "Saint-Malo"), ..Self::ecole(number, name) }
    }

    pub(crate) fn of_2023(&self) -> String {
        let Self {
            uai,
            name,
            kind,
            legal,
            address,
            department,
            academy,
            region,
            pupils,
            opened,
            date,
            state,
            nature,
            ..
        } = self;
        let ((code, commune), (_, circonscription)) = (self.commune, self.circonscription);
        format!(
            "{uai};{name};{kind};{legal};{address};;35000;{code};{commune};{department};{academy};{region};{pupils};Ille-et-Vilaine;Rennes;\
             Bretagne;{circonscription};48.1;-1.6;{opened};{date};{state};{nature};0350000A"
        )
    }

    pub(crate) fn of_2026(&self) -> String {
        let Self { uai, name, kind, legal, address, department, academy, region, opened, date, state, nature, .. } =
            self;
        let ((code, commune), (circonscription_code, circonscription)) = (self.commune, self.circonscription);
        format!(
            "{name};{uai};{kind};{legal};{address};35000;{code};{commune};{department};{academy};{region};{circonscription};\
             {circonscription_code};48.1;-1.6;{opened};{date};{state};{nature};"
        )
    }
}

/// A file of the directory with the header of 2023, its byte order mark included.
pub(crate) fn directory_2023(lines: &[Line]) -> NamedTempFile {
    let rows: Vec<String> = lines.iter().map(Line::of_2023).collect();
    file(&format!("\u{feff}{HEADER_2023}\r\n{}\r\n", rows.join("\r\n")))
}

/// A file of the directory with the header of 2026.
pub(crate) fn directory_2026(lines: &[Line]) -> NamedTempFile {
    let rows: Vec<String> = lines.iter().map(Line::of_2026).collect();
    file(&format!("{HEADER_2026}\n{}\n", rows.join("\n")))
}

/// A file of this content.
pub(crate) fn file(content: &str) -> NamedTempFile {
    bytes(content.as_bytes())
}

/// A file of these bytes.
pub(crate) fn bytes(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(content).expect("written");
    file
}
