//! A manifest of trusted documents: JSON, as Apollo's tools write it, or an object of texts by their names.

use std::collections::HashMap;
use std::fmt::{self, Formatter};
use std::path::Path;
use std::sync::Arc;

use apollo_compiler::parser::Parser;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::name::{Digest, DocumentName};

/// Bytes of a manifest.
const MAX_BYTES: usize = 64 << 20;
const APOLLO: &str = "apollo-persisted-query-manifest";

/// Trusted documents.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// By the names that the manifest gives, and by the SHA-256 of their texts.
    documents: HashMap<DocumentName, Arc<str>>,
    count: usize,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    #[serde(default)]
    name: String,
    body: String,
}

impl Manifest {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong, in a sentence: it is no manifest, a document of it is not GraphQL, or two have one name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("it has {} bytes; {MAX_BYTES} at most", text.len()));
        }
        let members: Members = serde_json::from_str(text).map_err(|error| format!("it is no JSON object: {error}"))?;
        let mut manifest = Self::default();
        for operation in operations(members)? {
            manifest.add(operation)?;
        }
        Ok(manifest)
    }

    fn add(&mut self, Operation { id, name, body }: Operation) -> Result<(), String> {
        let told = if name.is_empty() { id.clone() } else { format!("{id} ({name})") };
        let given = DocumentName::parse(&id).ok_or_else(|| format!("{told:.300} is no name of a document"))?;
        if let Err(failed) = Parser::new().parse_ast(&body, "document.graphql") {
            let first = failed.errors.iter().next().map(|error| error.to_json().message).unwrap_or_default();
            return Err(format!("the document {told} is not GraphQL: {first}"));
        }
        let text: Arc<str> = Arc::from(body);
        for name in [given, DocumentName::Sha256(Digest::of(&text))] {
            let known = self.documents.entry(name).or_insert_with(|| Arc::clone(&text));
            if *known != text {
                return Err(format!("the name {told} is that of another document, too"));
            }
        }
        self.count += 1;
        Ok(())
    }

    /// The document of this name.
    pub(crate) fn named(&self, name: &DocumentName) -> Option<&Arc<str>> {
        self.documents.get(name)
    }

    /// The document that says exactly this.
    pub(crate) fn saying(&self, text: &str) -> Option<&Arc<str>> {
        self.named(&DocumentName::Sha256(Digest::of(text))).filter(|known| &***known == text)
    }

    /// Why one of them cannot be run under this schema, and how many cannot; none where all can.
    pub(crate) fn misfits(&self, schema: &Valid<Schema>) -> Option<(usize, String)> {
        let mut misfits = Vec::new();
        for (name, text) in &self.documents {
            // Each stands there by this name, and perhaps by others.
            let digest = Digest::of(text);
            if *name != DocumentName::Sha256(digest) {
                continue;
            }
            if let Err(failed) = ExecutableDocument::parse_and_validate(schema, &**text, "document.graphql") {
                let first = failed.errors.iter().next().map(|error| error.to_json().message).unwrap_or_default();
                misfits.push(format!("sha256:{}: {first}", digest.hex()));
            }
        }
        misfits.sort();
        Some(misfits.len()).zip(misfits.into_iter().next())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }
}

/// The members of an object as they are written: a name may be there twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Members;

            fn expecting(&self, to: &mut Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reading)
    }
}

fn operations(Members(members): Members) -> Result<Vec<Operation>, String> {
    let member = |name: &str| members.iter().find(|(given, _)| given == name).map(|(_, value)| value);
    if let Some(operations @ Value::Array(_)) = member("operations") {
        let (format, version) = (member("format"), member("version"));
        if format != Some(&Value::from(APOLLO)) || version != Some(&Value::from(1)) {
            return Err(format!("it has operations, and is no {APOLLO} of version 1"));
        }
        return serde_json::from_value(operations.clone())
            .map_err(|error| format!("its operations cannot be read: {error}"));
    }
    let operation = |(id, body)| match body {
        Value::String(body) => Ok(Operation { id, name: String::new(), body }),
        _ => Err(format!("the member {id:?} is no text of a document")),
    };
    members.into_iter().map(operation).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_formats() {
        let hex = Digest::of("{ a }").hex();
        let operation = json!({"id": "portal-1", "name": "Portal", "type": "query", "body": "{ a }", "more": 1});
        let apollo = json!({"format": APOLLO, "version": 1, "operations": [operation]});
        let plain = json!({"portal-1": "{ a }", format!("sha256:{}", Digest::of("{ b }").hex()): "{ b }"});
        for (manifest, count) in [(apollo, 1), (plain, 2)] {
            let manifest = Manifest::parse(&manifest.to_string()).expect("a manifest");
            assert_eq!(manifest.len(), count);
            for name in ["portal-1", &hex, &format!("sha256:{hex}")] {
                let name = DocumentName::parse(name).expect("a name");
                assert_eq!(manifest.named(&name).map(|text| &**text), Some("{ a }"));
            }
            assert!(manifest.saying("{ a }").is_some() && manifest.saying("{a}").is_none());
        }
    }

    #[test]
    fn what_a_schema_has_no_answer_for() {
        let schema = Schema::parse_and_validate("type Query { a: Int }", "schema.graphql").expect("a schema");
        let manifest = |text: Value| Manifest::parse(&text.to_string()).expect("a manifest");
        assert_eq!(manifest(json!({"one": "{ a }"})).misfits(&schema), None);
        let (count, first) =
            manifest(json!({"one": "{ a }", "two": "{ b }", "three": "{ c }"})).misfits(&schema).expect("two of them");
        assert_eq!(count, 2);
        assert!(first.starts_with("sha256:") && first.contains("type `Query` does not have a field"), "{first}");
    }

    #[test]
    fn what_is_none() {
        for (text, told) in [
            ("[1]", "it is no JSON object: "),
            ("{\"a\": \"{ a }\"", "it is no JSON object: "),
            ("{\"a\": \"{ a }\", \"a\": \"{ b }\"}", "the name a is that of another document, too"),
            ("{\"a\": 1}", "the member \"a\" is no text of a document"),
            ("{\"\": \"{ a }\"}", " is no name of a document"),
            ("{\"a\": \"{ a\"}", "the document a is not GraphQL: "),
            ("{\"a\": \"\"}", "the document a is not GraphQL: "),
            ("{\"operations\": []}", "it has operations, and is no apollo-persisted-query-manifest of version 1"),
            (
                "{\"format\": \"apollo-persisted-query-manifest\", \"version\": 2, \"operations\": []}",
                "it has operations, and is no apollo-persisted-query-manifest of version 1",
            ),
            (
                "{\"format\": \"apollo-persisted-query-manifest\", \"version\": 1, \"operations\": [{\"id\": \"a\"}]}",
                "its operations cannot be read: missing field `body`",
            ),
            (
                "{\"format\": \"apollo-persisted-query-manifest\", \"version\": 1, \"operations\": \
                 [{\"id\": \"a\", \"body\": \"{ a }\"}, {\"id\": \"a\", \"name\": \"A\", \"body\": \"{ b }\"}]}",
                "the name a (A) is that of another document, too",
            ),
        ] {
            let error = Manifest::parse(text).expect_err(text);
            assert!(error.starts_with(told), "{error}");
        }
    }
}
