#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::flow_lm::FlowLm;
use crate::kernel::{Finish, Matrix};
use crate::mimi::{MimiDecoder, MimiEncoder};
use crate::nn::Scratch;
use crate::sample::{check, end_on_pause, resample};
use crate::text::split;
use crate::tokenizer::Tokenizer;
use crate::weights::{Loader, SafetensorsFile};
use crate::{Error, Settings, Speech, Voice};

/// Name of the weights in a model folder.
const WEIGHTS: &str = "model.safetensors";

/// The tensor that maps latents of the codec to the language model. Weights without voice cloning lack its values.
const SPEAKER: &str = "flow_lm.speaker_proj_weight";

/// The first tensor of the voice encoder, which such weights may lack as well.
const FIRST_ENCODER: &str = "mimi.encoder.model.0.conv.weight";

/// A loaded model. Clones share their memory, and all methods may be called from several threads at once.
#[derive(Clone)]
pub struct Model {
    pub(crate) inner: Arc<Inner>,
    encoder: Result<Arc<VoiceEncoder>, &'static str>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) flow_lm: FlowLm,
    pub(crate) decoder: MimiDecoder,
    fingerprint: u64,
}

#[derive(Debug)]
pub(crate) struct VoiceEncoder {
    pub(crate) mimi: MimiEncoder,
    pub(crate) projection: Matrix,
}

/// Options for loading a model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadOptions {
    /// The configuration. `None` takes that of the folder, see [`Config::of_folder`].
    pub config: Option<Config>,
    /// Whether to load the voice encoder, which takes 40 MB and is only needed for new voices.
    pub voice_encoder: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            config: None,
            voice_encoder: true,
        }
    }
}

impl LoadOptions {
    /// Sets the configuration.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Sets whether to load the voice encoder.
    #[must_use]
    pub fn voice_encoder(mut self, voice_encoder: bool) -> Self {
        self.voice_encoder = voice_encoder;
        self
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("config", &self.inner.config.name())
            .field("clones_voices", &self.clones_voices())
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Loads a model from a folder with `model.safetensors` and `tokenizer.json` or `tokenizer.model`.
    ///
    /// The configuration is `config.json` in the folder or, without one, the built-in configuration with the name of
    /// the folder, for instance `english_18m_2026-10`.
    ///
    /// # Errors
    /// [`Error::MissingFile`], [`Error::Io`], [`Error::UnknownConfig`], [`Error::Config`], [`Error::Tokenizer`],
    /// [`Error::Safetensors`], and for weights of another model [`Error::MissingTensor`],
    /// [`Error::UnexpectedTensor`], [`Error::Shape`], [`Error::Dtype`] or [`Error::NotFinite`].
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::load_with(folder, LoadOptions::default())
    }

