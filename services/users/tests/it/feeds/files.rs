//! Files of AAF that a test writes.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with files of one feed and one day.
pub(crate) struct Folder {
    at: TempDir,
    degree: &'static str,
    day: &'static str,
}

impl Folder {
    /// Of the first degree, of a day such as `2018-10-01`.
    pub(crate) fn first(day: &'static str) -> Self {
        Self { at: tempfile::tempdir().expect("a folder"), degree: "1D", day }
    }

    /// Of the second degree.
    pub(crate) fn second(day: &'static str) -> Self {
        Self { degree: "2D", ..Self::first(day) }
    }

    pub(crate) fn path(&self) -> &Path {
        self.at.path()
    }

    /// A file that holds everything of its category.
    pub(crate) fn complete(&self, category: &str, records: &[String]) -> PathBuf {
        self.file("Complet", category, 0, &self.text(records))
    }

    /// One more of a complete set.
    pub(crate) fn another(&self, category: &str, number: usize, records: &[String]) -> PathBuf {
        self.file("Complet", category, number, &self.text(records))
    }

    /// A file that holds what has changed.
    pub(crate) fn delta(&self, category: &str, records: &[String]) -> PathBuf {
        self.file("Delta", category, 0, &self.text(records))
    }

    /// A file with this text.
    pub(crate) fn file(&self, kind: &str, category: &str, number: usize, text: &str) -> PathBuf {
        let day = self.day.replace('-', "");
        let path = self.at.path().join(format!("TEST_{kind}_{day}_{category}_{number:04}.xml"));
        std::fs::write(&path, text).expect("written");
        path
    }

    /// A whole file with these records.
    pub(crate) fn text(&self, records: &[String]) -> String {
        let Self { degree, day, .. } = self;
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n\
             <!-- codeAcademieExport=\"04\" degre=\"{degree}\" dateGenerationExport=\"{day}\" -->\n{}</ficAlimMENESR>\n",
            records.concat()
        )
    }
}

/// A record.
#[derive(Clone)]
pub(crate) struct Entry {
    category: &'static str,
    id: String,
    attributes: Vec<(&'static str, Vec<String>)>,
}

impl Entry {
    pub(crate) fn new(category: &'static str, id: &str) -> Self {
        Self { category, id: id.to_owned(), attributes: Vec::new() }
    }

    /// An establishment that the feed calls by `key`.
    pub(crate) fn structure(key: &str, uai: &str) -> Self {
        Self::new("EtabEducNat", key).with("ENTStructureJointure", &[key]).with("ENTStructureUAI", &[uai])
    }

    /// A course of the second degree and its level.
    pub(crate) fn course(mef: &str, mefstat11: &str) -> Self {
        Self::new("MefEducNat", mef).with("ENTMefJointure", &[mef]).with("ENTMEFSTAT11", &[mefstat11])
    }

    /// A pupil in CM2 of an establishment.
    pub(crate) fn pupil(id: &str, at: &str) -> Self {
        Self::person("Eleve", id)
            .with("ENTPersonDateNaissance", &["01/03/2008"])
            .with("ENTPersonStructRattach", &[at])
            .with("ENTPersonClasses", &[&format!("{at}$CM2 A")])
            .with("ENTEleveNiveau", &["1125$COURS MOYEN 2"])
    }

    /// A pupil of the second degree in this course.
    pub(crate) fn collegien(id: &str, at: &str, mef: &str) -> Self {
        Self::person("Eleve", id)
            .with("ENTPersonDateNaissance", &["01/03/2007"])
            .with("ENTPersonStructRattach", &[at])
            .with("ENTEleveClasses", &[&format!("{at}$6A")])
            .with("ENTEleveMEF", &[mef])
    }

    pub(crate) fn guardian(id: &str) -> Self {
        Self::person("PersRelEleve", id)
    }

    /// Somebody with a function, such as `ENS`, at each of these.
    pub(crate) fn staff(id: &str, function: &str, at: &[&str]) -> Self {
        let functions: Vec<String> = at.iter().map(|at| format!("{at}${function}$FONCTION$L0000$SANS OBJET")).collect();
        let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
        Self::person("PersEducNat", id).with("ENTPersonFonctions", &functions).with("ENTPersonStructRattach", &at[..1])
    }

    fn person(category: &'static str, id: &str) -> Self {
        Self::new(category, id)
            .with("ENTPersonJointure", &[id])
            .with("sn", &[&format!("NOM{id}")])
            .with("givenName", &[&format!("Prénom{id}")])
    }

    /// With this attribute, in place of the one of its name.
    pub(crate) fn with(mut self, name: &'static str, values: &[&str]) -> Self {
        self.attributes.retain(|(known, _)| *known != name);
        self.attributes.push((name, values.iter().map(|&value| value.to_owned()).collect()));
        self
    }

    /// The record that says all of it.
    pub(crate) fn put(&self) -> String {
        format!("<addRequest>{}<attributes>{}</attributes></addRequest>\n", self.head(), self.attributes("attr", ""))
    }

    /// The record that changes these attributes and leaves the others.
    pub(crate) fn modify(&self) -> String {
        let modifications = self.attributes("modification", " operation=\"replace\"");
        format!("<modifyRequest>{}<modifications>{modifications}</modifications></modifyRequest>\n", self.head())
    }

    /// The record that says that it has left.
    pub(crate) fn delete(&self) -> String {
        format!("<deleteRequest>{}</deleteRequest>\n", self.head())
    }

    fn head(&self) -> String {
        let of = match self.category {
            "EtabEducNat" => "Structure",
            "MefEducNat" => "Mef",
            _ => "Personne",
        };
        let Self { category, id, .. } = self;
        format!(
            "<operationalAttributes><attr name=\"categorie{of}\"><value>{category}</value></attr></operationalAttributes>\
             <identifier><id>{id}</id></identifier>"
        )
    }

    fn attributes(&self, element: &str, more: &str) -> String {
        let mut text = String::new();
        for (name, values) in &self.attributes {
            let values = values.iter().map(|value| format!("<value>{value}</value>")).collect::<String>();
            write!(text, "<{element} name=\"{name}\"{more}>{values}</{element}>").expect("a text takes texts");
        }
        text
    }
}
