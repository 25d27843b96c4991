//! Scalars with the field's own spelling; a value of another form is refused with a sentence that shows the right one.

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, SecondsFormat, Utc};

/// UAI (unité administrative immatriculée): the national number of an establishment, seven digits and a capital
/// letter, such as `0350122T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Uai(pub kernel::Uai);

/// School year, from 1 August to 31 July, written `2017-2018`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SchoolYear(pub kernel::SchoolYear);

/// Calendar date, written `2018-06-28`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date(pub NaiveDate);

/// Moment in time, written `2018-11-20T09:30:00Z` (RFC 3339, UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime(pub chrono::DateTime<Utc>);

fn text<T: InputType>(value: &Value) -> Result<&str, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(InputValueError::expected_type(other.clone())),
    }
}

/// UAI (unité administrative immatriculée): the national number of an establishment, seven digits and a capital
/// letter, such as `0350122T`.
#[Scalar(name = "UAI")]
impl ScalarType for Uai {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)?.parse().map(Self).map_err(InputValueError::custom)
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// School year, from 1 August to 31 July, written `2017-2018`.
#[Scalar(name = "SchoolYear")]
impl ScalarType for SchoolYear {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)?.parse().map(Self).map_err(InputValueError::custom)
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Calendar date, written `2018-06-28`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let written = text(&value)?;
        let date = NaiveDate::parse_from_str(written, "%Y-%m-%d").ok().filter(|date| date.to_string() == written);
        date.map(Self).ok_or_else(|| InputValueError::custom(format!("a date is written 2018-06-28; got {written:?}")))
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Moment in time, written `2018-11-20T09:30:00Z` (RFC 3339, UTC).
#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let written = text(&value)?;
        let moment = chrono::DateTime::parse_from_rfc3339(written).ok();
        moment.map(|moment| Self(moment.with_timezone(&Utc))).ok_or_else(|| {
            InputValueError::custom(format!("a moment is written 2018-11-20T09:30:00Z; got {written:?}"))
        })
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// The value of a key in a representation, whatever its form.
///
/// An entity resolver that returns an error empties the whole list of entities; so a key of a wrong form is taken in here,
/// and answered with null by the resolver.
#[derive(Clone, Debug)]
pub struct EntityKey(Option<String>);

impl EntityKey {
    /// The key as text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The key as `T`, if it has that form.
    pub fn parse<T: std::str::FromStr>(&self) -> Option<T> {
        self.as_text()?.parse().ok()
    }
}

/// A key of any form.
#[Scalar(name = "EntityKey", visible = false)]
impl ScalarType for EntityKey {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(match value {
            // PostgreSQL has no text with a NUL in it, and no key of ours has one.
            Value::String(text) if !text.contains('\0') => Self(Some(text)),
            _ => Self(None),
        })
    }
    fn to_value(&self) -> Value {
        self.0.clone().map_or(Value::Null, Value::String)
    }
}
