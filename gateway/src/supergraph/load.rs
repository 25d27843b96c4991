//! Loading: the composed text becomes a planner and a public schema, or one sentence says why not.

use std::any::Any;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use apollo_compiler::Schema;
use apollo_compiler::validation::DiagnosticList;
use graphql_tools::parser::schema as ast;
use hive_router_query_planner::planner::{Planner, QueryPlannerOptions};
use hive_router_query_planner::utils::parsing::safe_parse_schema;
use sha2::{Digest, Sha256};

use super::{ApartFields, Overrides, Supergraph, Types, coherence, views};
use crate::access::{Directives, Rules};
use crate::cost::{CostDirectives, Weights};
use crate::pipeline::PreparedCache;
use crate::plan::{Aliases, free_prefixes};

/// The supergraph cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It is not GraphQL.
    #[error("the supergraph is not GraphQL: {0}")]
    Syntax(String),
    /// It is a plain schema.
    #[error("the schema links no join specification: it is no composed supergraph")]
    NotComposed,
    /// It was composed by something too old or too new.
    #[error("the supergraph uses join {0}; join v0.3 to v0.5 are served (compose it again with Federation 2)")]
    JoinVersion(String),
    /// It says that something must be enforced which this gateway does not know.
    #[error("the supergraph links {0} for security, and this gateway does not enforce it")]
    Security(String),
    /// What it says of its subgraphs does not fit together.
    #[error("the supergraph does not fit together: {0}")]
    Incoherent(String),
    /// The planner does not accept it.
    #[error("the supergraph cannot be planned over: {0}")]
    Planner(String),
    /// The schema that clients would see is not valid.
    #[error("the public schema of this supergraph is not valid: {0}")]
    Public(String),
    /// The configuration asks for what is not there.
    #[error("{0}")]
    Configuration(String),
}

const SUPPORTED: [&str; 3] = ["v0.3", "v0.4", "v0.5"];

impl Supergraph {
    /// Loads a composed supergraph; up to `cache_bytes` of prepared documents are kept with it, for `cache_age`.
    ///
    /// # Errors
    /// When it is not GraphQL, not composed, composed by another generation, or not valid.
    pub fn load(text: &str, cache_bytes: u64, cache_age: Duration) -> Result<Self, LoadError> {
        let mut document = safe_parse_schema(text).map_err(|error| LoadError::Syntax(in_a_line(&error.to_string())))?;
        check_join(&document)?;
        coherence::check(&document).map_err(LoadError::Incoherent)?;
        let directives = Directives::linked(&document).map_err(LoadError::Security)?;
        let cost = CostDirectives::linked(&document);
        let weights = Weights::read(&cost, &document);
        cost.take_off(&mut document);
        let prefixes = free_prefixes(&document);
        let mut reduced = document.clone();
        let apart = ApartFields::take(&mut reduced, &prefixes[1]);
        // The planner panics on what it does not expect.
        let planner = catch_unwind(AssertUnwindSafe(|| {
            let state = views::state(&reduced);
            Planner::new_from_supergraph_state(state, &document, QueryPlannerOptions::default())
        }))
        .map_err(|panic| LoadError::Planner(format!("the planner says: {}", words(&*panic))))?
        .map_err(|error| LoadError::Planner(in_a_line(&error.to_string())))?;
        let public_sdl = public_sdl(&planner, &directives);
        let public = Schema::parse_and_validate(&public_sdl, "schema.graphql")
            .map_err(|errors| LoadError::Public(first(&errors.errors)))?;
        let subgraphs =
            planner.supergraph.subgraph_endpoint_map.iter().map(|(name, url)| (name.clone(), url.clone())).collect();
        Ok(Self {
            text: text.to_owned(),
            implementers: public.implementers_map(),
            overrides: Overrides::of(&planner.supergraph),
            types: Types::read(&document),
            rules: Rules::read(&directives, &document),
            aliases: Aliases::of(&prefixes[0], &apart),
            apart,
            weights,
            public,
            public_tag: tag(&public_sdl),
            public_sdl,
            planner,
            subgraphs,
            prepared: PreparedCache::new(cache_bytes, cache_age),
        })
    }
}

