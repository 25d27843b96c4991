//! Feeds of people: `import aaf` and `sync ldap`; and what time does to people: `transition` and `retention`.

use std::process::ExitCode;

use anyhow::{anyhow, ensure};
use events::Worker;
use import::{Outcome, Report};
use kernel::{Clock, Fault};

use super::import::{SOME_REFUSED, close};
use crate::cli::{
    AdministratorCommand, Degree, Import, Retention, SyncCommand, SyncLdap, Transition, WhichAdministrator,
};
use crate::config::{Config, Flags};
use crate::house::{self, House};
use crate::say;

/// Imports files of AAF.
pub(super) async fn import(house: &House, config: &Config, command: &Import) -> anyhow::Result<ExitCode> {
    if let Some(academy) = &command.people.academy {
        let academy = academy.to_string();
        ensure!(academy.starts_with("ACA-"), "--academy: {academy} is no académie; write it like ACA-04");
    }
    let options = users::AafOptions {
        academy: command.people.academy.as_ref().map(ToString::to_string),
        degree: command.people.degree.map(|degree| match degree {
            Degree::First => users::FeedDegree::First,
            Degree::Second => users::FeedDegree::Second,
        }),
        as_of: command.as_of,
        accept_removals: command.people.accept_removals.clone(),
        max_removed_share: config.users.feeds.max_removed_share,
        dry_run: command.dry_run,
        clock: Clock::System,
    };
    let secrets = house::secrets(config)?;
    let imported =
        users::import_aaf(&house.users, &secrets, &command.files, &options, |line: &str| say::progress(line));
    let imported = imported.await?;
    Ok(told(&imported.reports, &imported.questions))
}

/// `passerelle sync ldap`.
pub(super) async fn sync(command: SyncCommand) -> anyhow::Result<ExitCode> {
    let SyncCommand::Ldap(command) = command;
    let config = Config::load(&command.common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let directories = chosen(&config, &command)?;
    let house = House::open(&config).await?;
    let worker = Worker::new(Clock::System);
    house.deliver(&worker).await?;
    let secrets = house::secrets(&config)?;
    let options = users::LdapOptions {
        full: command.full,
        accept_removals: command.accept_removals.clone(),
        max_removed_share: config.users.feeds.max_removed_share,
        dry_run: command.dry_run,
        clock: Clock::System,
    };
    let (mut reports, mut questions, mut failed) = (Vec::new(), Vec::new(), 0);
    for directory in directories {
        match users::sync_ldap(&house.users, &secrets, directory, &options, |line: &str| say::progress(line)).await {
            Ok(read) => {
                reports.push(read.report);
                questions.extend(read.questions);
            }
            // The other directories are read all the same.
            Err(error) => {
                say::problem(&format!("{}: {:#}", directory.name, anyhow!(error)));
                failed += 1;
            }
        }
    }
    let mut code = told(&reports, &questions);
    if failed > 0 {
        code = if reports.is_empty() { ExitCode::FAILURE } else { ExitCode::from(SOME_REFUSED) };
    }
    close(&house, &worker, command.dry_run, code).await
}

fn chosen<'a>(config: &'a Config, command: &SyncLdap) -> anyhow::Result<Vec<&'a users::LdapConfig>> {
    let all = &config.users.ldap;
    ensure!(!all.is_empty(), "no directory is configured: add one under [[users.ldap]]");
    let named = |one: &&users::LdapConfig| command.name.as_ref().is_none_or(|name| *name == one.name);
    let chosen: Vec<_> = all.iter().filter(named).collect();
    let known = || all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    ensure!(!chosen.is_empty(), "no directory is called so; there are: {}", known());
    Ok(chosen)
}

/// `passerelle transition`.
pub(super) async fn transition(command: Transition) -> anyhow::Result<ExitCode> {
    let config = Config::load(&command.common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let house = House::open(&config).await?;
    let worker = Worker::new(Clock::System);
    let done = users::transition(&house.users, &Clock::System, command.school_year, command.dry_run).await;
    let done = done.map_err(|fault| caused(&fault))?;
    say::answer(&format!(
        "{}: {} pupils were in CM2 the year before, {} of them are known now, {} are missing; {} people merged, {} proposed for merging",
        command.school_year,
        done.leaving,
        done.arrived,
        done.missing(),
        done.merged,
        done.proposed
    ));
    close(&house, &worker, command.dry_run, ExitCode::SUCCESS).await
}

/// `passerelle retention`.
pub(super) async fn retention(command: Retention) -> anyhow::Result<ExitCode> {
    let config = Config::load(&command.common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let house = House::open(&config).await?;
    let worker = Worker::new(Clock::System);
    let options = users::RetentionOptions {
        grace_days: config.users.retention.grace_days,
        notice_days: config.users.retention.notice_days,
        dry_run: command.dry_run,
        clock: Clock::System,
    };
    let done = users::retain(&house.users, &options).await.map_err(|fault| caused(&fault))?;
    say::answer(&format!(
        "{} people have left and are noticed, {} came back, {} were erased",
        done.noticed, done.returned, done.erased
    ));
    close(&house, &worker, command.dry_run, ExitCode::SUCCESS).await
}

/// `passerelle administrator`.
pub(super) async fn administrator(command: AdministratorCommand) -> anyhow::Result<ExitCode> {
    let (which, add) = match command {
        AdministratorCommand::Add(which) => (which, true),
        AdministratorCommand::Remove(which) => (which, false),
    };
    let WhichAdministrator { common, system, value } = which;
    ensure!(!system.trim().is_empty() && !value.trim().is_empty(), "--system and --value: write neither empty");
    let config = Config::load(&common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let store = users::open(&config.target(users::NAME)?).await?;
    let changed =
        users::set_administrator(&store, &Clock::System, &system, &value, add).await.map_err(|fault| caused(&fault))?;
    store.db().close().await;
    say::answer(match (add, changed) {
        (true, true) => "an administrator from now on",
        (true, false) => "an administrator already",
        (false, true) => "no administrator any more",
        (false, false) => "no administrator before",
    });
    Ok(ExitCode::SUCCESS)
}

fn caused(fault: &Fault) -> anyhow::Error {
    anyhow!(fault.cause_chain().unwrap_or_else(|| fault.to_string()))
}

/// Says what was done, and what is asked.
fn told(reports: &[Report], questions: &[String]) -> ExitCode {
    for report in reports {
        say::answer(&report.to_string());
    }
    for question in questions {
        say::problem(question);
    }
    let whole = questions.is_empty() && reports.iter().all(|report| report.outcome() == Outcome::Complete);
    if whole { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) }
}
