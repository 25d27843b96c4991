//! The subgraph `reviews`: what people think of books and films, both of which belong to `catalogue`.

use async_graphql::{EmptyMutation, EmptySubscription, Enum, ID, Object, Schema, SimpleObject, Union};

pub(crate) type Reviews = Schema<Query, EmptyMutation, EmptySubscription>;

pub(crate) fn schema() -> Reviews {
    Schema::build(Query, EmptyMutation, EmptySubscription).enable_federation().finish()
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Unit {
    Gram,
    Kilogram,
}

#[derive(Clone)]
pub(crate) struct Book {
    id: ID,
    grams: Option<i32>,
    mark: Option<String>,
}

#[Object]
impl Book {
    async fn id(&self) -> &ID {
        &self.id
    }

    #[graphql(external)]
    async fn weight(&self, #[graphql(default_with = "Unit::Gram")] unit: Unit) -> i32 {
        let grams = self.grams.unwrap_or_default();
        if unit == Unit::Gram { grams } else { grams / 1000 }
    }

    #[graphql(external)]
    async fn shelf_mark(&self) -> String {
        self.mark.clone().unwrap_or_default()
    }

    /// In cents.
    #[graphql(requires = "weight")]
    async fn postage(&self) -> Option<i32> {
        self.grams.map(|grams| grams / 10)
    }

    #[graphql(requires = "shelfMark")]
    async fn drawer(&self) -> Option<String> {
        self.mark.as_ref().map(|mark| format!("drawer of {mark}"))
    }

    async fn reviews(&self, #[graphql(default = 10)] first: usize) -> Option<Vec<Review>> {
        Some(all().into_iter().filter(|review| review.of == self.id.as_str()).take(first).collect())
    }
}

#[derive(Clone)]
pub(crate) struct Film {
    id: ID,
}

#[Object]
impl Film {
    async fn id(&self) -> &ID {
        &self.id
    }

    async fn reviews(&self) -> Option<Vec<Review>> {
        Some(all().into_iter().filter(|review| review.of == self.id.as_str()).collect())
    }
}

#[derive(Clone, SimpleObject)]
#[graphql(unresolvable)]
pub(crate) struct Person {
    id: ID,
}

#[derive(Union)]
pub(crate) enum Reviewed {
    Book(Book),
    Film(Film),
}

#[derive(Clone)]
pub(crate) struct Review {
    id: &'static str,
    of: &'static str,
    by: &'static str,
    stars: i32,
}

fn all() -> [Review; 4] {
    [
        Review { id: "r1", of: "b1", by: "p2", stars: 5 },
        Review { id: "r2", of: "b1", by: "p1", stars: 2 },
        Review { id: "r3", of: "b3", by: "p1", stars: 4 },
        Review { id: "r4", of: "f1", by: "p2", stars: 1 },
    ]
}

#[Object]
impl Review {
    async fn id(&self) -> ID {
        ID::from(self.id)
    }

    async fn stars(&self) -> i32 {
        self.stars
    }

    async fn author(&self) -> Option<Person> {
        Some(Person { id: ID::from(self.by) })
    }

    async fn of(&self) -> Reviewed {
        let id = ID::from(self.of);
        if self.of.starts_with('f') {
            return Reviewed::Film(Film { id });
        }
        Reviewed::Book(Book { id, grams: None, mark: None })
    }
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn best(&self) -> Option<Review> {
        Some(all()[0].clone())
    }

    async fn latest(&self) -> Vec<Review> {
        all().to_vec()
    }

    #[graphql(entity)]
    async fn find_book(
        &self,
        #[graphql(key)] id: ID,
        weight: Option<i32>,
        #[graphql(name = "shelfMark")] mark: Option<String>,
    ) -> Option<Book> {
        Some(Book { id, grams: weight, mark })
    }

    #[graphql(entity)]
    async fn find_film(&self, id: ID) -> Option<Film> {
        Some(Film { id })
    }
}
