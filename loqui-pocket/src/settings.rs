use crate::Error;

/// Tokens of a chunk, at most, unless a setting says otherwise. The models are trained on single sentences.
pub const DEFAULT_MAX_TOKENS: usize = 50;

/// The settings of the speech. `Settings::default()` uses the values of the model, and seed 0.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Seed of the noise. The same seed, text, voice and model give the same samples on the same kind of processor.
    pub seed: u64,
    /// Variance of the noise, 0 to 5. `None` takes the model's, which is 0.3 for the published models. Higher values
    /// vary more and make more mistakes.
    pub temperature: Option<f32>,
    /// Steps of the flow head, 1 to 64. `None` takes the number that the head is trained for. Heads without a time
    /// input always take one step.
    pub steps: Option<usize>,
    /// Largest noise value, 0.01 or more. `None` does not limit it.
    pub noise_clamp: Option<f32>,
    /// Logit above which speech ends. `None` takes the model's.
    pub eos_threshold: Option<f32>,
    /// Frames that follow the end of speech, up to 100. `None` takes the model's, or 5 for up to four words and 3
    /// for longer texts.
    pub frames_after_eos: Option<usize>,
    /// Tokens of a chunk, 5 to 500. Longer texts are divided at their punctuation, and each chunk starts again from the
    /// voice.
    pub max_tokens: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            temperature: None,
            steps: None,
            noise_clamp: None,
            eos_threshold: None,
            frames_after_eos: None,
            max_tokens: DEFAULT_MAX_TOKENS,
        }
    }
}

impl Settings {
    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the temperature.
    #[must_use]
    pub fn temperature(mut self, temperature: f32) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the steps of the flow head.
    #[must_use]
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = Some(steps);
        self
    }

    /// Sets the largest noise value.
    #[must_use]
    pub fn noise_clamp(mut self, noise_clamp: f32) -> Self {
        self.noise_clamp = Some(noise_clamp);
        self
    }

    /// Sets the logit above which speech ends.
    #[must_use]
    pub fn eos_threshold(mut self, eos_threshold: f32) -> Self {
        self.eos_threshold = Some(eos_threshold);
        self
    }

    /// Sets the frames that follow the end of speech.
    #[must_use]
    pub fn frames_after_eos(mut self, frames_after_eos: usize) -> Self {
        self.frames_after_eos = Some(frames_after_eos);
        self
    }

    /// Sets the largest number of tokens of a chunk.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: usize) -> Self {
        self.max_tokens = max_tokens;
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let checks = [
            (
                "temperature",
                "expected 0 to 5",
                self.temperature.is_none_or(|t| (0.0..=5.0).contains(&t)),
            ),
            (
                "steps",
                "expected 1 to 64",
                self.steps.is_none_or(|steps| (1..=64).contains(&steps)),
            ),
            (
                "noise_clamp",
                "expected a number of 0.01 or more",
                self.noise_clamp.is_none_or(|clamp| clamp.is_finite() && clamp >= 0.01),
            ),
            (
                "eos_threshold",
                "expected a number",
                self.eos_threshold.is_none_or(f32::is_finite),
            ),
            (
                "frames_after_eos",
                "expected 0 to 100",
                self.frames_after_eos.is_none_or(|frames| frames <= 100),
            ),
            ("max_tokens", "expected 5 to 500", (5..=500).contains(&self.max_tokens)),
        ];
        match checks.into_iter().find(|(_, _, valid)| !valid) {
            Some((name, reason, _)) => Err(Error::Setting { name, reason }),
            None => Ok(()),
        }
    }
}
