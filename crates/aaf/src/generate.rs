//! An académie that does not exist, as AAF files of any size: for tests and benchmarks. The same seed gives the same bytes.
//!
//! Nobody in it is real. Numbers of establishments begin with digits that no département has, their letters are right; whatever
//! a person has follows from the seed and their index alone, so that nothing is held in memory while files are written.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use kernel::Uai;

use crate::{Category, Degree};

mod draw;
mod file;
mod people;
mod structures;

use file::Files;

/// Establishments at most: four digits of a UAI.
pub const MAX_STRUCTURES: usize = 10_000;
/// People at most: their keys are as wide as real ones.
pub const MAX_PEOPLE: usize = 20_000_000;

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Academy {
    /// Its code, as `04`.
    pub academy: String,
    /// Which of the two feeds.
    pub degree: Degree,
    /// How many establishments; in the second degree one in four is a lycée.
    pub structures: usize,
    /// How many people: 45 % pupils, 10 % staff, the others guardians.
    pub people: usize,
    /// The day of the files.
    pub date: NaiveDate,
    /// Another seed gives other people.
    pub seed: u64,
    /// Records in a file at most; 10 000 in real ones.
    pub files_of: usize,
}

impl Academy {
    /// How many of the people are pupils.
    pub const fn pupils(&self) -> usize {
        self.people * 45 / 100
    }

    /// How many of the people are staff.
    pub const fn staff(&self) -> usize {
        self.people / 10
    }

    /// How many of the people are guardians.
    pub const fn guardians(&self) -> usize {
        self.people - self.pupils() - self.staff()
    }

    fn code(&self) -> Option<u32> {
        self.academy.parse().ok().filter(|code| (1..100).contains(code))
    }

    fn uai(&self, structure: usize) -> String {
        // No département begins with 5 or 8.
        let degree = if self.degree == Degree::First { 8_000_000 } else { 5_000_000 };
        let number =
            degree + self.code().unwrap_or(0) * 10_000 + u32::try_from(structure % MAX_STRUCTURES).unwrap_or(0);
        Uai::with_number(number).expect("seven digits").as_str().to_owned()
    }
}

/// The UAI of the establishments, in the order of their records.
pub fn uais(academy: &Academy) -> impl Iterator<Item = String> + '_ {
    (0..academy.structures.min(MAX_STRUCTURES)).map(|structure| academy.uai(structure))
}

/// Writes the files of an académie into a folder, which must be there; gives their paths in the order in which they are to be read.
///
/// # Errors
/// When the folder cannot be written, or when there are no establishments, too many of them, too many people or no code.
pub fn generate(folder: &Path, academy: &Academy) -> io::Result<Vec<PathBuf>> {
    let fits = (1..=MAX_STRUCTURES).contains(&academy.structures) && academy.people <= MAX_PEOPLE;
    if !fits || academy.code().is_none() || academy.files_of == 0 {
        let bounds = "an académie has a code of 1 to 99, 1 to 10000 establishments, 20 million people at most, and files of one record at least";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, bounds));
    }
    let mut paths = Vec::new();
    let mut write = |category, count, record: &dyn Fn(&Academy, usize) -> file::Entry| -> io::Result<()> {
        let mut files = Files::new(folder, academy, category);
        for index in 0..count {
            files.write(&record(academy, index))?;
        }
        paths.extend(files.finish()?);
        Ok(())
    };
    write(Category::EtabEducNat, academy.structures, &structures::structure)?;
    if academy.degree == Degree::Second {
        write(Category::MefEducNat, structures::COURSES.len(), &|_, index| structures::course(index))?;
    }
    write(Category::Eleve, academy.pupils(), &people::pupil)?;
    write(Category::PersRelEleve, academy.guardians(), &people::guardian)?;
    write(Category::PersEducNat, academy.staff(), &people::member_of_staff)?;
    Ok(paths)
}

#[cfg(test)]
mod tests;
