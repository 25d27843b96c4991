//! The subgraph `people`: who wrote.

use async_graphql::{EmptySubscription, Error, ErrorExtensions, ID, Object, Schema};

pub(crate) type People = Schema<Query, Mutation, EmptySubscription>;

pub(crate) fn schema() -> People {
    Schema::build(Query, Mutation, EmptySubscription).enable_federation().finish()
}

#[derive(Clone)]
pub(crate) struct Person {
    id: &'static str,
    name: String,
    mentor: Option<&'static str>,
}

fn person(id: &str) -> Option<Person> {
    match id {
        "p1" => Some(Person { id: "p1", name: "Zola".to_owned(), mentor: Some("p2") }),
        "p2" => Some(Person { id: "p2", name: "Montaigne".to_owned(), mentor: None }),
        _ => None,
    }
}

#[Object]
impl Person {
    async fn id(&self) -> ID {
        ID::from(self.id)
    }

    async fn name(&self) -> &str {
        &self.name
    }

    async fn mentor(&self) -> Option<Person> {
        self.mentor.and_then(person)
    }

    /// Only Zola's may be read.
    async fn phone(&self) -> Result<Option<String>, Error> {
        if self.id == "p1" {
            return Ok(Some("01".to_owned()));
        }
        Err(Error::new("this number is private").extend_with(|_, extensions| extensions.set("code", "FORBIDDEN")))
    }
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn people(&self) -> Vec<Person> {
        ["p1", "p2"].into_iter().filter_map(person).collect()
    }

    #[graphql(entity)]
    async fn find_person(&self, id: ID) -> Option<Person> {
        person(&id)
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn rename(&self, id: ID, name: String) -> Option<Person> {
        person(&id).map(|person| Person { name, ..person })
    }
}
