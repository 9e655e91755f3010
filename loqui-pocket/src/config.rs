//! The configuration of a model: sizes, sampler, text rules.

mod builtin;
mod check;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Error;
use builtin::BUILTIN;

/// Configuration of a model, with the fields and names of the YAML files of Kyutai's
/// [pocket-tts](https://github.com/kyutai-labs/pocket-tts), written in JSON.
#[derive(Clone, Debug)]
pub struct Config {
    name: String,
    pub(crate) fields: Fields,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are those of the reference")]
pub(crate) struct Fields {
    pub(crate) flow_lm: FlowLmFields,
    pub(crate) mimi: MimiFields,
    weights_path: Option<String>,
    weights_path_without_voice_cloning: Option<String>,
    #[serde(default)]
    pub(crate) pad_with_spaces_for_short_inputs: bool,
    #[serde(default)]
    pub(crate) remove_semicolons: bool,
    #[serde(default = "yes")]
    pub(crate) append_terminal_punctuation: bool,
    #[serde(default = "yes")]
    pub(crate) capitalize_first_letter: bool,
    #[serde(default)]
    pub(crate) replace_characters: BTreeMap<char, String>,
    pub(crate) model_recommended_frames_after_eos: Option<usize>,
    #[serde(default = "default_temperature")]
    pub(crate) default_temperature: f32,
    #[serde(default = "default_eos_threshold")]
    pub(crate) default_eos_threshold: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowLmFields {
    #[serde(rename = "dtype")]
    _dtype: String,
    pub(crate) flow: FlowFields,
    pub(crate) transformer: FlowLmTransformerFields,
    pub(crate) z_dim: Option<usize>,
    pub(crate) lookup_table: LookupTableFields,
    #[serde(default)]
    pub(crate) insert_bos_before_voice: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowFields {
    pub(crate) dim: usize,
    pub(crate) depth: usize,
    #[serde(default, rename = "type")]
    pub(crate) kind: FlowKind,
}

/// The method by which the flow head turns noise into a latent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlowKind {
    /// [Lagrangian self distillation](https://arxiv.org/abs/2505.18825): the head has two time inputs, the start and
    /// the end of a step.
    #[default]
    Lsd,
    /// Euler steps along a [conditional flow](https://arxiv.org/abs/2210.02747): the head has one time input.
    FlowMatching,
    /// The output of the head is the latent.
    Drifting,
    /// The output of the head is added to the noise.
    Pointwise,
}

impl FlowKind {
    /// Number of time inputs of the head.
    pub(crate) fn times(self) -> usize {
        match self {
            Self::Lsd => 2,
            Self::FlowMatching => 1,
            Self::Drifting | Self::Pointwise => 0,
        }
    }

