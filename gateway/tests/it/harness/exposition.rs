//! The text format of Prometheus, read as strictly as a scraper does.

use std::collections::{BTreeMap, BTreeSet};

/// A series by its name and labels.
type Series = (String, BTreeMap<String, String>);

/// What was exposed.
#[derive(Debug)]
pub(crate) struct Exposition(BTreeMap<Series, f64>);

impl Exposition {
    /// Reads a text; panics on whatever a scraper would not take, or would take for something else.
    pub(crate) fn read(text: &str) -> Self {
        let (mut series, mut kinds, mut helped) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        assert!(text.ends_with('\n'), "the last line ends, too");
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect("a help text");
                assert!(!help.is_empty() && helped.insert(name.to_owned()), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a type");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "twice: {line}");
            } else {
                let (of, value) = line.rsplit_once(' ').expect("a value");
                let found = name_and_labels(of);
                let kind = family(&found.0, &kinds).unwrap_or_else(|| panic!("of no type: {line}"));
                assert!(kind != "counter" || found.0.ends_with("_total"), "{line}");
                let value: f64 = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
                assert!(series.insert(found, value).is_none(), "twice: {line}");
            }
        }
        assert_eq!(kinds.keys().collect::<Vec<_>>(), helped.iter().collect::<Vec<_>>(), "every family has a help text");
        let exposition = Self(series);
        exposition.check_histograms();
        exposition
    }

    /// The value of a series that counts something; 0 where it is not there.
    pub(crate) fn count(&self, name: &str, labels: &[(&str, &str)]) -> i64 {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let value = self.0.get(&(name.to_owned(), labels)).copied().unwrap_or_default();
        value.to_string().parse().expect("a whole number")
    }

    /// The values that a label has in a family.
    pub(crate) fn labels(&self, name: &str, label: &str) -> BTreeSet<String> {
        let of = self.0.keys().filter(|(family, _)| family == name);
        of.filter_map(|(_, labels)| labels.get(label).cloned()).collect()
    }

    /// Buckets grow, and the last one holds all.
    fn check_histograms(&self) {
        let mut buckets: BTreeMap<Series, Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.0 {
            let Some(family) = name.strip_suffix("_bucket") else { continue };
            let mut labels = labels.clone();
            let bound = labels.remove("le").expect("a bound");
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().expect("a number") };
            buckets.entry((family.to_owned(), labels)).or_default().push((bound, *value));
        }
        for ((family, labels), mut found) in buckets {
            found.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            assert!(found.is_sorted_by(|(_, one), (_, other)| one <= other), "{family} {labels:?}");
            let all = found.last().map(|(bound, value)| (bound.is_infinite(), *value));
            let count = self.0.get(&(format!("{family}_count"), labels.clone())).copied();
            assert_eq!(all, count.map(|count| (true, count)), "{family} {labels:?}");
            assert!(self.0.contains_key(&(format!("{family}_sum"), labels)), "{family}");
        }
    }
}

/// The type of a series by its name, or by that of its histogram.
fn family<'a>(name: &str, kinds: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|part| kinds.get(name.strip_suffix(part)?));
    let histogram = of_histogram.filter(|kind| *kind == "histogram");
    kinds.get(name).filter(|kind| *kind != "histogram").or(histogram).map(String::as_str)
}

fn name_and_labels(text: &str) -> Series {
    let (name, labels) = match text.split_once('{') {
        None => (text, ""),
        Some((name, rest)) => (name, rest.strip_suffix('}').expect("a closing brace")),
    };
    let is_name = |name: &str| {
        !name.starts_with(|first: char| first.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    assert!(is_name(name), "{text}");
    let (mut found, mut rest) = (BTreeMap::new(), labels);
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"").expect("a label");
        let end = after.char_indices().find(|(at, letter)| *letter == '"' && !after[..*at].ends_with('\\'));
        let (value, after) = after.split_at(end.expect("a closing quote").0);
        assert!(is_name(label) && found.insert(label.to_owned(), value.to_owned()).is_none(), "{text}");
        rest = after[1..].trim_start_matches(',');
    }
    (name.to_owned(), found)
}
