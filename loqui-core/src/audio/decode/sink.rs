//! Takes decoded samples while a file is decoded.

use std::ops::{ControlFlow, Range};

use symphonia::core::errors::Error as SymphoniaError;

use crate::audio::Limits;

/// The form of decoded samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    /// The sample rate, in Hz.
    pub(crate) rate: u32,
    pub(crate) channels: u16,
    /// The positions of the channels as a bit mask of WAV, if the file has them.
    pub(crate) mask: Option<u32>,
}

/// Takes the samples of a file from its start to its end. All parts have the same format.
pub(crate) trait Sink {
    /// Takes whole frames, interleaved. `Break` ends the decoding.
    fn push(&mut self, samples: &[f32], format: Format) -> ControlFlow<()>;
}

/// The reason why decoding ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The end of the file.
    Reached,
    /// The sink has enough.
    Stopped,
    /// An error: the file is damaged.
    Broken(SymphoniaError),
}

/// Counts what it passes on.
pub(crate) struct Counted<'a> {
    sink: &'a mut dyn Sink,
    format: Option<Format>,
    pub(crate) frames: u64,
}

impl<'a> Counted<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Self {
        Self {
            sink,
            format: None,
            frames: 0,
        }
    }

    /// Returns the format, or a placeholder before the first frame.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(Format {
            rate: 1_000,
            channels: 1,
            mask: None,
        })
    }
}

impl Sink for Counted<'_> {
    fn push(&mut self, samples: &[f32], format: Format) -> ControlFlow<()> {
        self.format = Some(format);
        self.frames += (samples.len() / usize::from(format.channels)) as u64;
        self.sink.push(samples, format)
    }
}

/// Keeps all samples up to the limits.
#[derive(Debug)]
pub(crate) struct Whole {
    limits: Limits,
    pub(crate) format: Option<Format>,
    pub(crate) samples: Vec<f32>,
}

impl Whole {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            format: None,
            samples: Vec::new(),
        }
    }
}

impl Sink for Whole {
    fn push(&mut self, samples: &[f32], format: Format) -> ControlFlow<()> {
        self.format = Some(format);
        let channels = usize::from(format.channels);
        let by_time = (self.limits.seconds * f64::from(format.rate)) as usize;
        let most = by_time.min(self.limits.samples / channels) * channels;
        let rest = most - self.samples.len().min(most);
        self.samples.extend_from_slice(&samples[..samples.len().min(rest)]);
        if samples.len() > rest {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Keeps a range of frames.
#[derive(Debug)]
pub(crate) struct Excerpt {
    range: Range<u64>,
    position: u64,
    pub(crate) format: Option<Format>,
    pub(crate) samples: Vec<f32>,
}

impl Excerpt {
    pub(crate) fn new(range: Range<u64>) -> Self {
        Self {
            range,
            position: 0,
            format: None,
            samples: Vec::new(),
        }
    }
}

impl Sink for Excerpt {
    fn push(&mut self, samples: &[f32], format: Format) -> ControlFlow<()> {
        self.format = Some(format);
        let channels = usize::from(format.channels);
        let frames = (samples.len() / channels) as u64;
        let within = |frame: u64| (frame.clamp(self.position, self.position + frames) - self.position) as usize;
        let (start, end) = (within(self.range.start), within(self.range.end));
        self.samples
            .extend_from_slice(&samples[start.min(end) * channels..end * channels]);
        self.position += frames;
        if self.position >= self.range.end {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
