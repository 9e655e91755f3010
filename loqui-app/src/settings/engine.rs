//! The choice of the engine. A failure never changes it.

use std::path::Path;
use std::str::FromStr;

use loqui_core::Error;
use loqui_pocket::models::{Installed, Models};

use crate::code;
use crate::failure::Failure;

const OFFLINE: &str = "the offline voice: an English voice matched to the sample in pitch, formants and tone, not the voice of the sample";
const POCKET: &str = "the engine pocket, which clones the voice of the sample on this machine";

/// The flag of commands that start generations.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct EngineFlags {
    /// Engine: auto, replicate, pocket, offline, cog or openai. `auto` is Replicate if a token is set, otherwise pocket if a model is
    /// installed (`loqui models`), otherwise offline [default: auto]
    #[arg(long, env = "LOQUI_ENGINE")]
    pub(crate) engine: Option<String>,
}

/// An engine that can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Replicate if a token is set, otherwise pocket if a model is installed, otherwise offline.
    #[default]
    Auto,
    Replicate,
    Pocket,
    Offline,
    Cog,
    OpenAi,
}

/// What `auto` depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Available<'a> {
    pub(super) token: bool,
    /// The folder of models. It is read only if the choice depends on it.
    pub(super) models: &'a Path,
}

impl Available<'_> {
    /// Whether a model that clones voices is installed. A folder that cannot be read has none.
    fn has_model(&self) -> bool {
        let listing = Models::new(self.models).list().unwrap_or_default();
        listing.installed.iter().any(Installed::clones_voices)
    }
}

impl Engine {
    /// Returns the library's name of the engine.
    pub(super) fn name(self, available: Available<'_>) -> &'static str {
        match self {
            Self::Replicate => "replicate",
            Self::Auto if available.token => "replicate",
            Self::Pocket => "pocket",
            Self::Auto if available.has_model() => "pocket",
            Self::Auto | Self::Offline => "offline",
            Self::Cog => "cog",
            Self::OpenAi => "openai",
        }
    }

    /// Returns the notice to print before speech is generated, if the engine runs on this machine.
    pub(super) fn notice(self, available: Available<'_>) -> Option<String> {
        let using = match self.name(available) {
            "offline" => OFFLINE,
            "pocket" => POCKET,
            _ => return None,
        };
        Some(match (self, using) {
            (Self::Auto, POCKET) => format!("No REPLICATE_API_TOKEN is set: using {using}."),
            (Self::Auto, _) => format!("No REPLICATE_API_TOKEN is set and no model is installed: using {using}."),
            _ => format!("Using {using}."),
        })
    }
}

impl FromStr for Engine {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self, Failure> {
        match name {
            "auto" => Ok(Self::Auto),
            "replicate" => Ok(Self::Replicate),
            "pocket" => Ok(Self::Pocket),
            "offline" => Ok(Self::Offline),
            "cog" => Ok(Self::Cog),
            "openai" => Ok(Self::OpenAi),
            other => Err(Failure::wrong_use(Error::new(
                &code::ENGINE_UNKNOWN,
                format!("unknown engine {other:?}"),
            ))),
        }
    }
}
