//! Finds the best part of a recording of any length in bounded memory.
//!
//! A recording is decoded once, from its start to its end. Of a long one, only the latest part and the best one so far are in
//! memory. A cheap measure compares parts: in speech the loud moments stand out from the quiet ones. The speech detector
//! confirms a part that would become the best one, because applause or machines may have a similar course.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::channels::Profile;
use super::decode::sink::{Format, Sink};
use super::decode::{self, Decoded};
use super::input::Input;
use super::{Clip, DecodeError, Limits, channels, voice};

/// The sections of a part.
const SECTIONS: usize = 4;
/// The largest number of samples of a section, over all channels. It bounds the memory for many channels and high rates.
const MOST_SAMPLES: usize = 3 << 20;
/// The score by which a part must exceed an earlier one.
const BETTER: f64 = 1.0;
/// The length of the excerpt in which speech is confirmed, in seconds, and the least speech in it.
const CONFIRMED_SECONDS: f64 = 4.0;
const LEAST_SPEECH: f64 = 1.5;

/// The best part of a recording.
#[derive(Debug)]
pub(crate) struct Part {
    /// The part, with what is known about the whole file.
    pub(crate) decoded: Decoded,
    /// The first frame of the part in the recording.
    pub(crate) start: u64,
    /// The number of frames of the whole recording.
    pub(crate) frames: u64,
}

/// Decodes a recording and returns its best part of at most `longest` seconds, all of it if it is shorter.
///
/// `progress` gets the seconds that were decoded, now and then.
///
/// # Errors
///
/// [`DecodeError`].
pub(crate) fn best_part(
    input: &Input<'_>,
    limits: &Limits,
    longest: f64,
    progress: &dyn Fn(f64),
) -> Result<Part, DecodeError> {
    let mut survey = Survey {
        longest,
        most_seconds: limits.seconds,
        progress,
        layout: None,
        current: Vec::new(),
        ring: VecDeque::new(),
        frames: 0,
        best: None,
    };
    let outcome = decode::run(input, limits, &mut survey)?;
    let frames = outcome.frames;
    let (samples, start) = survey.finish();
    Ok(Part {
        decoded: outcome.decoded(samples),
        start,
        frames,
    })
}

struct Section {
    samples: Vec<f32>,
    score: f64,
}

struct Best {
    sections: Vec<Rc<Section>>,
    /// The first frame.
    start: u64,
    score: f64,
    confirmed: bool,
}

#[derive(Clone, Copy)]
struct Layout {
    format: Format,
    /// The samples of a section, over all channels.
    section: usize,
}

struct Survey<'p> {
    longest: f64,
    most_seconds: f64,
    progress: &'p dyn Fn(f64),
    layout: Option<Layout>,
    /// The samples after those in the ring. All samples, while the recording is not longer than a part.
    current: Vec<f32>,
    /// The sections of the latest part. Empty while the recording is not longer than a part.
    ring: VecDeque<Rc<Section>>,
    /// The number of frames that were decoded.
    frames: u64,
    best: Option<Best>,
}

