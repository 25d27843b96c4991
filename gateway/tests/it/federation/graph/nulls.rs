//! Null items of lists, which async-graphql's dynamic schemas know neither as values nor as what an error below them leaves.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo};
use async_graphql::{Response, ServerError, ServerResult, Value};

/// The items of one request that are null, by their paths.
#[derive(Clone, Default)]
pub(crate) struct Absent(Arc<Mutex<HashSet<Vec<String>>>>);

impl Absent {
    pub(crate) fn add(&self, path: Vec<String>) {
        self.0.lock().expect("no panic under this lock").insert(path);
    }

    fn holds(&self, path: &[String]) -> bool {
        self.0.lock().expect("no panic under this lock").contains(path)
    }
}

/// Leaves null items null.
pub(crate) struct Nulls;

impl ExtensionFactory for Nulls {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Watch::default())
    }
}

#[derive(Default)]
struct Watch(Mutex<Vec<ServerError>>);

#[async_graphql::async_trait::async_trait]
impl Extension for Watch {
    async fn execute(&self, ctx: &ExtensionContext<'_>, name: Option<&str>, next: NextExecute<'_>) -> Response {
        let mut response = next.run(ctx, name).await;
        response.errors.append(&mut self.0.lock().expect("no panic under this lock"));
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if !info.parent_type.starts_with('[') {
            return next.run(ctx, info).await;
        }
        if ctx.data::<Absent>().is_ok_and(|absent| absent.holds(&info.path_node.to_string_vec())) {
            return if info.return_type.ends_with('!') {
                Err(ServerError::new("the data has null where none may be", None))
            } else {
                Ok(None)
            };
        }
        let nullable = !info.return_type.ends_with('!');
        match next.run(ctx, info).await {
            Err(error) if nullable => {
                self.0.lock().expect("no panic under this lock").push(error);
                Ok(None)
            }
            outcome => outcome,
        }
    }
}
