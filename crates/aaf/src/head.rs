//! What a file is, by its name and by the comments at its beginning.

use std::path::Path;

use chrono::NaiveDate;

use crate::{Category, Degree, FileKind};

/// What a file says of itself. Whatever it does not say is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileHead {
    /// First or second degree.
    pub degree: Option<Degree>,
    /// The académie whose feed it is, as `ACA-04`.
    pub academy: Option<String>,
    /// The day on which it was written.
    pub generated_on: Option<NaiveDate>,
    /// Complete or a delta.
    pub kind: Option<FileKind>,
    /// What its records are about.
    pub category: Option<Category>,
}

impl FileHead {
    /// Reads a name such as `ENT_Complet_20250901_Eleve_0000.xml`, from its end: the prefix may hold anything.
    pub(crate) fn of_name(path: &Path) -> Self {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let parts = || stem.rsplit('_');
        Self {
            kind: parts().find_map(kind),
            generated_on: parts().find_map(compact_date),
            category: parts().find_map(Category::named),
            ..Self::default()
        }
    }

    /// Adds what a comment says; it knows better than the name.
    pub(crate) fn add(&mut self, comment: &str) {
        let said = |name| quoted(comment, name);
        self.degree = said("degre").and_then(|degree| Degree::parse(&degree.to_ascii_uppercase())).or(self.degree);
        self.academy = said("codeAcademieExport").and_then(academy).or(self.academy.take());
        self.generated_on = said("dateGenerationExport").and_then(date).or(self.generated_on);
    }
}

fn kind(word: &str) -> Option<FileKind> {
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    if is("Complet") {
        Some(FileKind::Complete)
    } else if is("Delta") {
        Some(FileKind::Delta)
    } else {
        None
    }
}

/// The ministry's code, which is written with and without a zero in front.
fn academy(code: &str) -> Option<String> {
    let digits = (1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = digits.then(|| code.parse().ok())??;
    (1..100).contains(&number).then(|| format!("ACA-{number:02}"))
}

fn compact_date(text: &str) -> Option<NaiveDate> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok())?
}

/// The day of a date in one of the ways that it is written, whatever time stands behind.
fn date(text: &str) -> Option<NaiveDate> {
    let day = text.split(|character: char| character.is_whitespace() || character == 'T').next()?;
    let read = |format| NaiveDate::parse_from_str(day, format).ok();
    compact_date(day).or_else(|| (day.len() == 10).then(|| read("%d/%m/%Y").or_else(|| read("%Y-%m-%d")))?)
}

/// The value of `name = "value"` in a text, with spaces or without, in either sort of quotes.
pub(crate) fn quoted<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = |at: usize| {
        let whole = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let after = text[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let value = after[1..].split_once(quote)?.0.trim();
        (whole && !value.is_empty()).then_some(value)
    };
    // Letters change their case byte by byte: places in the one text are places in the other.
    let lower = text.to_ascii_lowercase();
    lower.match_indices(&name.to_ascii_lowercase()).find_map(|(at, _)| value(at))
}

#[cfg(test)]
mod tests;
