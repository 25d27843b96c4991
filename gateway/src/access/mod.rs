//! What a caller may see of the supergraph: `@authenticated`, `@requiresScopes` and `@policy`, as composition left them on
//! types and fields.
//!
//! A field that a caller may not see is left out of what is planned, so that no subgraph is called for it, and left out of
//! what is read back; it is null in the answer, with an error. Fields that the planner adds by itself, such as keys and what
//! `@requires` names, are not the client's and are looked at by nobody.
//!
//! A field is refused where its type, the field itself or the type that it gives asks for something that the caller has
//! not. Where it is selected on an interface, that is looked at for each type of object that may stand there.

mod directives;
mod refusals;
mod requirement;
mod rules;
mod seen;

pub(crate) use directives::Directives;
pub(crate) use refusals::refusals;
pub(crate) use rules::{Rules, Unmet};
pub(crate) use seen::{Access, Seen};
