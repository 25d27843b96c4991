//! Words of this subgraph alone.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "ProductionKind", remote = "crate::domain::Kind")]
pub(crate) enum ProductionKind {
    /// Production multimédia.
    Multimedia,
    /// Blog.
    Blog,
    /// Wiki.
    Wiki,
    /// Etherpad.
    Pad,
    /// Carte mentale.
    MindMap,
    /// Frise chronologique.
    Timeline,
    /// Mur collaboratif.
    Wall,
}

/// How far a production has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "ProductionStatus", remote = "crate::domain::Status")]
pub(crate) enum ProductionStatus {
    /// Being made.
    Draft,
    /// Handed in.
    Submitted,
    /// Seen by its audience.
    Published,
    /// No longer seen by its audience.
    Withdrawn,
    /// Kept as it was published.
    Archived,
}

/// The order of a list of productions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "ProductionOrder", remote = "crate::store::Order")]
pub(crate) enum ProductionOrder {
    /// The last published first. A later version does not move a production.
    Recent,
    /// By title, accents and case folded.
    Title,
}

/// Whom a published production is shared with, from the narrowest to the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "crate::domain::Audience")]
pub(crate) enum Audience {
    /// Those who take part, and their ENTs.
    Participants,
    /// Staff of the territories of its establishments, and the portals of these territories.
    TerritoryStaff,
    /// Everybody in those territories.
    TerritoryMembers,
    /// Everybody.
    Public,
}

/// What a participant may do, each including those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "crate::domain::Role")]
pub(crate) enum ShareRole {
    /// Read.
    Read,
    /// Comment.
    Comment,
    /// Contribute.
    Contribute,
    /// Publish.
    Publish,
    /// Manage.
    Manage,
}

/// A number of bytes; may exceed 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bytes(pub(crate) i64);

/// A number of bytes; may exceed 32 bits.
#[Scalar(name = "Bytes")]
impl ScalarType for Bytes {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) if number.as_i64().is_some_and(|bytes| bytes >= 0) => {
                Ok(Self(number.as_i64().unwrap_or_default()))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }
    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}
