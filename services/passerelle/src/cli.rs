//! The command line.

mod token;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use kernel::{SchoolYear, TerritoryId};

pub(crate) use token::{CallerKind, Demo, Issue, TokenCommand};

/// One GraphQL API over the ENTs and the identity services of French schools.
#[derive(Debug, Parser)]
#[command(name = "passerelle", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Common {
    /// Where databases, keys and files lie [default: ./passerelle-data, for a demonstration ./passerelle-demo]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A configuration file in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the gateway and every service in one process
    Serve(Serve),
    /// Run the gateway alone, over HTTP
    Gateway(GatewayRole),
    /// Run one service alone
    Subgraph(SubgraphRole),
    /// Take files in
    Import(Import),
    /// Read directories
    Sync {
        #[command(subcommand)]
        command: SyncCommand,
    },
    /// Go over to a school year: find the pupils of CM2 again in 6e, and say who is missing
    Transition(Transition),
    /// Notice whoever has left, and erase whose notice has run out
    Retention(Retention),
    /// Who administers this installation
    Administrator {
        #[command(subcommand)]
        command: AdministratorCommand,
    },
    /// Bring the tables of every service up to date
    Migrate(Common),
    /// What services keep of each other's events
    Projections {
        #[command(subcommand)]
        command: ProjectionsCommand,
    },
    /// Access tokens, by which callers are known
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// The schemas that this binary holds
    Schema {
        #[command(subcommand)]
        command: SchemaCommand,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:4000]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Fill an empty data directory with the demonstration's data
    #[arg(long)]
    pub(crate) demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct GatewayRole {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:4000]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// A composed supergraph in place of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) supergraph: Option<PathBuf>,
    /// The address of a subgraph, in place of the supergraph's
    #[arg(long = "subgraph", value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) subgraphs: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct SubgraphRole {
    /// Which service
    pub(crate) name: Service,
    #[command(flatten)]
    pub(crate) common: Common,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// The gateway's public key [default: keys/gateway.pub.pem of the data directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) gateway_key: Option<PathBuf>,
}

/// A service of this house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// Directory, territories, ENT projects
    Establishments,
    /// People, affiliations, pseudonyms
    Users,
    /// Productions and their content
    Productions,
    /// Indicators
    Activation,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// What the files are
    pub(crate) kind: ImportKind,
    /// The files, in order
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
    /// The date that the file speaks of [default: its newest line date; of aaf, that of its name] (annuaire, aaf)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// The file holds every establishment of this territory: who is missing has closed (annuaire)
    #[arg(long, value_name = "TERRITORY")]
    pub(crate) complete: Option<TerritoryId>,
    /// Do everything and keep nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) people: OfPeople,
}

/// What only feeds of people take.
#[derive(Debug, Default, Args)]
pub(crate) struct OfPeople {
    /// The académie of files that do not say it (aaf)
    #[arg(long, value_name = "ACADEMY")]
    pub(crate) academy: Option<TerritoryId>,
    /// The degree of files that do not say it (aaf)
    #[arg(long, value_name = "1D|2D")]
    pub(crate) degree: Option<Degree>,
    /// An establishment whose people may go, however many; all: every one (aaf)
    #[arg(long, value_name = "UAI")]
    pub(crate) accept_removals: Vec<String>,
}

/// A degree of teaching, as feeds write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Degree {
    /// Premier degré
    #[value(name = "1D", alias = "1d")]
    First,
    /// Second degré
    #[value(name = "2D", alias = "2d")]
    Second,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SyncCommand {
    /// The directories of ENTs that the configuration names
    Ldap(SyncLdap),
}

#[derive(Debug, Args)]
pub(crate) struct SyncLdap {
    #[command(flatten)]
    pub(crate) common: Common,
    /// This directory alone [default: all of the configuration]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Everybody, and not only what changed: then, too, who has gone is found out
    #[arg(long)]
    pub(crate) full: bool,
    /// An establishment whose people may go, however many; all: every one
    #[arg(long, value_name = "UAI")]
    pub(crate) accept_removals: Vec<String>,
    /// Do everything and keep nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Transition {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The school year that begins, such as 2019-2020
    #[arg(long, value_name = "YEAR")]
    pub(crate) school_year: SchoolYear,
    /// Do everything and keep nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Retention {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Say how many, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdministratorCommand {
    /// Make somebody an administrator, by what a system calls them
    Add(WhichAdministrator),
    /// Take that away
    Remove(WhichAdministrator),
}

#[derive(Debug, Args)]
pub(crate) struct WhichAdministrator {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The system, such as oidc:guichet
    #[arg(long)]
    pub(crate) system: String,
    /// What it calls them, such as the subject of their account
    #[arg(long)]
    pub(crate) value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportKind {
    /// People of an académie: AAF files, complete or delta, of either degree
    Aaf,
    /// The official directory of establishments
    Annuaire,
    /// The carte scolaire: in the sector of which collège each école lies
    Sectors,
    /// INSEE's table of communes and their intercommunalités
    Intercommunalites,
    /// Organisations, ENT projects and deployments
    Deployments,
    /// Observations and targets of indicators
    Indicators,
}

impl Service {
    /// The service's name, as databases and events have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Establishments => establishments::NAME,
            Self::Users => users::NAME,
            Self::Productions => productions::NAME,
            Self::Activation => activation::NAME,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectionsCommand {
    /// Make a service's projection anew out of all events of the services that it follows
    Rebuild {
        /// Which service
        service: Service,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the effective configuration, secrets hidden, or say what is wrong with it
    Check(Common),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Print a schema
    Print {
        /// Which one
        #[arg(default_value = "public")]
        which: WhichSchema,
    },
    /// Check that the composed supergraph is that of this binary's code
    Check,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhichSchema {
    /// What clients see
    Public,
    /// What the gateway plans over
    Supergraph,
    /// The subgraph of establishments
    Establishments,
    /// The subgraph of people
    Users,
    /// The subgraph of productions
    Productions,
    /// The subgraph of indicators
    Activation,
}

fn name_and_url(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, url)) if !name.is_empty() && !url.is_empty() => Ok((name.to_owned(), url.to_owned())),
        _ => Err("write NAME=URL, such as activation=http://127.0.0.1:4102".to_owned()),
    }
}
