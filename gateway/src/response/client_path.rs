//! Paths into the fetched tree, in the client's own names.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Field, Selection, SelectionSet};

use crate::json::{ByteString, Step};
use crate::plan::Aliases;

/// The client's path to what lies at `path` in the fetched tree. What the client did not ask for is no place to it: the path
/// then ends before.
pub(crate) fn of(aliases: &Aliases, document: &ExecutableDocument, root: &SelectionSet, path: &[Step]) -> Vec<Step> {
    let mut sets = vec![root];
    let mut client = Vec::with_capacity(path.len());
    for step in path {
        let Step::Key(key) = step else {
            client.push(step.clone());
            continue;
        };
        let mut fields = Vec::new();
        for set in sets {
            collect(aliases, document, set, key.as_str(), &mut fields);
        }
        let Some(field) = fields.first() else { break };
        client.push(Step::Key(ByteString::from(field.response_key().as_str())));
        sets = fields.iter().map(|field| &field.selection_set).collect();
    }
    client
}

/// The fields that are fetched under `key`, whatever type they are asked of.
fn collect<'d>(
    aliases: &Aliases,
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    key: &str,
    fields: &mut Vec<&'d Field>,
) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) if aliases.key(field) == key => fields.push(field),
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => collect(aliases, document, &inline.selection_set, key, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                    collect(aliases, document, &fragment.selection_set, key, fields);
                }
            }
        }
    }
}