    /// Number of steps that the head is trained for.
    pub(crate) fn default_steps(self) -> usize {
        match self {
            Self::FlowMatching => 16,
            Self::Lsd | Self::Drifting | Self::Pointwise => 1,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowLmTransformerFields {
    hidden_scale: usize,
    pub(crate) max_period: u32,
    pub(crate) d_model: usize,
    pub(crate) num_heads: usize,
    pub(crate) num_layers: usize,
    attn_dim: Option<usize>,
    num_kv_heads: Option<usize>,
    dim_feedforward: Option<usize>,
}

impl FlowLmTransformerFields {
    pub(crate) fn attention_width(&self) -> usize {
        self.attn_dim.unwrap_or(self.d_model)
    }

    pub(crate) fn key_heads(&self) -> usize {
        self.num_kv_heads.unwrap_or(self.num_heads)
    }

    pub(crate) fn hidden(&self) -> usize {
        self.dim_feedforward
            .unwrap_or_else(|| self.d_model.saturating_mul(self.hidden_scale))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookupTableFields {
    pub(crate) dim: usize,
    pub(crate) n_bins: usize,
    #[serde(rename = "tokenizer")]
    _tokenizer: String,
    tokenizer_path: String,
    pub(crate) rank: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MimiFields {
    #[serde(rename = "dtype")]
    _dtype: String,
    pub(crate) sample_rate: u32,
    pub(crate) channels: usize,
    pub(crate) frame_rate: f64,
    pub(crate) seanet: SeanetFields,
    pub(crate) transformer: MimiTransformerFields,
    pub(crate) quantizer: QuantizerFields,
    inner_dim: Option<usize>,
    outer_dim: Option<usize>,
    decoder_seanet: Option<SeanetFields>,
    decoder_transformer: Option<MimiTransformerFields>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeanetFields {
    pub(crate) dimension: usize,
    pub(crate) channels: usize,
    pub(crate) n_filters: usize,
    pub(crate) n_residual_layers: usize,
    pub(crate) ratios: Vec<usize>,
    pub(crate) kernel_size: usize,
    pub(crate) residual_kernel_size: usize,
    pub(crate) last_kernel_size: usize,
    pub(crate) dilation_base: usize,
    pub(crate) pad_mode: String,
    pub(crate) compress: usize,
}

impl SeanetFields {
    /// Samples of one step of the network.
    pub(crate) fn hop(&self) -> usize {
        self.ratios.iter().fold(1, |hop, &ratio| hop.saturating_mul(ratio))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MimiTransformerFields {
    pub(crate) d_model: usize,
    pub(crate) input_dimension: usize,
    pub(crate) output_dimensions: Vec<usize>,
    pub(crate) num_heads: usize,
    pub(crate) num_layers: usize,
    #[serde(rename = "layer_scale")]
    _layer_scale: f32,
    pub(crate) context: usize,
    #[serde(default = "default_period")]
    pub(crate) max_period: f32,
    pub(crate) dim_feedforward: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuantizerFields {
    /// Values of a latent.
    pub(crate) dimension: usize,
    pub(crate) output_dimension: usize,
}

impl MimiFields {
    pub(crate) fn decoder_seanet(&self) -> &SeanetFields {
        self.decoder_seanet.as_ref().unwrap_or(&self.seanet)
    }

    pub(crate) fn decoder_transformer(&self) -> &MimiTransformerFields {
        self.decoder_transformer.as_ref().unwrap_or(&self.transformer)
    }

    /// Width of the latents that the voice encoder produces.
    pub(crate) fn inner(&self) -> usize {
        self.inner_dim.unwrap_or(self.seanet.dimension)
    }

    pub(crate) fn outer(&self) -> usize {
        self.outer_dim.unwrap_or_else(|| self.decoder_seanet().dimension)
    }

    /// Samples of one latent.
    pub(crate) fn frame(&self) -> usize {
        (f64::from(self.sample_rate) / self.frame_rate) as usize
    }

    /// Steps of the codec's transformers for one latent.
    pub(crate) fn resampling(&self) -> usize {
        self.frame() / self.seanet.hop()
    }
}

fn yes() -> bool {
    true
}

fn default_temperature() -> f32 {
    0.3
}

fn default_eos_threshold() -> f32 {
    -4.0
}

fn default_period() -> f32 {
    10_000.0
}

impl Config {
    /// Returns a built-in configuration, for instance `"english"` or `"english_18m_2026-10"`.
    ///
    /// # Errors
    /// [`Error::UnknownConfig`], which lists the names.
    ///
    /// ```
    /// let config = loqui_pocket::Config::builtin("english_18m_refl_2026-10")?;
    /// assert_eq!(config.sample_rate(), 24_000);
    /// assert_eq!(config.language(), "english");
    /// # Ok::<(), loqui_pocket::Error>(())
    /// ```
    pub fn builtin(name: &str) -> Result<Self, Error> {
        Self::from_json(name, Self::builtin_json(name)?)
    }

    /// Returns the text of a built-in configuration.
    pub(crate) fn builtin_json(name: &str) -> Result<&'static str, Error> {
        match BUILTIN.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => Ok(text),
            None => Err(Error::UnknownConfig {
                name: name.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// Returns the names of the built-in configurations, in alphabetical order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// Parses a configuration with the fields of the reference's YAML files.
    ///
    /// # Errors
    /// [`Error::Config`] for text that is not such a configuration, and for numbers that do not fit together.
    pub fn from_json(name: &str, text: &str) -> Result<Self, Error> {
        let invalid = |reason| Error::Config {
            name: name.to_owned(),
            reason,
        };
        let fields: Fields = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        fields.check().map_err(invalid)?;
        Ok(Self {
            name: name.to_owned(),
            fields,
        })
    }

    /// Reads `config.json` in a model folder, or else takes the built-in configuration named like the folder.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Config`] and [`Error::UnknownConfig`].
    pub fn of_folder(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("config.json");
        let name = std::path::absolute(folder)
            .ok()
            .and_then(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()))
            .unwrap_or_default();
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::from_json(&name, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::builtin(&name),
            Err(source) => Err(Error::Io { path, source }),
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the language: the name up to the first underscore.
    pub fn language(&self) -> &str {
        self.name.split('_').next().unwrap_or_default()
    }

    /// Returns the sample rate of voices and speech, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.fields.mimi.sample_rate
    }

    /// Returns the number of samples in a frame of speech: 80 ms in the published models.
    pub fn frame_samples(&self) -> usize {
        self.fields.mimi.frame()
    }

    /// Returns the temperature that the model is published with.
    pub fn default_temperature(&self) -> f32 {
        self.fields.default_temperature
    }

    /// Returns where the weights are published, as `hf://OWNER/REPOSITORY/PATH@REVISION`.
    pub fn weights_source(&self) -> Option<&str> {
        self.fields.weights_path.as_deref()
    }

    /// Returns where weights without a voice encoder are published, in the same form.
    pub fn open_weights_source(&self) -> Option<&str> {
        self.fields.weights_path_without_voice_cloning.as_deref()
    }

    /// Returns where the tokenizer is published, in the same form.
    pub fn tokenizer_source(&self) -> &str {
        &self.fields.flow_lm.lookup_table.tokenizer_path
    }
}