impl Sink for Survey<'_> {
    fn push(&mut self, samples: &[f32], format: Format) -> ControlFlow<()> {
        let channels = usize::from(format.channels);
        let layout = *self.layout.get_or_insert_with(|| {
            let seconds = self.longest / SECTIONS as f64;
            let frames = ((seconds * f64::from(format.rate)) as usize).min(MOST_SAMPLES / channels);
            Layout {
                format,
                section: frames.max(1) * channels,
            }
        });
        self.current.extend_from_slice(samples);
        self.frames += (samples.len() / channels) as u64;
        if self.ring.is_empty() && self.current.len() > SECTIONS * layout.section {
            self.divide(layout);
        }
        while !self.ring.is_empty() && self.current.len() >= layout.section {
            let rest = self.current.split_off(layout.section);
            let section = std::mem::replace(&mut self.current, rest);
            self.add(section, layout);
            (self.progress)(self.frames as f64 / f64::from(format.rate));
        }
        if self.frames as f64 >= self.most_seconds * f64::from(format.rate) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

impl Survey<'_> {
    /// Divides a recording that turns out to be longer than a part.
    fn divide(&mut self, layout: Layout) {
        let mut rest = std::mem::take(&mut self.current);
        for _ in 0..SECTIONS {
            let after = rest.split_off(layout.section);
            let section = std::mem::replace(&mut rest, after);
            self.ring.push_back(Rc::new(scored(section, layout)));
        }
        self.current = rest;
        self.consider(0, layout);
    }

    /// Adds the next section, and drops the oldest one.
    fn add(&mut self, section: Vec<f32>, layout: Layout) {
        self.ring.pop_front();
        self.ring.push_back(Rc::new(scored(section, layout)));
        let end = self.frames - (self.current.len() / usize::from(layout.format.channels)) as u64;
        self.consider(end - self.ring_frames(), layout);
    }

    fn ring_frames(&self) -> u64 {
        let samples: usize = self.ring.iter().map(|section| section.samples.len()).sum();
        let channels = self.layout.map_or(1, |layout| layout.format.channels);
        (samples / usize::from(channels)) as u64
    }

    /// Keeps the part in the ring if it is the best one.
    fn consider(&mut self, start: u64, layout: Layout) {
        let score = self.ring.iter().map(|section| section.score).sum::<f64>() / self.ring.len().max(1) as f64;
        let best = self.best.as_ref();
        if best.is_some_and(|best| best.confirmed && score < best.score + BETTER) {
            return;
        }
        let confirmed = self
            .ring
            .get(SECTIONS / 2)
            .is_some_and(|section| speaks(section, layout));
        if best.is_none_or(|best| (confirmed, score) > (best.confirmed, best.score)) {
            self.best = Some(Best {
                sections: self.ring.iter().cloned().collect(),
                start,
                score,
                confirmed,
            });
        }
    }

    /// Returns the samples of the best part and its first frame.
    fn finish(mut self) -> (Vec<f32>, u64) {
        let Some(layout) = self.layout.filter(|_| !self.ring.is_empty()) else {
            return (self.current, 0);
        };
        if self.current.len() > layout.section / 2 {
            let last = std::mem::take(&mut self.current);
            self.add(last, layout);
        }
        drop(self.ring);
        let Some(best) = self.best else {
            return (self.current, 0);
        };
        let mut samples = Vec::with_capacity(best.sections.iter().map(|section| section.samples.len()).sum());
        for section in best.sections {
            samples.extend_from_slice(&section.samples);
        }
        (samples, best.start)
    }
}

/// Measures how well the best channel of a section is suited for a voice.
fn scored(samples: Vec<f32>, layout: Layout) -> Section {
    let count = usize::from(layout.format.channels);
    let score = (0..count.min(8))
        .map(|channel| Profile::of(&samples, count, channel, layout.format.rate).score())
        .fold(f64::NEG_INFINITY, f64::max);
    Section { samples, score }
}

/// Returns true if there is speech at the start of a section.
fn speaks(section: &Section, layout: Layout) -> bool {
    let Format {
        rate, channels: count, ..
    } = layout.format;
    let frames = (CONFIRMED_SECONDS * f64::from(rate)) as usize;
    let start = &section.samples[..section.samples.len().min(frames * usize::from(count))];
    let channel = (0..count.min(8)).max_by(|a, b| {
        let score = |channel: u16| Profile::of(start, count.into(), channel.into(), rate).score();
        score(*a).total_cmp(&score(*b))
    });
    let clip = channels::mean(start, count, &[channel.unwrap_or(0)]);
    voice::speech_seconds(&Clip::new(clip, rate)) >= LEAST_SPEECH
}

#[cfg(test)]
mod tests;
