//! The configuration file.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use loqui_core::Error;
use serde::{Deserialize, Deserializer};

use super::server::{LogFormat, MetricsAccess, Registration};
use crate::code;
use crate::failure::Failure;

/// The settings of a configuration file, none of them secret. An unknown name is an error.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct File {
    pub(super) data_dir: Option<PathBuf>,
    pub(super) models_dir: Option<PathBuf>,
    pub(super) database_url: Option<String>,
    pub(super) storage_url: Option<String>,
    pub(super) engine: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) cog_url: Option<String>,
    pub(super) openai_url: Option<String>,
    pub(super) openai_model: Option<String>,
    pub(super) openai_server: Option<String>,
    pub(super) openai_voices: Option<BTreeMap<String, String>>,
    #[serde(deserialize_with = "not_negative")]
    pub(super) openai_usd_per_1000_characters: Option<f64>,
    pub(super) public_url: Option<String>,
    #[serde(deserialize_with = "not_negative")]
    pub(super) budget_usd: Option<f64>,
    #[serde(deserialize_with = "not_negative")]
    pub(super) budget_total_usd: Option<f64>,
    #[serde(deserialize_with = "not_negative")]
    pub(super) budget_day_usd: Option<f64>,
    #[serde(deserialize_with = "not_negative")]
    pub(super) budget_owner_usd: Option<f64>,
    #[serde(deserialize_with = "not_negative")]
    pub(super) budget_owner_day_usd: Option<f64>,
    #[serde(rename = "keep_days", deserialize_with = "days")]
    pub(super) keep_generations: Option<Duration>,
    #[serde(rename = "keep_takes_days", deserialize_with = "days")]
    pub(super) keep_takes: Option<Duration>,
    pub(super) require_consent: Option<bool>,
    #[serde(rename = "cancel_grace_seconds", deserialize_with = "seconds")]
    pub(super) cancel_grace: Option<Duration>,
    pub(super) consent_declared: Option<bool>,

    pub(super) addr: Option<SocketAddr>,
    pub(super) leave_to_workers: Option<bool>,
    pub(super) registration: Option<Registration>,
    pub(super) metrics: Option<MetricsAccess>,
    pub(super) max_upload_bytes: Option<u64>,
    pub(super) max_script_characters: Option<usize>,
    pub(super) max_document_bytes: Option<u64>,
    pub(super) max_document_characters: Option<usize>,
    pub(super) max_unfinished_per_user: Option<u32>,
    pub(super) max_storage_bytes_per_user: Option<u64>,
    pub(super) token_lifetime_seconds: Option<u64>,
    pub(super) max_connections: Option<usize>,
    pub(super) trusted_proxies: Option<Vec<IpAddr>>,
    pub(super) shutdown_grace_seconds: Option<u64>,
    pub(super) log_format: Option<LogFormat>,
    pub(super) base_path: Option<String>,
    pub(super) cors_origins: Option<Vec<String>>,
    pub(super) cors_credentials: Option<bool>,
    pub(super) voice_aliases: Option<BTreeMap<String, String>>,
    pub(super) public_voices_of: Option<String>,
}

impl File {
    /// Returns the voices of the engine openai as the environment has them.
    pub(super) fn openai_voices(&self) -> Option<String> {
        let voices = self.openai_voices.as_ref()?;
        let pairs: Vec<String> = voices
            .iter()
            .map(|(sample, voice)| format!("{sample}={voice}"))
            .collect();
        Some(pairs.join(","))
    }

    /// Reads the file at `path`; without a path there are no settings.
    ///
    /// # Errors
    ///
    /// `usage` if the file cannot be read or contains an unknown or invalid setting.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let invalid = |source: Box<dyn std::error::Error + Send + Sync>| {
            Failure::wrong_use(
                Error::new(&code::USAGE, format!("invalid configuration file {}", path.display()))
                    .with_hint("deploy/loqui.toml in the repository lists all settings.")
                    .with_source(source),
            )
        };
        let text = std::fs::read_to_string(path).map_err(|error| invalid(error.into()))?;
        toml::from_str(&text).map_err(|error| invalid(error.into()))
    }
}

fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number.is_finite() && number >= 0.0 {
        Ok(Some(number))
    } else {
        Err(serde::de::Error::custom("it must be a number that is not negative"))
    }
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let days = not_negative(deserializer)?;
    Ok(days.and_then(|days| Duration::try_from_secs_f64(days * 86_400.0).ok()))
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let seconds = not_negative(deserializer)?;
    Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_file_contains_every_setting() {
        let text = include_str!("../../../deploy/loqui.toml");
        let uncommented: String = text
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let file: File = toml::from_str(&uncommented).unwrap();
        let debug = format!("{file:?}");
        assert!(!debug.contains("None"), "{debug}");
        toml::from_str::<File>(text).unwrap();
    }

    #[test]
    fn unknown_settings_and_negative_numbers_are_refused() {
        for text in ["budget = 1", "budget_usd = -1", "keep_days = nan", "token = 'r8_x'"] {
            toml::from_str::<File>(text).unwrap_err();
        }
        let file: File = toml::from_str("keep_days = 2\nbudget_usd = 0.5").unwrap();
        assert_eq!(file.keep_generations, Some(Duration::from_hours(48)));
        assert_eq!(file.budget_usd, Some(0.5));
    }

    #[test]
    fn damaged_file_is_read_or_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loqui.toml");
        let text =
            "addr = \"127.0.0.1:9000\"\ntrusted_proxies = [\"::1\"]\nmax_upload_bytes = 10\nregistration = \"open\"\n";
        let (mut accepted, mut refused) = (0, 0);
        for location in 0..=text.len() {
            for damage in [&b""[..], b"\0", b"\"", b"[[", b"99999999999999999999", b"=", b"\xff"] {
                let mut bytes = text.as_bytes().to_vec();
                bytes.splice(location..text.len().min(location + 1), damage.iter().copied());
                std::fs::write(&path, bytes).unwrap();
                match File::read(Some(&path)) {
                    Ok(_) => accepted += 1,
                    Err(failure) => {
                        refused += 1;
                        let message = failure.error().to_string();
                        assert!(message.starts_with("invalid configuration file "), "{message}");
                        assert!(message.ends_with("loqui.toml"), "{message}");
                    }
                }
            }
        }
        assert!(
            accepted > 0 && refused > accepted,
            "{accepted} accepted, {refused} refused"
        );
    }
}
