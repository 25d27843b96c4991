//! Whether two people are one. An INE alone says nothing, and neither does a name: children were merged by either who had nothing
//! to do with each other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::fold;

/// What is compared of a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) birth_date: Option<NaiveDate>,
    /// Hashes of every INE that somebody tells of them.
    pub(crate) ines: BTreeSet<String>,
    /// The same where a provider tells a hash of its own making alone, which compares with its like.
    pub(crate) ine_hashes: BTreeSet<String>,
    /// The same of mails.
    pub(crate) mails: BTreeSet<String>,
    /// What each system calls them, as long as it does.
    pub(crate) called: BTreeMap<String, BTreeSet<String>>,
    /// Whether everything that they are is staff: only then a mail is one person's own.
    pub(crate) is_staff: bool,
}

/// How a feature of two people compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreement {
    Same,
    Different,
    /// One of them has none.
    Unknown,
}

impl Agreement {
    fn of<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> Self {
        if one.is_empty() || other.is_empty() {
            Self::Unknown
        } else if one.is_disjoint(other) {
            Self::Different
        } else {
            Self::Same
        }
    }

    /// What either way of telling says.
    const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, _) | (_, Self::Same) => Self::Same,
            (Self::Different, _) | (_, Self::Different) => Self::Different,
            (Self::Unknown, Self::Unknown) => Self::Unknown,
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Self::Same => "the same",
            Self::Different => "different",
            Self::Unknown => "not known of both",
        }
    }
}

/// What comes of comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They are one, by this rule.
    Same(&'static str),
    /// They may be one: somebody has to look.
    Doubtful(&'static str),
    /// Nothing says that they are.
    Different,
}

/// Two people side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Likeness {
    pub(crate) ine: Agreement,
    pub(crate) birth_date: Agreement,
    pub(crate) names: Agreement,
    pub(crate) mail: Agreement,
    /// A system calls them by two names at once: it knows two people.
    pub(crate) told_apart: bool,
    both_staff: bool,
}

impl Likeness {
    pub(crate) fn of(one: &Features, other: &Features) -> Self {
        let birth_date = |features: &Features| features.birth_date.into_iter().collect::<BTreeSet<_>>();
        let apart = |(system, called): (&String, &BTreeSet<String>)| {
            names_people(system) && other.called.get(system).is_some_and(|others| others.is_disjoint(called))
        };
        Self {
            ine: Agreement::of(&one.ines, &other.ines).or(Agreement::of(&one.ine_hashes, &other.ine_hashes)),
            birth_date: Agreement::of(&birth_date(one), &birth_date(other)),
            names: names(one, other),
            mail: Agreement::of(&one.mails, &other.mails),
            told_apart: one.called.iter().any(apart),
            both_staff: one.is_staff && other.is_staff,
        }
    }

    pub(crate) fn verdict(self) -> Verdict {
        use Agreement::{Different, Same};
        let doubt = |rule| if self.told_apart { Verdict::Different } else { Verdict::Doubtful(rule) };
        match (self.ine, self.birth_date, self.names) {
            // A system that tells two such people apart may be wrong, or their INE may be: nobody is merged against it.
            (Same, Same, Same) if self.told_apart => Verdict::Doubtful("INE_BIRTH_DATE_NAMES_TOLD_APART"),
            (Same, Same, Same) => Verdict::Same("INE_BIRTH_DATE_NAMES"),
            (Same, Same, _) => Verdict::Doubtful("INE_BIRTH_DATE"),
            (Same, _, Same) => Verdict::Doubtful("INE_NAMES"),
            (Same, _, _) => doubt("INE_ALONE"),
            (Different, _, _) => Verdict::Different,
            (_, _, Same)
                if self.both_staff && self.mail == Same && self.birth_date != Different && !self.told_apart =>
            {
                Verdict::Same("MAIL_NAMES")
            }
            (_, Same, Same) => doubt("BIRTH_DATE_NAMES"),
            _ => Verdict::Different,
        }
    }

    /// On what it rests, without a value of anybody's.
    pub(crate) fn evidence(self) -> String {
        let apart = if self.told_apart { "; a source tells them apart" } else { "" };
        format!(
            "INE {}; date of birth {}; names {}; mail {}{apart}",
            self.ine.told(),
            self.birth_date.told(),
            self.names.told(),
            self.mail.told()
        )
    }
}

/// Whether a system calls a person by one name only. A provider may have several accounts of one.
fn names_people(system: &str) -> bool {
    ["aaf1d:", "aaf2d:", "sdet:"].iter().any(|prefix| system.starts_with(prefix))
}

/// Names agree where the first given name is the same and one family name holds all parts of the other: « Le Gall » is
/// « LE GALL-MARTIN ».
fn names(one: &Features, other: &Features) -> Agreement {
    let both = |one: &Option<String>, other: &Option<String>| Some((fold(one.as_deref()?), fold(other.as_deref()?)));
    let (Some(given), Some(family)) =
        (both(&one.given_name, &other.given_name), both(&one.family_name, &other.family_name))
    else {
        return Agreement::Unknown;
    };
    let first = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
    let parts = |name: &str| name.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let (left, right) = (parts(&family.0), parts(&family.1));
    let family = left.is_subset(&right) || right.is_subset(&left);
    if family && first(&given.0) == first(&given.1) { Agreement::Same } else { Agreement::Different }
}

