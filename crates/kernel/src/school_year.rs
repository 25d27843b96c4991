//! The school year: from 1 August to 31 July, written `2017-2018`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A school year, by the calendar year in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear(i32);

/// The text is no school year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a school year is written like 2017-2018, two years that follow each other; got {0:?}")]
pub struct BadSchoolYear(pub String);

impl SchoolYear {
    /// The school year in which `date` lies.
    pub fn of(date: NaiveDate) -> Self {
        Self(if date.month() >= 8 { date.year() } else { date.year() - 1 })
    }

    /// 1 August of its beginning.
    pub fn first_day(self) -> NaiveDate {
        day(self.0, 8)
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0 - 1)
    }

    /// 1 August after it: the first day that no longer belongs to it.
    pub fn end(self) -> NaiveDate {
        day(self.0 + 1, 8)
    }

    /// 1 September of its beginning: who closed before this did not take part in the year.
    pub fn rentree(self) -> NaiveDate {
        day(self.0, 9)
    }
}

fn day(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).expect("parsing admits years from 1900 to 2999 only")
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.0, self.0 + 1)
    }
}

impl FromStr for SchoolYear {
    type Err = BadSchoolYear;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadSchoolYear(text.chars().take(40).collect());
        let (first, second) = text.split_once('-').ok_or_else(bad)?;
        let year = |digits: &str| {
            let plain = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse::<i32>().ok()).flatten()
        };
        match (year(first), year(second)) {
            (Some(from), Some(to)) if to == from + 1 && (1900..2999).contains(&from) => Ok(Self(from)),
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_following_years_are_one() {
        assert_eq!("2017-2018".parse::<SchoolYear>().expect("a year").to_string(), "2017-2018");
        for bad in
            ["2017", "2017-2019", "2018-2017", "17-18", "2017/2018", " 2017-2018", "+017-2018", "2017-2018-2019", ""]
        {
            assert!(bad.parse::<SchoolYear>().is_err(), "{bad}");
        }
    }

    #[test]
    fn it_begins_on_the_first_of_august() {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(SchoolYear::of(date("2018-07-31")).to_string(), "2017-2018");
        assert_eq!(SchoolYear::of(date("2018-08-01")).to_string(), "2018-2019");
        let year = SchoolYear::of(date("2018-01-01"));
        assert_eq!(
            (year.first_day(), year.rentree(), year.end()),
            (date("2017-08-01"), date("2017-09-01"), date("2018-08-01"))
        );
    }
}
