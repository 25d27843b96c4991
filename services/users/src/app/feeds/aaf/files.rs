//! Which files belong together, whose they are, and in which order they are read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aaf::{Category, Degree, FileHead, FileKind};
use chrono::NaiveDate;
use kernel::{Fault, SchoolYear};

use super::AafOptions;

/// Nothing, or no more, can be imported.
#[derive(Debug, thiserror::Error)]
pub enum AafError {
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] aaf::ReadError),
    /// It is not known whose a file is.
    #[error("{path} does not say {what}; {remedy}")]
    Unsaid {
        /// The file.
        path: PathBuf,
        /// What it does not say.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// It speaks of what is to come.
    #[error("{path} speaks of {date}, a day that is to come")]
    Future {
        /// The file.
        path: PathBuf,
        /// The day.
        date: NaiveDate,
    },
    /// The service failed.
    #[error("{}", .0.cause_chain().unwrap_or_else(|| .0.to_string()))]
    Failed(Fault),
}

impl From<Fault> for AafError {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

/// A file of people, establishments or levels.
pub(super) struct AafFile {
    pub(super) path: PathBuf,
    pub(super) kind: FileKind,
    pub(super) category: Category,
    pub(super) date: Option<NaiveDate>,
}

/// The files of one feed: of an académie and a degree.
pub(super) struct Set {
    pub(super) source: String,
    pub(super) degree: Degree,
    pub(super) year: SchoolYear,
    pub(super) files: Vec<AafFile>,
}

/// The sets that these files make, each in the order of reading.
pub(super) fn sets(files: &[PathBuf], options: &AafOptions) -> Result<Vec<Set>, AafError> {
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    for path in files {
        let (mut records, head) = aaf::Records::open(path)?;
        let category = match head.category {
            Some(category) => Some(category),
            None => loop {
                match records.next()? {
                    Some(Ok(record)) => break record.category,
                    Some(Err(_)) => {}
                    None => break None,
                }
            },
        };
        let (academy, degree) = whose(path, &head, options)?;
        let date = options.as_of.or(head.generated_on);
        if let Some(date) = date.filter(|date| *date > options.clock.today()) {
            return Err(AafError::Future { path: path.clone(), date });
        }
        let unsaid = |what, remedy| AafError::Unsaid { path: path.clone(), what, remedy };
        let category =
            category.ok_or_else(|| unsaid("what it holds", "name it PREFIX_Complet_YYYYMMDD_Eleve_0000.xml"))?;
        // Who does not say that they are complete speaks of those alone whom they name.
        let kind = head.kind.unwrap_or(FileKind::Delta);
        let source = format!("{}:{academy}", if degree == Degree::First { "aaf1d" } else { "aaf2d" });
        let year = SchoolYear::of(date.unwrap_or_else(|| options.clock.today()));
        let file = AafFile { path: path.clone(), kind, category, date };
        // Files of two school years are two sets: what each tells is of its year.
        let set = sets.entry(format!("{year} {source}"));
        set.or_insert_with(|| Set { source, degree, year, files: Vec::new() }).files.push(file);
    }
    let mut sets: Vec<Set> = sets.into_values().collect();
    for set in &mut sets {
        set.files.sort_by(|one, other| order(one).cmp(&order(other)));
    }
    Ok(sets)
}

/// Complete files before deltas, older ones before newer ones; establishments and levels before people, and guardians before
/// those for whom they answer.
fn order(file: &AafFile) -> (bool, Option<NaiveDate>, u8, &Path) {
    let place = match file.category {
        Category::EtabEducNat => 0,
        Category::MefEducNat => 1,
        Category::MatEducNat => 2,
        Category::PersRelEleve => 3,
        Category::Eleve => 4,
        Category::PersEducNat => 5,
    };
    (file.kind == FileKind::Delta, file.date, place, &file.path)
}

fn whose(path: &Path, head: &FileHead, options: &AafOptions) -> Result<(String, Degree), AafError> {
    let unsaid = |what, remedy| AafError::Unsaid { path: path.to_owned(), what, remedy };
    let academy = options.academy.clone().or_else(|| head.academy.clone());
    let academy = academy.ok_or_else(|| unsaid("its académie", "give --academy, such as --academy ACA-04"))?;
    let degree = options.degree.or(head.degree);
    Ok((academy, degree.ok_or_else(|| unsaid("its degree", "give --degree 1D or --degree 2D"))?))
}
