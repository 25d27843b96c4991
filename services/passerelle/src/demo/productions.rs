//! What the classes of the demonstration make together, in the school year 2018-2019.

mod content;
mod themes;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::SchoolYear;
use productions::{Audience, Kind, NewContent, Role};
use uuid::Uuid;

use super::draw::{Topic, below};
use super::people::{Class, Everybody, Pair};
use themes::THEMES;

/// Productions of a pair of classes.
const EACH: u32 = 3;
/// When the first is opened.
const FIRST: &str = "2018-10-01T08:00:00Z";
/// Between one and the next: all are opened before the summer.
const APART: TimeDelta = TimeDelta::minutes(900);
/// What may be done with it, where its makers said so.
const LICENCE: &str = "CC BY-SA 4.0";

/// A production, step by step.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) summary: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) licence: Option<&'static str>,
    /// Places in the list of everybody, with what each may do; the author first.
    pub(crate) participants: Vec<(usize, Role)>,
    /// The content of each version.
    pub(crate) versions: Vec<Vec<NewContent>>,
    pub(crate) opened: DateTime<Utc>,
    pub(crate) fate: Fate,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was never finished.
    Draft,
    /// It is shared.
    Published(Audience),
    /// It was shared, and is no more.
    Withdrawn(Audience),
}

/// The school year in which all of it was made.
pub(crate) fn year() -> SchoolYear {
    "2018-2019".parse().expect("a school year")
}

/// Everything that is made.
pub(crate) fn plans(everybody: &Everybody) -> Vec<Plan> {
    let first: DateTime<Utc> = FIRST.parse().expect("a moment");
    let pairs = everybody.pairs.iter().flat_map(|pair| (0..EACH).map(move |_| pair));
    let plan = |(number, pair): (u32, &Pair)| {
        let opened = first + APART * i32::try_from(number).expect("some hundreds");
        plan(number, pair, opened)
    };
    (0..).zip(pairs).map(plan).collect()
}

fn plan(number: u32, pair: &Pair, opened: DateTime<Utc>) -> Plan {
    let theme = &THEMES[below(u32::try_from(THEMES.len()).expect("few"), number, Topic::Theme) as usize];
    let title = format!("{} — {}", theme.title, pair.commune);
    let versions = if number.is_multiple_of(4) { 2 } else { 1 };
    Plan {
        id: id(number, opened),
        summary: (number % 5 != 4).then(|| theme.summary.to_owned()),
        kind: theme.kind,
        licence: number.is_multiple_of(3).then_some(LICENCE),
        participants: participants(number, pair),
        versions: (1..=versions).map(|version| content::of(theme, &title, version, opened)).collect(),
        title,
        opened,
        fate: fate(number),
    }
}

/// Teachers of both classes and some pupils of each; in some, one class alone. Now and then a pupil begins.
fn participants(number: u32, pair: &Pair) -> Vec<(usize, Role)> {
    let of_class = |class: &Class, salt: u32| -> Vec<(usize, Role)> {
        let all = u32::try_from(class.pupils.len()).expect("a class");
        let count = 3 + below(all - 2, number * 2 + salt, Topic::Taking);
        let pupils = class.pupils.iter().take(count as usize).map(|pupil| (*pupil, Role::Contribute));
        std::iter::once((class.teacher, Role::Manage)).chain(pupils).collect()
    };
    let (mut taking, others) = match below(12, number, Topic::Share) {
        0 => (of_class(&pair.ecole, 0), Vec::new()),
        1 => (of_class(&pair.college, 1), Vec::new()),
        odd if odd % 2 == 1 => (of_class(&pair.college, 1), of_class(&pair.ecole, 0)),
        _ => (of_class(&pair.ecole, 0), of_class(&pair.college, 1)),
    };
    if number % 7 == 6 {
        taking.swap(0, 1);
    }
    taking.extend(others);
    taking
}

fn fate(number: u32) -> Fate {
    match below(40, number, Topic::Fate) {
        0 => Fate::Draft,
        1 => Fate::Withdrawn(Audience::TerritoryStaff),
        2 | 3 => Fate::Published(Audience::Participants),
        4..=9 => Fate::Published(Audience::Public),
        10..=17 => Fate::Published(Audience::TerritoryMembers),
        _ => Fate::Published(Audience::TerritoryStaff),
    }
}

/// The same on every run: the moment of opening, and the number in place of chance.
fn id(number: u32, opened: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(opened.timestamp_millis()).expect("after 1970");
    let mut rest = [0; 10];
    rest[6..].copy_from_slice(&number.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}
