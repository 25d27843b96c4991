//! A field that fails by itself, and nothing around it.

use async_graphql::{Context, Error};
use kernel::Fault;

/// The value, or null with the error that says why.
///
/// An error that a resolver returns is told as well; but where every field that was asked of an object fails so, async-graphql
/// gives no object either, and a list or a page goes with it.
pub fn or_null<T>(ctx: &Context<'_>, value: Result<T, Fault>) -> Option<T> {
    match value {
        Ok(value) => Some(value),
        Err(fault) => {
            let error = Error::from(fault).into_server_error(ctx.item.pos);
            ctx.add_error(ctx.set_error_path(error));
            None
        }
    }
}
