//! The command line of `passerelle token`.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use kernel::{EstablishmentKind, LegalStatus, TerritoryId};
use service_kit::access_token::{FOREIGN, LONGEST};

use super::Common;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an access token of this installation's own issuer, and print it alone on a line
    Issue(Issue),
    /// Make an access token for a client of the demonstration
    Demo(Demo),
}

#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// The client that the token is for
    #[arg(long, value_name = "ID", value_parser = client)]
    pub(crate) client: String,
    /// Whether the client asks for itself or for a person who uses it
    #[arg(long, default_value = "application")]
    pub(crate) kind: CallerKind,
    /// Of a person: the pseudonym under which the client knows them
    #[arg(long, value_name = "ID", value_parser = id, required_if_eq("kind", "person"))]
    pub(crate) subject: Option<String>,
    /// What the client may do, such as deployments:write; once for each
    #[arg(long = "scope", value_name = "S", value_parser = scope)]
    pub(crate) scopes: Vec<String>,
    /// A territory that its rights reach, such as ACA-04; once for each. Without territory and project they reach nothing
    #[arg(long = "territory", value_name = "ID")]
    pub(crate) territories: Vec<TerritoryId>,
    /// An ENT project that its rights reach, such as argos; once for each
    #[arg(long = "project", value_name = "ID", value_parser = slug)]
    pub(crate) projects: Vec<String>,
    /// A kind of establishment that its rights are narrowed to; once for each
    #[arg(long = "establishment-kind", value_name = "KIND", value_parser = kinds())]
    pub(crate) kinds: Vec<EstablishmentKind>,
    /// The legal status that its rights are narrowed to
    #[arg(long, value_name = "STATUS", value_parser = status())]
    pub(crate) legal_status: Option<LegalStatus>,
    /// How long it is good, such as 30m, 12h or 7days; 30 days at most
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = lifetime)]
    pub(crate) ttl: Duration,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The client: an unknown one lists them
    pub(crate) client: String,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Who may be made known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CallerKind {
    /// The client itself
    Application,
    /// A person who uses it
    Person,
}

/// The longest id of a client or a person.
const MAX_ID: usize = 200;

/// An id as OAuth has it: letters, digits and signs, no spaces.
fn id(text: &str) -> Result<String, String> {
    let plain = !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| text.to_owned()).ok_or_else(|| format!("write up to {MAX_ID} letters, digits and signs, no spaces"))
}

/// A client of ours: its name is none that a client of another issuer has here.
fn client(text: &str) -> Result<String, String> {
    let own = id(text)?;
    if own.contains(FOREIGN) {
        return Err(format!("{FOREIGN} stands in the names of other issuers' clients; write another sign"));
    }
    Ok(own)
}

/// A scope as OAuth has it (RFC 6749, 3.3).
fn scope(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    let plain = !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(allowed);
    plain
        .then(|| text.to_owned())
        .ok_or_else(|| "write one scope, such as deployments:write; --scope again for more".to_owned())
}

fn slug(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let plain = !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(allowed);
    plain
        .then(|| text.to_owned())
        .ok_or_else(|| "a project is written in lower-case letters, digits and hyphens".to_owned())
}

/// The known names are told, and the nearest of them, by the parser of the command line itself.
fn kinds() -> impl TypedValueParser<Value = EstablishmentKind> {
    PossibleValuesParser::new(EstablishmentKind::ALL.iter().map(|kind| kind.as_str()))
        .try_map(|name| EstablishmentKind::parse(&name).ok_or("no such kind"))
}

fn status() -> impl TypedValueParser<Value = LegalStatus> {
    PossibleValuesParser::new(LegalStatus::ALL.iter().map(|status| status.as_str()))
        .try_map(|name| LegalStatus::parse(&name).ok_or("no such status"))
}

fn lifetime(text: &str) -> Result<Duration, String> {
    let life = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if life < Duration::from_secs(1) {
        return Err("a token must be good for a second at least".to_owned());
    }
    if LONGEST.to_std().is_ok_and(|longest| life > longest) {
        return Err(format!("a token is good for {} days at most", LONGEST.num_days()));
    }
    Ok(life)
}
