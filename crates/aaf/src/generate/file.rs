//! Records to files of so many each, named and begun as the ministry's are.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use quick_xml::escape::escape;

use super::Academy;
use crate::Category;

/// A record: its key and its attributes.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) attributes: Vec<(&'static str, Vec<Cow<'static, str>>)>,
}

impl Entry {
    /// A record that names its key in its attributes too.
    pub(super) fn new(key: &'static str, id: String) -> Self {
        Self { attributes: vec![(key, vec![Cow::Owned(id.clone())])], id }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, vec![value.into()]));
        self
    }

    pub(super) fn with_all(mut self, name: &'static str, values: Vec<String>) -> Self {
        self.attributes.push((name, values.into_iter().map(Cow::Owned).collect()));
        self
    }
}

pub(super) struct Files<'a> {
    folder: &'a Path,
    academy: &'a Academy,
    category: Category,
    out: Option<BufWriter<File>>,
    records: usize,
    paths: Vec<PathBuf>,
}

impl<'a> Files<'a> {
    pub(super) fn new(folder: &'a Path, academy: &'a Academy, category: Category) -> Self {
        Self { folder, academy, category, out: None, records: 0, paths: Vec::new() }
    }

    pub(super) fn write(&mut self, entry: &Entry) -> io::Result<()> {
        if self.records == self.academy.files_of {
            self.close()?;
        }
        let category = self.category;
        let kind = match category {
            Category::EtabEducNat => "Structure",
            Category::MefEducNat => "Mef",
            Category::MatEducNat => "Matiere",
            _ => "Personne",
        };
        let out = self.open()?;
        writeln!(out, "<addRequest>")?;
        writeln!(
            out,
            "<operationalAttributes><attr name=\"categorie{kind}\"><value>{}</value></attr></operationalAttributes>",
            category.as_str()
        )?;
        writeln!(out, "<identifier><id>{}</id></identifier>\n<attributes>", entry.id)?;
        for (name, values) in &entry.attributes {
            write!(out, "<attr name=\"{name}\">")?;
            // An attribute without a value has an empty one.
            if values.is_empty() {
                write!(out, "<value/>")?;
            }
            for value in values {
                write!(out, "<value>{}</value>", escape(value.as_ref()))?;
            }
            writeln!(out, "</attr>")?;
        }
        writeln!(out, "</attributes>\n</addRequest>")?;
        self.records += 1;
        Ok(())
    }

    /// The paths of the files; there is one even without a record.
    pub(super) fn finish(mut self) -> io::Result<Vec<PathBuf>> {
        if self.paths.is_empty() {
            self.open()?;
        }
        self.close()?;
        Ok(self.paths)
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        if self.out.is_none() {
            let Academy { academy, degree, date, .. } = self.academy;
            let day = date.format("%Y%m%d");
            let category =
                if self.category == Category::MatEducNat { "MatiereEducNat" } else { self.category.as_str() };
            let number = self.paths.len();
            let name = format!("INVENTE{academy}{}_Complet_{day}_{category}_{number:04}.xml", degree.as_str());
            let path = self.folder.join(name);
            let mut out = BufWriter::with_capacity(256 << 10, File::create(&path)?);
            writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
            writeln!(out, "<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>")?;
            let (degree, day) = (degree.as_str(), date.format("%d/%m/%Y"));
            writeln!(
                out,
                "<!-- versionAF=\"AAF-VE2407\" codeAcademieExport=\"{academy}\" degre=\"{degree}\" dateGenerationExport=\"{day}\" -->\n"
            )?;
            self.paths.push(path);
            self.out = Some(out);
        }
        Ok(self.out.as_mut().expect("made above"))
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(mut out) = self.out.take() {
            writeln!(out, "\n</ficAlimMENESR>")?;
            out.flush()?;
        }
        self.records = 0;
        Ok(())
    }
}