/// The first of a validation's complaints, without the picture that goes with it.
fn first(errors: &DiagnosticList) -> String {
    errors.iter().next().map(|error| error.to_json().message).unwrap_or_default()
}

/// A message of several lines in one, as a log has it.
fn in_a_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(": ")
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("nothing")
}

/// Half of a SHA-256 in hexadecimal digits.
fn tag(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Finds the version of the join specification among the schema's links.
fn check_join(document: &ast::Document<'static, String>) -> Result<(), LoadError> {
    let directives = document.definitions.iter().flat_map(|definition| match definition {
        ast::Definition::SchemaDefinition(schema) => schema.directives.as_slice(),
        _ => &[],
    });
    let urls = directives.flat_map(|directive| &directive.arguments).filter_map(|(_, value)| match value {
        ast::Value::String(url) => Some(url.as_str()),
        _ => None,
    });
    let version = urls.filter_map(|url| url.split_once("/join/")).map(|(_, version)| version).next();
    match version {
        None => Err(LoadError::NotComposed),
        Some(version) if SUPPORTED.contains(&version) => Ok(()),
        Some(version) => Err(LoadError::JoinVersion(version.to_owned())),
    }
}

const BUILT_IN_SCALARS: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];
const BUILT_IN_DIRECTIVES: [&str; 5] = ["skip", "include", "deprecated", "specifiedBy", "oneOf"];

/// The schema that clients see, without what every GraphQL library adds by itself.
fn public_sdl(planner: &Planner, access: &Directives) -> String {
    let mut document = (*planner.consumer_schema.document).clone();
    document.definitions.retain(|definition| match definition {
        ast::Definition::TypeDefinition(definition) => {
            let name = definition.name();
            !name.starts_with("__")
                && !of_a_specification(name)
                && !access.own_type(name)
                && !BUILT_IN_SCALARS.contains(&name)
        }
        ast::Definition::DirectiveDefinition(directive) => {
            !of_a_specification(&directive.name)
                && !access.holds(&directive.name)
                && !BUILT_IN_DIRECTIVES.contains(&directive.name.as_str())
        }
        _ => true,
    });
    let known: HashSet<String> = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            ast::Definition::TypeDefinition(definition) => Some(definition.name().to_owned()),
            _ => None,
        })
        .collect();
    for definition in &mut document.definitions {
        if let ast::Definition::TypeDefinition(definition) = definition {
            make_public(definition, access);
            forget_hidden(definition, &known);
        }
    }
    document.to_string()
}

/// Takes off what clients have no use for: introspection's own fields, and what is asked of callers.
fn make_public(definition: &mut ast::TypeDefinition<'static, String>, access: &Directives) {
    let strip = |marks: &mut Vec<ast::Directive<'static, String>>| marks.retain(|mark| !access.holds(&mark.name));
    let (marks, fields) = match definition {
        ast::TypeDefinition::Object(object) => (&mut object.directives, Some(&mut object.fields)),
        ast::TypeDefinition::Interface(interface) => (&mut interface.directives, Some(&mut interface.fields)),
        ast::TypeDefinition::Scalar(scalar) => (&mut scalar.directives, None),
        ast::TypeDefinition::Union(union) => (&mut union.directives, None),
        ast::TypeDefinition::Enum(definition) => (&mut definition.directives, None),
        ast::TypeDefinition::InputObject(_) => return,
    };
    strip(marks);
    if let Some(fields) = fields {
        fields.retain(|field| !field.name.starts_with("__"));
        for field in fields {
            strip(&mut field.directives);
        }
    }
}

/// Takes off names of types that are not public, which the planner leaves in lists of names.
fn forget_hidden(definition: &mut ast::TypeDefinition<'static, String>, known: &HashSet<String>) {
    match definition {
        ast::TypeDefinition::Union(union) => union.types.retain(|name| known.contains(name)),
        ast::TypeDefinition::Object(object) => object.implements_interfaces.retain(|name| known.contains(name)),
        ast::TypeDefinition::Interface(interface) => {
            interface.implements_interfaces.retain(|name| known.contains(name));
        }
        _ => {}
    }
}

/// Whether composition made this for itself; the planner's own stripping knows only some of it.
fn of_a_specification(name: &str) -> bool {
    ["join__", "link__", "federation__"].iter().any(|prefix| name.starts_with(prefix))
}
