//! Filling a demonstration's data directory, through the same imports as everybody's.

mod people;
mod productions;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use events::Worker;
use kernel::Clock;

use crate::cli::ImportKind;
use crate::commands::import::import_file;
use crate::config::Config;
use crate::demo;
use crate::house::{self, House};
use crate::say;

/// Where a demonstration lies unless another directory is named.
pub(crate) const FOLDER: &str = "./passerelle-demo";

const NAME: &str = "demo.marker";
const FILLED: &str = "the demonstration's data is complete\n";
const FILLING: &str = "the demonstration's data is being imported\n";

/// Whether a data directory is a demonstration's.
pub(crate) fn is_demo(data: &Path) -> bool {
    data.join(NAME).is_file()
}

/// The file that says that a data directory is a demonstration's.
#[derive(Debug)]
pub(crate) struct Marker {
    path: PathBuf,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The directory was empty.
    New,
    /// An import was begun.
    Filling,
    /// Everything was imported.
    Filled,
}

impl Marker {
    /// Takes a directory for the demonstration: it must be empty, or one already.
    pub(crate) fn claim(data: &Path) -> anyhow::Result<Self> {
        let path = data.join(NAME);
        if let Ok(text) = std::fs::read_to_string(&path) {
            let state = if text == FILLED { State::Filled } else { State::Filling };
            return Ok(Self { path, state });
        }
        std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        let mut entries = std::fs::read_dir(data).with_context(|| format!("cannot read {}", data.display()))?;
        if entries.next().is_some() {
            bail!(
                "--demo fills an empty directory, and {} holds something else; --data takes another one",
                data.display()
            );
        }
        Ok(Self { path, state: State::New })
    }

    /// Notes that the import begins. The database may lie elsewhere than the directory: it must be empty too.
    pub(crate) async fn begin(&self, house: &House) -> anyhow::Result<()> {
        if self.state == State::New && !house.establishments.is_empty().await? {
            bail!("--demo fills an empty database, and this one holds establishments; database.url names another one");
        }
        std::fs::write(&self.path, FILLING).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Whether everything was imported.
    pub(crate) fn is_filled(&self) -> bool {
        self.state == State::Filled
    }

    /// Everything was imported: a second start imports nothing.
    pub(crate) fn filled(self) -> anyhow::Result<()> {
        std::fs::write(&self.path, FILLED).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Generates the demonstration's files and imports them; then its people and what they make.
pub(crate) async fn fill(house: &House, config: &Config, worker: &Worker) -> anyhow::Result<()> {
    say::progress("filling the demonstration's data, once");
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let files = demo::write(folder.path()).context("cannot write the demonstration's files")?;
    let options = establishments::ImportOptions { clock: Clock::System, ..Default::default() };
    let steps = [
        (ImportKind::Annuaire, &files.annuaire),
        (ImportKind::Sectors, &files.sectors),
        (ImportKind::Intercommunalites, &files.intercommunalites),
        (ImportKind::Deployments, &files.organisations),
        (ImportKind::Deployments, &files.projects),
        (ImportKind::Deployments, &files.deployments),
        (ImportKind::Indicators, &files.observations),
        (ImportKind::Indicators, &files.targets),
    ];
    for (kind, file) in steps {
        let report = import_file(house, kind, file, &options).await?;
        // What the indicators check observations against must have arrived.
        house.deliver(worker).await?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        say::progress(&format!("  {name}: {} rows", report.rows));
        if report.refused > 0 {
            bail!("{} rows of the demonstration's {name} were refused: this build is faulty", report.refused);
        }
    }
    let (everybody, ids) = people::fill(house, &house::secrets(config)?, Clock::System).await?;
    // Productions take in whom the service of people has told of.
    house.deliver(worker).await?;
    productions::fill(&house.productions, &house::content(config)?, &everybody, &ids).await?;
    house.deliver(worker).await?;
    house.analyze().await
}
