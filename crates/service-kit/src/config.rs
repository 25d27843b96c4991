//! Configuration in layers: defaults, file, environment (`PASSERELLE__SECTION__KEY`), flags. The last one wins.
//!
//! A key that nobody knows is refused, and the nearest known one is named. Values are read once, at start, and
//! handed on by value.

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What environment variables begin with; sections and keys are parted by two underscores.
pub const ENV_PREFIX: &str = "PASSERELLE__";

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named is not there.
    #[error("there is no configuration file {0}")]
    Missing(PathBuf),
    /// A key that nobody knows.
    #[error("{origin}: unknown key `{key}`; {hint}")]
    UnknownKey {
        /// The key, with its section.
        key: String,
        /// File, environment or flags.
        origin: String,
        /// The nearest known key, or all of them.
        hint: String,
    },
    /// Any other fault.
    #[error("{origin}: {message}")]
    Invalid {
        /// File, environment or flags.
        origin: String,
        /// What is wrong, and where.
        message: String,
    },
}

/// Reads a configuration: `T`'s defaults, then `file`, then the environment, then `flags` (an object of the same
/// shape that holds only what was given).
///
/// # Errors
/// When the file is missing, a key is unknown, or a value is not of its type.
pub fn load<T>(file: Option<&Path>, flags: &impl Serialize) -> Result<T, ConfigError>
where
    T: Default + Serialize + DeserializeOwned,
{
    let mut figment = Figment::from(Serialized::defaults(T::default()));
    if let Some(path) = file {
        if !path.is_file() {
            return Err(ConfigError::Missing(path.to_owned()));
        }
        figment = figment.merge(Toml::file_exact(path));
    }
    let figment = figment.merge(Env::prefixed(ENV_PREFIX).split("__")).merge(Serialized::defaults(flags));
    figment.extract().map_err(|error| explain(&error))
}

fn explain(error: &figment::Error) -> ConfigError {
    let path = error.path.join(".");
    let origin = error.metadata.as_ref().map_or_else(
        || "configuration".to_owned(),
        |metadata| match &metadata.source {
            Some(figment::Source::File(file)) => file.display().to_string(),
            _ => metadata.name.to_string(),
        },
    );
    match &error.kind {
        Kind::UnknownField(name, known) => {
            // The path ends in the unknown key itself where figment knows it.
            let section = error.path.iter().filter(|part| *part != name).cloned().collect::<Vec<_>>().join(".");
            let prefix = if section.is_empty() { String::new() } else { format!("{section}.") };
            let nearest =
                known.iter().max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
            let hint = match nearest {
                Some(nearest) => format!("did you mean `{prefix}{nearest}`? Known here: {}", known.join(", ")),
                None => "this section has no keys".to_owned(),
            };
            ConfigError::UnknownKey { key: format!("{prefix}{name}"), origin, hint }
        }
        // Never the value itself: it may be a password that stands in the wrong place.
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            ConfigError::Invalid { origin, message: format!("`{path}`: expected {expected}") }
        }
        Kind::UnknownVariant(_, known) => {
            ConfigError::Invalid { origin, message: format!("`{path}`: expected one of {}", known.join(", ")) }
        }
        kind => {
            let place = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
            ConfigError::Invalid { origin, message: format!("{place}{}", without_source(&kind.to_string())) }
        }
    }
}

/// A message of the TOML parser in one line, without the line of the file that it quotes: that may be a secret's.
fn without_source(message: &str) -> String {
    let quotes = |line: &&str| {
        line.split_once('|').is_some_and(|(before, _)| before.trim().bytes().all(|byte| byte.is_ascii_digit()))
    };
    message.lines().filter(|line| !quotes(line)).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Sample {
        gateway: Section,
    }

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Section {
        listen: String,
        #[serde(with = "humantime_serde")]
        timeout: Duration,
    }

    impl Default for Section {
        fn default() -> Self {
            Self { listen: "127.0.0.1:4000".to_owned(), timeout: Duration::from_secs(5) }
        }
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        file
    }

    #[test]
    fn later_layers_win() {
        let file = file("[gateway]\nlisten = \"0.0.0.0:1\"\ntimeout = \"2s\"\n");
        let flags = serde_json::json!({ "gateway": { "listen": "0.0.0.0:2" } });
        let config: Sample = load(Some(file.path()), &flags).expect("a configuration");
        assert_eq!(config.gateway.listen, "0.0.0.0:2");
        assert_eq!(config.gateway.timeout, Duration::from_secs(2));
    }

    #[test]
    fn an_unknown_key_is_refused_and_the_nearest_one_named() {
        let file = file("[gateway]\nlitsen = \"0.0.0.0:1\"\n");
        let error = load::<Sample>(Some(file.path()), &serde_json::json!({})).expect_err("refused").to_string();
        assert!(
            error.contains("unknown key `gateway.litsen`") && error.contains("did you mean `gateway.listen`?"),
            "{error}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named_with_its_place() {
        let file = file("[gateway]\ntimeout = 3\n");
        let error = load::<Sample>(Some(file.path()), &serde_json::json!({})).expect_err("refused").to_string();
        assert!(error.contains("gateway.timeout"), "{error}");
    }

    #[test]
    fn a_file_that_does_not_parse_is_told_without_what_is_in_it() {
        let file = file("[gateway]\ntoken = \"hunter2\nlisten = 1\n");
        let error = load::<Sample>(Some(file.path()), &serde_json::json!({})).expect_err("refused").to_string();
        assert!(error.contains("line 2") && error.lines().count() == 1, "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}
