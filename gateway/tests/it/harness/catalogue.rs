//! The subgraph `catalogue`: books and films. It knows people by their id alone.

use async_graphql::{
    EmptySubscription, Enum, Error, ErrorExtensions, ID, InputObject, Interface, Object, Schema, SimpleObject, Union,
};

pub(crate) type Catalogue = Schema<Query, Mutation, EmptySubscription>;

pub(crate) fn schema() -> Catalogue {
    Schema::build(Query, Mutation, EmptySubscription).enable_federation().finish()
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Kind {
    Novel,
    Essay,
    /// Not for clients.
    #[graphql(inaccessible)]
    Draft,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Unit {
    Gram,
    Kilogram,
}

#[derive(Clone)]
pub(crate) struct Book {
    id: &'static str,
    title: &'static str,
    kind: Kind,
    grams: i32,
    author: Option<&'static str>,
    sequel: Option<&'static str>,
}

const BOOKS: [Book; 4] = [
    Book { id: "b1", title: "Germinal", kind: Kind::Novel, grams: 4200, author: Some("p1"), sequel: Some("b2") },
    Book { id: "b2", title: "La Terre", kind: Kind::Novel, grams: 3000, author: Some("p1"), sequel: None },
    Book { id: "b3", title: "Essais", kind: Kind::Essay, grams: 9000, author: Some("p2"), sequel: None },
    Book { id: "b4", title: "Brouillon", kind: Kind::Draft, grams: 1000, author: None, sequel: None },
];

fn book(id: &str) -> Option<Book> {
    BOOKS.into_iter().find(|book| book.id == id)
}

#[Object]
impl Book {
    async fn id(&self) -> ID {
        ID::from(self.id)
    }

    async fn title(&self) -> String {
        self.title.to_owned()
    }

    async fn kind(&self) -> Kind {
        self.kind
    }

    async fn genre(&self) -> Option<Kind> {
        Some(self.kind)
    }

    async fn weight(&self, #[graphql(default_with = "Unit::Gram")] unit: Unit) -> i32 {
        match unit {
            Unit::Gram => self.grams,
            Unit::Kilogram => self.grams / 1000,
        }
    }

    /// What `reviews` needs and no client sees.
    #[graphql(inaccessible)]
    async fn shelf_mark(&self) -> String {
        format!("S-{}", self.id)
    }

    async fn author(&self) -> Option<Person> {
        self.author.map(|id| Person { id: ID::from(id) })
    }

    async fn sequel(&self) -> Option<Book> {
        self.sequel.and_then(book)
    }
}

#[derive(Clone)]
pub(crate) struct Film;

#[Object]
impl Film {
    async fn id(&self) -> ID {
        ID::from("f1")
    }

    async fn title(&self) -> String {
        "Germinal, the film".to_owned()
    }

    async fn minutes(&self) -> i32 {
        160
    }

    async fn book(&self) -> Option<Book> {
        book("b1")
    }
}

#[derive(Clone, SimpleObject)]
#[graphql(unresolvable)]
pub(crate) struct Person {
    id: ID,
}

#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID"), field(name = "title", ty = "String"))]
pub(crate) enum Medium {
    Book(Book),
    Film(Film),
}

#[derive(Union)]
pub(crate) enum Item {
    Book(Book),
    Film(Film),
}

#[derive(InputObject)]
pub(crate) struct Words {
    text: String,
    #[graphql(default)]
    times: Option<i32>,
    ratio: Option<f64>,
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn book(&self, id: ID) -> Option<Book> {
        book(&id)
    }

    async fn books(&self, #[graphql(default = 3)] first: usize, kind: Option<Kind>) -> Vec<Book> {
        BOOKS.into_iter().filter(|book| kind.is_none_or(|kind| kind == book.kind)).take(first).collect()
    }

    async fn media(&self) -> Vec<Medium> {
        vec![Medium::Book(BOOKS[0].clone()), Medium::Film(Film)]
    }

    async fn shelf(&self) -> Option<Vec<Option<Item>>> {
        Some(vec![Some(Item::Film(Film)), Some(Item::Book(BOOKS[2].clone()))])
    }

    /// Says again what it was told.
    async fn echo(&self, words: Words) -> String {
        format!("{}|{:?}|{:?}", words.text, words.times, words.ratio)
    }

    /// Fails with this code.
    async fn fault(&self, code: Option<String>) -> Result<Option<String>, Error> {
        let error = Error::new("relation \"books\" does not exist at 10.0.0.7");
        Err(match code {
            Some(code) => error.extend_with(|_, extensions| extensions.set("code", code)),
            None => error,
        })
    }

    #[graphql(entity)]
    async fn find_book(&self, id: ID) -> Option<Book> {
        book(&id)
    }

    #[graphql(entity)]
    async fn find_film(&self, id: ID) -> Option<Film> {
        (id.as_str() == "f1").then_some(Film)
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn add_book(&self, title: String) -> Book {
        let mut book = BOOKS[1].clone();
        book.title = Box::leak(title.into_boxed_str());
        book
    }
}
