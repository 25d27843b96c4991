//! What an operation costs, found before anything of it is run: by `@cost` and `@listSize` of the supergraph (the IBM cost
//! specification, as Federation 2.9 composes it), and by the request's variables.
//!
//! - A field that gives an object costs 1, one that gives a scalar or an enum nothing; `@cost` of the field, else of its type,
//!   says otherwise. A type that stands for several costs what its dearest object costs.
//! - A list costs as often as it is expected to have items: as `@listSize` says, else as `first` or `last` ask for, else
//!   [`CostConfig::list_size`](crate::config::CostConfig::list_size). What it holds costs as often.
//! - Input objects cost 1, other arguments nothing; `@cost` of the argument or input field says otherwise.
//! - A mutation costs 10 more.
//!
//! A [`Program`] is made once for a document; a request's variables then give an [`Estimate`]. Beside the cost it has the
//! number of values that the answer is expected to have: weights say what the work is worth to a service, this one what the
//! gateway must hold in memory, and no weight in a schema may loosen that bound.

mod compile;
mod directives;
mod inputs;
mod items;
mod program;
mod weights;

pub(crate) use compile::compile;
pub(crate) use directives::CostDirectives;
pub(crate) use program::{Estimate, Program};
pub(crate) use weights::Weights;