/// What people of the same first given name, family name and date of birth share, folded; none where one of these is not known.
pub(crate) fn match_key(given: Option<&str>, family: Option<&str>, birth_date: Option<NaiveDate>) -> Option<String> {
    let given = fold(given?);
    let first = given.split(' ').next().filter(|name| !name.is_empty())?;
    // Names are written with more or fewer parts: the first is in all of them.
    let family = fold(family?);
    let family = family.split(' ').next().filter(|name| !name.is_empty())?;
    Some(format!("{first}\n{family}\n{}", birth_date?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(given: &str, family: &str, born: Option<&str>, ine: Option<&str>) -> Features {
        Features {
            given_name: Some(given.to_owned()),
            family_name: Some(family.to_owned()),
            birth_date: born.map(|born| born.parse().expect("a date")),
            ines: ine.map(str::to_owned).into_iter().collect(),
            ..Features::default()
        }
    }

    fn called(mut features: Features, system: &str, value: &str) -> Features {
        features.called.entry(system.to_owned()).or_default().insert(value.to_owned());
        features
    }

    fn verdict(one: &Features, other: &Features) -> Verdict {
        let forth = Likeness::of(one, other).verdict();
        assert_eq!(Likeness::of(other, one).verdict(), forth, "whoever comes first");
        forth
    }

    const BORN: Option<&str> = Some("2015-03-01");

    #[test]
    fn ine_birth_date_and_names_together_are_enough() {
        let pupil = person("Zoé", "LE GALL", BORN, Some("ine"));
        for (given, family) in [("zoe", "Le Gall"), ("ZOÉ Marie", "LE GALL-MARTIN"), ("Zoé", "Gall Le")] {
            let same = verdict(&pupil, &person(given, family, BORN, Some("ine")));
            assert_eq!(same, Verdict::Same("INE_BIRTH_DATE_NAMES"), "{given} {family}");
        }
    }

    #[test]
    fn a_hash_of_an_ine_compares_with_its_like() {
        let by_hash =
            |hash: &str| Features { ine_hashes: [hash.to_owned()].into(), ..person("Zoé", "Martin", BORN, None) };
        assert_eq!(verdict(&by_hash("a"), &by_hash("a")), Verdict::Same("INE_BIRTH_DATE_NAMES"));
        assert_eq!(verdict(&by_hash("a"), &by_hash("b")), Verdict::Different);
        let by_ine = person("Zoé", "Martin", BORN, Some("ine"));
        assert_eq!(verdict(&by_hash("a"), &by_ine), Verdict::Doubtful("BIRTH_DATE_NAMES"));
    }

    #[test]
    fn less_is_for_a_human() {
        let pupil = person("Zoé", "Martin", BORN, Some("ine"));
        let doubtful = |rule| Verdict::Doubtful(rule);
        for (other, expected) in [
            (person("Zoé", "Durand", BORN, Some("ine")), doubtful("INE_BIRTH_DATE")),
            (person("Léo", "Martin", BORN, Some("ine")), doubtful("INE_BIRTH_DATE")),
            (person("Zoé", "Martin", None, Some("ine")), doubtful("INE_NAMES")),
            (person("Zoé", "Martin", Some("2014-03-01"), Some("ine")), doubtful("INE_NAMES")),
            (person("Léo", "Durand", Some("2014-03-01"), Some("ine")), doubtful("INE_ALONE")),
            (person("Zoé", "Martin", BORN, None), doubtful("BIRTH_DATE_NAMES")),
            (person("Zoé", "Martin", BORN, Some("another")), Verdict::Different),
            (person("Zoé", "Martin", None, None), Verdict::Different),
            (person("Zoé", "Martin", Some("2014-03-01"), None), Verdict::Different),
        ] {
            assert_eq!(verdict(&pupil, &other), expected, "{other:?}");
        }
    }

    #[test]
    fn who_is_told_apart_is_not_merged() {
        let twin = |given: &str, key: &str| called(person(given, "Martin", BORN, Some("ine")), "aaf2d:ACA-04", key);
        let rule = "INE_BIRTH_DATE_NAMES_TOLD_APART";
        assert_eq!(verdict(&twin("Zoé", "1"), &twin("Zoé", "2")), Verdict::Doubtful(rule));
        let without = |key: &str| called(person("Zoé", "Martin", BORN, None), "aaf2d:ACA-04", key);
        assert_eq!(verdict(&without("1"), &without("2")), Verdict::Different);
        let accounts = |sub: &str| called(person("Zoé", "Martin", BORN, Some("ine")), "oidc:educonnect", sub);
        assert_eq!(verdict(&accounts("1"), &accounts("2")), Verdict::Same("INE_BIRTH_DATE_NAMES"));
    }

    #[test]
    fn a_mail_is_evidence_among_staff_alone() {
        let with_mail = |is_staff| {
            let mails = ["hash".to_owned()].into();
            Features { mails, is_staff, ..person("Ali", "Benoît", None, None) }
        };
        assert_eq!(verdict(&with_mail(true), &with_mail(true)), Verdict::Same("MAIL_NAMES"));
        assert_eq!(verdict(&with_mail(true), &with_mail(false)), Verdict::Different, "families share theirs");
        let other = Features { given_name: Some("Léa".to_owned()), ..with_mail(true) };
        assert_eq!(verdict(&with_mail(true), &other), Verdict::Different);
    }
}
