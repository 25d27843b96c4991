//! `passerelle token`: access tokens of this installation's own issuer.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use chrono::TimeDelta;
use kernel::{Clock, Perimeter};
use service_kit::access_token::{Grant, Issuer};

use crate::cli::{CallerKind, Common, Demo, Issue, TokenCommand};
use crate::config::{Config, Flags};
use crate::demo::clients::{self, Client};
use crate::{fill, house, say};

/// How long a token of the demonstration is good.
const DEMO: Duration = Duration::from_hours(24);

/// Makes a token.
pub(super) fn run(command: TokenCommand) -> anyhow::Result<ExitCode> {
    let token = match command {
        TokenCommand::Issue(issue) => issued(issue)?,
        TokenCommand::Demo(demo) => demonstrated(demo)?,
    };
    say::answer(&token);
    Ok(ExitCode::SUCCESS)
}

fn issued(issue: Issue) -> anyhow::Result<String> {
    ensure!(
        issue.kind == CallerKind::Person || issue.subject.is_none(),
        "--subject names a person: add --kind person, or leave it out"
    );
    let config = Config::load(&issue.common, &Flags::default())?;
    let perimeter = Perimeter {
        territories: issue.territories.iter().map(ToString::to_string).collect(),
        kinds: BTreeSet::from_iter(issue.kinds),
        legal_status: BTreeSet::from_iter(issue.legal_status),
        projects: BTreeSet::from_iter(issue.projects),
    };
    let scopes = BTreeSet::from_iter(issue.scopes);
    sign(&config, &Grant { client: issue.client, subject: issue.subject, scopes, perimeter }, issue.ttl)
}

fn demonstrated(demo: Demo) -> anyhow::Result<String> {
    let common = Common { data: Some(demo.common.data.unwrap_or_else(|| fill::FOLDER.into())), ..demo.common };
    let Some(client) = clients::find(&demo.client) else {
        let known: Vec<&str> = clients::ALL.iter().map(|client| client.id).collect();
        bail!("the demonstration has no client {:?}; it has {}", demo.client, known.join(", "));
    };
    let config = Config::load(&common, &Flags::default())?;
    let data = &config.storage.data;
    ensure!(
        fill::is_demo(data),
        "{} is no demonstration: `passerelle serve --demo` makes one, --data names another directory",
        data.display()
    );
    sign(&config, &grant(client), DEMO)
}

fn grant(client: &Client) -> Grant {
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let perimeter =
        Perimeter { territories: set(client.territories), projects: set(client.projects), ..Perimeter::default() };
    Grant { client: client.id.to_owned(), subject: None, scopes: set(client.scopes), perimeter }
}

fn sign(config: &Config, grant: &Grant, life: Duration) -> anyhow::Result<String> {
    let files = house::issuer_keys(config)?;
    ensure!(
        files.private.exists(),
        "{} lies here without its private half: tokens are made where {} is",
        files.public.display(),
        files.private.display()
    );
    let life = TimeDelta::from_std(life).context("the token would live too long")?;
    Ok(Issuer::from_file(&files.private, Clock::System)?.issue(grant, life))
}
