use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::Arc;

use crate::flow_lm::{FlowLm, Schedule};
use crate::mimi::MimiDecoderState;
use crate::model::Inner;
use crate::nn::{KvCache, Scratch};
use crate::noise::Noise;
use crate::text::Chunk;
use crate::{Error, Settings, Voice};

/// Frames of a chunk in which the end of speech is ignored: the logit of some voices is high before speech starts.
const MIN_FRAMES: usize = 6;

/// Fewest tokens that the models speak in a second.
const TOKENS_PER_SECOND: f64 = 3.0;

/// Seconds in addition to the time that the tokens of a chunk need.
const SPARE_SECONDS: f64 = 2.0;

/// A piece of speech: 80 ms of mono samples, 1 being full scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    samples: Vec<f32>,
    chunk: usize,
}

impl Frame {
    /// Returns the samples.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Returns the samples without copying them.
    pub fn into_samples(self) -> Vec<f32> {
        self.samples
    }

    /// Returns the number of the chunk of text that the frame belongs to, from 0.
    pub fn chunk(&self) -> usize {
        self.chunk
    }
}

impl Deref for Frame {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.samples
    }
}

/// The frames of a text, computed on request.
///
/// Dropping it ends the work. After an error there are no more frames.
#[derive(Debug)]
pub struct Speech {
    model: Arc<Inner>,
    voice: Voice,
    sampler: Sampler,
    chunks: Vec<Chunk>,
    waiting: VecDeque<usize>,
    current: Option<Run>,
    overlong: Vec<usize>,
}

/// Settings with the model's own values filled in.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    seed: u64,
    deviation: f32,
    clamp: Option<f32>,
    pub(crate) schedule: Schedule,
    eos_threshold: f32,
    tail: Option<usize>,
}

impl Sampler {
    pub(crate) fn new(model: &Inner, settings: &Settings) -> Self {
        let fields = &model.config.fields;
        let steps = settings
            .steps
            .unwrap_or_else(|| fields.flow_lm.flow.kind.default_steps());
        Self {
            seed: settings.seed,
            deviation: settings.temperature.unwrap_or(fields.default_temperature).sqrt(),
            clamp: settings.noise_clamp,
            schedule: model.flow_lm.head.schedule(steps),
            eos_threshold: settings.eos_threshold.unwrap_or(fields.default_eos_threshold),
            tail: settings.frames_after_eos.or(fields.model_recommended_frames_after_eos),
        }
    }
}

/// A chunk being spoken.
#[derive(Debug)]
struct Run {
    chunk: usize,
    caches: Vec<KvCache>,
    scratch: Scratch,
    decoder: MimiDecoderState,
    noise: Noise,
    latent: Option<Vec<f32>>,
    frame: usize,
    limit: usize,
    tail: usize,
    eos: Option<usize>,
}

impl Speech {
    pub(crate) fn new(model: Arc<Inner>, voice: Voice, chunks: Vec<Chunk>, settings: &Settings) -> Self {
        Self {
            sampler: Sampler::new(&model, settings),
            waiting: (0..chunks.len()).collect(),
            model,
            voice,
            chunks,
            current: None,
            overlong: Vec::new(),
        }
    }

    /// Returns the rate of the samples, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.model.config.sample_rate()
    }

    /// Returns the text of every chunk, as the model reads it.
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = &str> {
        self.chunks.iter().map(|chunk| chunk.text.as_str())
    }

    /// Returns the numbers of chunks that reached their longest duration without an end of speech, so far.
    ///
    /// Such a chunk often has a fault, for instance a repeated word. Another seed may help.
    pub fn overlong(&self) -> &[usize] {
        &self.overlong
    }

    /// Computes all remaining frames and returns their samples.
    ///
    /// # Errors
    /// [`Error::Diverged`] and [`Error::Voice`].
    pub fn into_samples(self) -> Result<Vec<f32>, Error> {
        let mut samples = Vec::new();
        for frame in self {
            samples.extend_from_slice(&frame?);
        }
        Ok(samples)
    }

    fn start(&self, chunk: usize) -> Result<Run, Error> {
        let lm = &self.model.flow_lm;
        let mut caches = self.voice.caches(&lm.caches(), self.model.fingerprint())?.to_vec();
        let mut scratch = Scratch::default();
        let text = &self.chunks[chunk];
        lm.read_text(&text.tokens, &mut caches, &mut scratch);
        let seconds = text.tokens.len() as f64 / TOKENS_PER_SECOND + SPARE_SECONDS;
        Ok(Run {
            chunk,
            caches,
            scratch,
            decoder: self.model.decoder.state(),
            noise: Noise::new(self.sampler.seed, chunk as u64),
            latent: None,
            frame: 0,
            limit: (seconds * self.model.config.fields.mimi.frame_rate).ceil() as usize,
            tail: self.sampler.tail.unwrap_or(text.tail),
            eos: None,
        })
    }

    fn advance(&mut self) -> Result<Option<Frame>, Error> {
        loop {
            if self.current.is_none() {
                let Some(chunk) = self.waiting.pop_front() else {
                    return Ok(None);
                };
                self.current = Some(self.start(chunk)?);
            }
            let Some(run) = &mut self.current else { return Ok(None) };
            if let Some(frame) = run.next(&self.model, &self.sampler)? {
                return Ok(Some(frame));
            }
            if run.frame == run.limit {
                self.overlong.push(run.chunk);
            }
            self.current = None;
        }
    }
}

impl Iterator for Speech {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = self.advance();
        if result.is_err() {
            self.current = None;
            self.waiting.clear();
        }
        result.transpose()
    }
}

impl std::iter::FusedIterator for Speech {}

impl Run {
    fn next(&mut self, model: &Inner, sampler: &Sampler) -> Result<Option<Frame>, Error> {
        if self.frame == self.limit {
            return Ok(None);
        }
        let lm: &FlowLm = &model.flow_lm;
        let condition = lm.step(self.latent.as_deref(), &mut self.caches, &mut self.scratch);
        let logit = lm.eos_logit(&condition);
        if !logit.is_finite() {
            return Err(Error::Diverged { frame: self.frame });
        }
        if logit > sampler.eos_threshold && self.frame >= MIN_FRAMES {
            self.eos.get_or_insert(self.frame);
        }
        if self.eos.is_some_and(|eos| self.frame >= eos + self.tail) {
            return Ok(None);
        }
        let mut noise = vec![0.0; lm.latent()];
        self.noise.fill(sampler.deviation, sampler.clamp, &mut noise);
        let latent = lm.head.sample(&condition, &noise, &sampler.schedule);
        let mut samples = model.decoder.decode(&lm.denormalize(&latent), &mut self.decoder);
        if !samples.iter().all(|sample| sample.is_finite()) {
            return Err(Error::Diverged { frame: self.frame });
        }
        if self.frame == 0 {
            fade_in(&mut samples, model.config.sample_rate() as usize / 200);
        }
        self.latent = Some(latent);
        self.frame += 1;
        Ok(Some(Frame {
            samples,
            chunk: self.chunk,
        }))
    }
}

/// Fades in the start of a chunk. A fresh decoder starts with a small step, which is audible as a click.
fn fade_in(samples: &mut [f32], length: usize) {
    let last = length.saturating_sub(1).max(1) as f32;
    for (index, sample) in samples.iter_mut().take(length).enumerate() {
        *sample *= index as f32 / last;
    }
}
