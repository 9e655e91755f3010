//! The choice of the engine. A failure never changes it.

use std::str::FromStr;

use loqui_core::Error;

use crate::code;
use crate::failure::Failure;

const OFFLINE: &str = "the offline voice: an English voice matched to the sample in pitch, formants and tone, not the voice of the sample";

/// The flag of commands that start generations.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct EngineFlags {
    /// Engine: auto, replicate, offline or cog. `auto` is Replicate if a token is set, otherwise offline
    /// [default: auto]
    #[arg(long, env = "LOQUI_ENGINE")]
    pub(crate) engine: Option<String>,
}

/// An engine that can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Replicate if a token is set, otherwise offline.
    #[default]
    Auto,
    Replicate,
    Offline,
    Cog,
}

impl Engine {
    /// Returns the library's name of the engine.
    pub(super) fn name(self, has_token: bool) -> &'static str {
        match self {
            Self::Auto if has_token => "replicate",
            Self::Replicate => "replicate",
            Self::Auto | Self::Offline => "offline",
            Self::Cog => "cog",
        }
    }

    /// Returns the notice to print before speech is generated, if the offline voice is used.
    pub(super) fn notice(self, has_token: bool) -> Option<String> {
        match self {
            Self::Auto if !has_token => Some(format!("No REPLICATE_API_TOKEN is set: using {OFFLINE}.")),
            Self::Offline => Some(format!("Using {OFFLINE}.")),
            _ => None,
        }
    }
}

impl FromStr for Engine {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self, Failure> {
        match name {
            "auto" => Ok(Self::Auto),
            "replicate" => Ok(Self::Replicate),
            "offline" => Ok(Self::Offline),
            "cog" => Ok(Self::Cog),
            other => Err(Failure::wrong_use(Error::new(
                &code::ENGINE_UNKNOWN,
                format!("unknown engine {other:?}"),
            ))),
        }
    }
}
