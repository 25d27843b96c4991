//! What must be known of an object before something can be asked of it: the fields of a `@key` or a `@requires`.

use std::collections::HashMap;

use graphql_tools::parser::parse_query;
use graphql_tools::parser::query::{Definition, OperationDefinition, Selection, SelectionSet, TypeCondition};
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::{
    FieldSelection, InlineFragmentSelection, SelectionSet as Representation,
};

/// A set of fields as federation's directives write them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs(pub(crate) Vec<Need>);

/// One of them.
#[derive(Clone, Debug)]
pub(crate) enum Need {
    Field {
        name: String,
        /// The key that it stands under in what is fetched: its own name, or an internal one where it is given arguments.
        key: String,
        /// `(lang: EN)`, or nothing.
        arguments: String,
        inner: Needs,
    },
    On {
        ty: String,
        inner: Needs,
    },
}

/// Internal names of fields that are given arguments, each with its arguments.
pub(super) struct Keys<'a> {
    prefix: &'a str,
    known: HashMap<String, String>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(prefix: &'a str) -> Self {
        Self { prefix, known: HashMap::new() }
    }

    fn key(&mut self, name: &str, arguments: &str) -> String {
        if arguments.is_empty() {
            return name.to_owned();
        }
        let number = self.known.len();
        let key = self.known.entry(format!("{name}{arguments}"));
        key.or_insert_with(|| format!("{}{number}_{name}", self.prefix)).clone()
    }
}

impl Needs {
    /// Reads `id price(currency: EUR) of { ... on Book { pages } }`; none where it is no set of fields.
    pub(super) fn parse(text: &str, keys: &mut Keys<'_>) -> Option<Self> {
        let text = format!("{{ {text} }}");
        let document = parse_query::<String>(&text).ok()?;
        match document.definitions.into_iter().next()? {
            Definition::Operation(OperationDefinition::SelectionSet(set)) => Self::of(&set, keys),
            _ => None,
        }
    }

    fn of(set: &SelectionSet<'_, String>, keys: &mut Keys<'_>) -> Option<Self> {
        let mut needs = Vec::new();
        for selection in &set.items {
            match selection {
                Selection::Field(field) if field.name == "__typename" => {}
                Selection::Field(field) => {
                    let given = field.arguments.iter().map(|(name, value)| format!("{name}: {value}"));
                    let given = given.collect::<Vec<_>>().join(", ");
                    let arguments = if given.is_empty() { given } else { format!("({given})") };
                    let key = keys.key(&field.name, &arguments);
                    let inner = Self::of(&field.selection_set, keys)?;
                    needs.push(Need::Field { name: field.name.clone(), key, arguments, inner });
                }
                Selection::InlineFragment(inline) => {
                    let inner = Self::of(&inline.selection_set, keys)?;
                    match &inline.type_condition {
                        Some(TypeCondition::On(ty)) => needs.push(Need::On { ty: ty.clone(), inner }),
                        None => needs.extend(inner.0),
                    }
                }
                Selection::FragmentSpread(_) => return None,
            }
        }
        Some(Self(needs))
    }

    /// These and `others`.
    pub(super) fn and(mut self, others: Needs) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Whether the field `name` is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|need| matches!(need, Need::Field { name: known, .. } if known == name))
    }

    /// How many fields there are, those within fields too.
    pub(super) fn len(&self) -> usize {
        let of = |need: &Need| match need {
            Need::Field { inner, .. } => 1 + inner.len(),
            Need::On { inner, .. } => inner.len(),
        };
        self.0.iter().map(of).sum()
    }

    /// Calls `found` with the name of each field that is given no arguments.
    pub(crate) fn each_plain(&self, found: &mut impl FnMut(&str)) {
        for need in &self.0 {
            match need {
                Need::Field { name, arguments, inner, .. } => {
                    if arguments.is_empty() {
                        found(name);
                    }
                    inner.each_plain(found);
                }
                Need::On { inner, .. } => inner.each_plain(found),
            }
        }
    }

    /// What a representation is made of: `asked: fetched` where the two differ.
    pub(crate) fn representation(&self) -> Representation {
        let item = |need: &Need| match need {
            Need::Field { name, key, inner, .. } => SelectionItem::Field(FieldSelection {
                name: key.clone(),
                alias: (key != name).then(|| name.clone()),
                selections: inner.representation(),
                ..FieldSelection::default()
            }),
            Need::On { ty, inner } => SelectionItem::InlineFragment(InlineFragmentSelection {
                type_condition: ty.clone(),
                selections: inner.representation(),
                skip_if: None,
                include_if: None,
            }),
        };
        Representation { items: self.0.iter().map(item).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_arguments_stand_under_keys_of_their_own() {
        let mut keys = Keys::new("p1_");
        let read = |text: &str, keys: &mut Keys<'_>| Needs::parse(text, keys).expect("a set of fields");
        let needs = read("id price(in: EUR) { ... on Sale { cents } } price(in: USD)", &mut keys);
        let representation = needs.representation().to_string();
        assert_eq!(representation, "{id price: p1_0_price{...on Sale{cents}} price: p1_1_price}");
        assert_eq!(needs.len(), 4);
        let again = read("... { price(in: USD) }", &mut keys);
        assert_eq!(again.representation().to_string(), "{price: p1_1_price}");
        let mut plain = Vec::new();
        needs.each_plain(&mut |name| plain.push(name.to_owned()));
        assert_eq!(plain, ["id", "cents"]);
    }

    #[test]
    fn what_is_no_set_of_fields_is_none() {
        let mut keys = Keys::new("p1_");
        assert!(Needs::parse("id {", &mut keys).is_none());
        assert!(Needs::parse("...F", &mut keys).is_none());
    }
}
