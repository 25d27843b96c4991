//! An operation as a tree that can be cut, and its text.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value, json};

/// An operation with its fragments and variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operation {
    pub(crate) mutation: bool,
    pub(crate) set: Vec<Item>,
    pub(crate) fragments: Vec<Fragment>,
    pub(crate) variables: Vec<Variable>,
    /// Spaces behind it, which make another text of it.
    pub(crate) spaces: usize,
}

/// A named fragment.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    pub(crate) name: String,
    pub(crate) on: String,
    pub(crate) set: Vec<Item>,
}

/// A variable; without a value it is not sent.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) default: Option<String>,
    pub(crate) value: Option<Value>,
}

/// A selection.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) head: Head,
    pub(crate) directives: Vec<String>,
    pub(crate) set: Vec<Item>,
}

/// What a selection begins with.
#[derive(Clone, Debug)]
pub(crate) enum Head {
    Field { alias: Option<String>, name: String, arguments: Vec<(String, String)> },
    Inline { on: Option<String> },
    Spread { name: String },
}

impl Operation {
    /// The document: fragments and variables that nothing uses are left out.
    pub(crate) fn text(&self) -> String {
        let mut body = String::from("{ ");
        write_set(&self.set, &mut body);
        body.push('}');
        let mut written = BTreeSet::new();
        // A fragment may use others that stand before it.
        for fragment in self.fragments.iter().rev() {
            if spreads(&body, &fragment.name) && written.insert(fragment.name.clone()) {
                write!(body, " fragment {} on {} {{ ", fragment.name, fragment.on).expect("a string");
                write_set(&fragment.set, &mut body);
                body.push('}');
            }
        }
        let used: Vec<String> = self
            .variables
            .iter()
            .filter(|variable| uses(&body, &variable.name))
            .map(|variable| {
                let default = variable.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
                format!("${}: {}{default}", variable.name, variable.ty)
            })
            .collect();
        let variables = if used.is_empty() { String::new() } else { format!("({})", used.join(", ")) };
        let kind = match (self.mutation, variables.is_empty()) {
            (false, true) => "",
            (false, false) => "query",
            (true, _) => "mutation",
        };
        format!("{kind}{variables} {body}{}", " ".repeat(self.spaces))
    }

    /// The body of a request for it.
    pub(crate) fn body(&self) -> Value {
        let text = self.text();
        let sent = self.variables.iter().filter(|variable| uses(&text, &variable.name));
        let values: Map<String, Value> =
            sent.filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?))).collect();
        json!({"query": text, "variables": values})
    }
}

fn write_set(set: &[Item], text: &mut String) {
    for item in set {
        match &item.head {
            Head::Field { alias, name, arguments } => {
                if let Some(alias) = alias {
                    write!(text, "{alias}: ").expect("a string");
                }
                text.push_str(name);
                if !arguments.is_empty() {
                    let all: Vec<String> = arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                    write!(text, "({})", all.join(", ")).expect("a string");
                }
            }
            Head::Inline { on: Some(on) } => write!(text, "... on {on}").expect("a string"),
            Head::Inline { on: None } => text.push_str("..."),
            Head::Spread { name } => write!(text, "...{name}").expect("a string"),
        }
        for directive in &item.directives {
            write!(text, " {directive}").expect("a string");
        }
        if !item.set.is_empty() {
            text.push_str(" { ");
            write_set(&item.set, text);
            text.push('}');
        }
        text.push(' ');
    }
}

fn spreads(text: &str, fragment: &str) -> bool {
    followed(text, &format!("...{fragment}"))
}

fn uses(text: &str, variable: &str) -> bool {
    followed(text, &format!("${variable}"))
}

/// Whether `word` stands in `text` with its name's end.
fn followed(text: &str, word: &str) -> bool {
    let mut ends = text.match_indices(word).map(|(at, _)| &text[at + word.len()..]);
    ends.any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}