    /// Loads a model from a folder, with options.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with(folder: impl AsRef<Path>, options: LoadOptions) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let config = match options.config {
            Some(config) => config,
            None => Config::of_folder(folder)?,
        };
        let tokenizer = Tokenizer::load(folder, config.fields.flow_lm.lookup_table.n_bins)?;
        let path = folder.join(WEIGHTS);
        if !path.is_file() {
            return Err(Error::MissingFile {
                file: WEIGHTS,
                folder: folder.to_owned(),
            });
        }
        Self::assemble(config, tokenizer, &path, options.voice_encoder)
    }

    pub(crate) fn assemble(
        config: Config,
        tokenizer: Tokenizer,
        weights: &Path,
        voice_encoder: bool,
    ) -> Result<Self, Error> {
        let mut loader = Loader::new(SafetensorsFile::open(weights)?, config.name());
        let fields = &config.fields;
        let flow_lm = FlowLm::load(&mut loader, fields)?;
        let decoder = MimiDecoder::load(&mut loader, &fields.mimi)?;
        let encoder = if !voice_encoder {
            Err("it was loaded without the voice encoder")
        } else if loader.is_blank(SPEAKER)? || loader.is_blank(FIRST_ENCODER)? {
            Err("its weights were published without voice cloning")
        } else {
            let width = fields.flow_lm.transformer.d_model;
            Ok(Arc::new(VoiceEncoder {
                projection: loader.matrix(SPEAKER, width, fields.mimi.inner())?,
                mimi: MimiEncoder::load(&mut loader, &fields.mimi)?,
            }))
        };
        if encoder.is_err() {
            for prefix in MimiEncoder::tensors().into_iter().chain([SPEAKER]) {
                loader.skip(prefix);
            }
        }
        loader.finish()?;
        let fingerprint = fingerprint(&flow_lm);
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                tokenizer,
                flow_lm,
                decoder,
                fingerprint,
            }),
            encoder,
        })
    }

    /// Returns the configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Returns the rate of the speech, in Hz: 24,000 for the published models.
    pub fn sample_rate(&self) -> u32 {
        self.inner.config.sample_rate()
    }

    /// Returns a number that identifies the weights. It is the same for every number format of one model.
    ///
    /// A stored voice with another [`Voice::fingerprint`] has to be encoded again.
    pub fn fingerprint(&self) -> u64 {
        self.inner.fingerprint
    }

    /// Reports whether the model can encode new voices.
    pub fn clones_voices(&self) -> bool {
        self.encoder.is_ok()
    }

    /// Drops the voice encoder. Its memory is freed when no clone of the model has it any more.
    pub fn drop_voice_encoder(&mut self) {
        self.encoder = Err("the voice encoder was dropped");
    }

    /// Encodes the voice of a speaker from mono samples, 1 being full scale, at `rate` Hz.
    ///
    /// Five to fifteen seconds of clean speech are best. Trailing silence is cut. The speaker must have agreed to it:
    /// the licence of the published weights prohibits cloning a voice without explicit and lawful consent.
    ///
    /// # Errors
    /// [`Error::NoVoiceEncoder`], and [`Error::Sample`] for samples that are silent, not finite, shorter than
    /// [`MIN_SAMPLE_SECONDS`](crate::MIN_SAMPLE_SECONDS) or longer than
    /// [`MAX_SAMPLE_SECONDS`](crate::MAX_SAMPLE_SECONDS).
    pub fn voice(&self, samples: &[f32], rate: u32) -> Result<Voice, Error> {
        let encoder = self
            .encoder
            .as_ref()
            .map_err(|reason| Error::NoVoiceEncoder { reason })?;
        check(samples, rate)?;
        let samples = resample(samples, rate, self.sample_rate());
        let samples = end_on_pause(&samples, self.sample_rate());
        let conditioning = encoder.condition(&samples);
        if !conditioning.iter().all(|value| value.is_finite()) {
            return Err(Error::Diverged { frame: 0 });
        }
        let mut caches = self.inner.flow_lm.caches();
        self.inner
            .flow_lm
            .read_voice(&conditioning, &mut caches, &mut Scratch::default());
        Ok(Voice::new(caches, Some(self.inner.fingerprint)))
    }

    #[cfg(test)]
    pub(crate) fn voice_encoder(&self) -> Option<&VoiceEncoder> {
        self.encoder.as_deref().ok()
    }

    /// Speaks a text, frame by frame.
    ///
    /// Nothing is computed before the first frame is requested. The result does not borrow from the model.
    ///
    /// # Errors
    /// [`Error::EmptyText`], [`Error::Setting`], and [`Error::Voice`] for a voice of another model.
    pub fn speak(&self, voice: &Voice, text: &str, settings: &Settings) -> Result<Speech, Error> {
        settings.check()?;
        voice.caches(&self.inner.flow_lm.caches(), self.inner.fingerprint)?;
        let fields = &self.inner.config.fields;
        let chunks = split(text, fields, &self.inner.tokenizer, settings.max_tokens)?;
        Ok(Speech::new(Arc::clone(&self.inner), voice.clone(), chunks, settings))
    }
}

impl Inner {
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

impl VoiceEncoder {
    /// Encodes samples to rows of the language model.
    pub(crate) fn condition(&self, samples: &[f32]) -> Vec<f32> {
        let latents = self.mimi.encode(samples);
        let rows = latents.len() / self.projection.inputs();
        let mut out = vec![0.0; rows * self.projection.outputs()];
        self.projection.map(&latents, &mut out, Finish::default());
        out
    }
}

/// Hashes values that differ between models, rounded so that all number formats of one model agree
/// ([FNV-1a](http://www.isthe.com/chongo/tech/comp/fnv/)).
fn fingerprint(flow_lm: &FlowLm) -> u64 {
    flow_lm.fingerprint().fold(0xcbf2_9ce4_8422_2325, |hash, bits| {
        bits.to_le_bytes().iter().fold(hash, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    })
}
