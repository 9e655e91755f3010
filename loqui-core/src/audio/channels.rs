//! Chooses the channels of a recording that carry the voice. The mean of all channels would be wrong for many recordings: a
//! silent channel makes it quiet, an inverted one cancels the voice, a delayed one blurs it, and the centre of a film has the
//! voice while the sides have music.

use super::{Clip, Decoded, voice};

/// The position of the low-frequency channel in a mask of WAV.
const LOW_FREQUENCY: u32 = 1 << 3;
/// The position of the centre.
const CENTRE: u32 = 1 << 2;
/// The blocks of the level over time, per second.
const BLOCKS_PER_SECOND: usize = 100;
/// A channel is silent that is this far below the loudest one, as a ratio of powers (-40 dB).
const SILENT: f64 = 1e-4;
/// The power below which a channel is silent (-100 dBFS).
const INAUDIBLE: f64 = 1e-10;
/// The range between loud and quiet moments of steady noise, in dB.
const STEADY_DB: f64 = 6.0;
/// The range between loud and quiet moments of speech, in dB.
const MOVING_DB: f64 = 10.0;
/// A range above this one is no better.
const BEST_DB: f64 = 40.0;
/// The advantage of the centre of a film, in dB.
const CENTRE_DB: f64 = 6.0;
/// Scores closer than this are equal, in dB.
const EQUAL_DB: f64 = 1.0;
/// The mean frequency below which a channel carries only bass, in Hz.
const BASS_HZ: f64 = 130.0;
/// The correlation of channels with the same sound.
const SAME: f64 = 0.95;
/// The correlation of channels with the same voice, in noise.
const RELATED: f64 = 0.5;
/// The correlation of channels with opposite phases.
pub(crate) const OPPOSITE: f64 = -0.5;
/// The difference of level up to which a channel adds to the mean, in dB.
const LEVEL_DB: f64 = 10.0;
/// The speech by which another channel must exceed the best one, in seconds.
const MORE_SPEECH: f64 = 1.0;
/// The part of a channel in which speech is searched for, in seconds.
const SEARCHED: usize = 20;
/// The largest number of channels in which speech is searched for.
const MOST_SEARCHED: usize = 4;

/// The channels of a recording that carry the voice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// The channels, counted from 0. Their mean is the voice.
    pub(crate) channels: Vec<u16>,
    /// The reason why others are left out.
    pub(crate) reason: Reason,
    /// The correlation of the first two channels, from -1 to 1. Absent for mono, and if one is silent.
    pub(crate) correlation: Option<f64>,
}

/// The reason why channels are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// None is left out, except for a low-frequency channel.
    All,
    /// The others are silent or carry only noise.
    Quiet,
    /// Another one has the opposite phase.
    Inverted,
    /// Others have the same sound later or earlier.
    Delayed,
    /// Others have another sound.
    Different,
}

/// Chooses the channels by what they carry.
pub(crate) fn choose(decoded: &Decoded) -> Choice {
    let count = usize::from(decoded.channels);
    if count < 2 || decoded.samples.len() < count {
        return Choice {
            channels: vec![0],
            reason: Reason::All,
            correlation: None,
        };
    }
    let [left, right, both] = products(&decoded.samples, count, 0, 1);
    let scale = (left * right).sqrt();
    let correlation = (scale > 0.0).then(|| both / scale);
    // Almost all recordings with two channels have the voice in both.
    if count == 2 && correlation.is_some_and(|value| value > SAME) && decibels(left / right).abs() < LEVEL_DB / 2.0 {
        return Choice {
            channels: vec![0, 1],
            reason: Reason::All,
            correlation,
        };
    }
    let field = Field::of(decoded);
    let (channels, reason) = field.choose();
    Choice {
        channels,
        reason,
        correlation,
    }
}

impl Choice {
    /// Returns the mean of the chosen channels.
    pub(crate) fn mix(&self, decoded: &Decoded) -> Clip {
        Clip::new(
            mean(&decoded.samples, decoded.channels, &self.channels),
            decoded.sample_rate,
        )
    }
}

/// Returns the mean of some channels.
pub(crate) fn mean(samples: &[f32], count: u16, channels: &[u16]) -> Vec<f32> {
    let count = usize::from(count);
    match (count, channels) {
        (1, _) | (_, []) => samples.to_vec(),
        // Fast path for stereo, several times as fast as the general case.
        (2, [_, _]) => {
            let (frames, _) = samples.as_chunks::<2>();
            frames.iter().map(|[left, right]| (left + right) * 0.5).collect()
        }
        (_, [channel]) => samples.iter().skip((*channel).into()).step_by(count).copied().collect(),
        (_, several) => {
            let share = 1.0 / several.len() as f32;
            let frames = samples.chunks_exact(count);
            frames
                .map(|frame| several.iter().map(|channel| frame[usize::from(*channel)]).sum::<f32>() * share)
                .collect()
        }
    }
}

/// Returns the name of a channel, counted from 0, for messages.
pub(crate) fn name(channel: u16, count: u16, mask: Option<u32>) -> String {
    const NAMES: [&str; 11] = [
        "left",
        "right",
        "centre",
        "low-frequency",
        "rear left",
        "rear right",
        "left of centre",
        "right of centre",
        "rear centre",
        "side left",
        "side right",
    ];
    let position = match mask {
        Some(mask) => positions(mask).nth(channel.into()),
        None => (count == 2).then_some(u32::from(channel)),
    };
    match position.and_then(|position| NAMES.get(position as usize)) {
        Some(name) => format!("the {name} channel"),
        None => format!("channel {}", channel + 1),
    }
}

/// Returns the set bits of a mask.
fn positions(mask: u32) -> impl Iterator<Item = u32> {
    (0..u32::BITS).filter(move |bit| mask >> bit & 1 == 1)
}

/// The level of a channel over time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Profile {
    /// The power of the loud moments. High frequencies count more, as in a telephone.
    pub(crate) loud: f64,
    /// The range from quiet to loud moments, in dB.
    pub(crate) dynamics_db: f64,
    /// The mean frequency, in Hz.
    mean_hz: f64,
}

impl Profile {
    /// Measures one of `count` interleaved channels.
    pub(crate) fn of(samples: &[f32], count: usize, channel: usize, rate: u32) -> Self {
        let block = (rate as usize / BLOCKS_PER_SECOND).max(2);
        let (mut powers, mut all, mut slopes) = (Vec::new(), 0.0, 0.0);
        for frames in samples.chunks(block * count) {
            let (mut power, mut slope) = (0.0_f32, 0.0_f32);
            let mut before = frames.get(channel).map_or(0.0, |x| valid(*x));
            for frame in frames.chunks_exact(count) {
                let now = valid(frame[channel]);
                power += now * now;
                slope += (now - before) * (now - before);
                before = now;
            }
            let length = (frames.len() / count).max(1) as f64;
            powers.push(f64::from(slope) / length);
            all += f64::from(power);
            slopes += f64::from(slope);
        }
        let mut at = |share: f64| {
            let index = ((powers.len().max(1) - 1) as f64 * share) as usize;
            powers.get(index)?;
            Some(*powers.select_nth_unstable_by(index, f64::total_cmp).1)
        };
        let (quiet, loud) = (at(0.1).unwrap_or(0.0), at(0.95).unwrap_or(0.0));
        Self {
            loud,
            dynamics_db: decibels((loud + INAUDIBLE) / (quiet + INAUDIBLE)),
            // The power of the slope of a sine is that of the sine times the square of its angular frequency. Silence is no bass.
            mean_hz: if all > 0.0 {
                (slopes / all).sqrt() * f64::from(rate) / std::f64::consts::TAU
            } else {
                f64::INFINITY
            },
        }
    }

    /// Returns how well this channel is suited for a voice.
    pub(crate) fn score(&self) -> f64 {
        self.dynamics_db.min(BEST_DB) + 0.5 * decibels(self.loud.max(INAUDIBLE))
    }
}

/// Invalid samples count as silence.
fn valid(x: f32) -> f32 {
    if x.abs() <= 100.0 { x } else { 0.0 }
}

fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

/// Returns the energy of a channel, the energy of another one, and their inner product.
fn products(samples: &[f32], count: usize, a: usize, b: usize) -> [f64; 3] {
    if count == 2 {
        let [left, right, both] = pair_products(samples);
        return if a <= b {
            [left, right, both]
        } else {
            [right, left, both]
        };
    }
    let mut sums = [0.0; 3];
    for frame in samples.chunks_exact(count) {
        let (a, b) = (f64::from(frame[a]), f64::from(frame[b]));
        sums = [sums[0] + a * a, sums[1] + b * b, sums[2] + a * b];
    }
    sums
}

/// Does the same for the channels of stereo, in lanes as [`fold`](crate::audio::fold) does. Short sums in single precision
/// are exact enough.
fn pair_products(samples: &[f32]) -> [f64; 3] {
    const LANES: usize = 8;
    let mut sums = [0.0; 3];
    for block in samples.chunks(1024) {
        let mut lanes = [[0.0_f32; LANES]; 3];
        let (groups, rest) = block.as_chunks::<2>().0.as_chunks::<LANES>();
        let mut add = |lane: usize, [l, r]: [f32; 2]| {
            lanes[0][lane] += l * l;
            lanes[1][lane] += r * r;
            lanes[2][lane] += l * r;
        };
        for group in groups {
            group.iter().enumerate().for_each(|(lane, frame)| add(lane, *frame));
        }
        rest.iter().enumerate().for_each(|(lane, frame)| add(lane, *frame));
        for (sum, lanes) in sums.iter_mut().zip(lanes) {
            *sum += f64::from(lanes.into_iter().sum::<f32>());
        }
    }
    sums
}

/// All channels with their profiles.
struct Field<'a> {
    decoded: &'a Decoded,
    count: usize,
    profiles: Vec<Profile>,
}

/// How another channel relates to the best one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    Inverted,
    Delayed,
    Different,
}

impl<'a> Field<'a> {
    fn of(decoded: &'a Decoded) -> Self {
        let count = usize::from(decoded.channels);
        let profile = |channel| Profile::of(&decoded.samples, count, channel, decoded.sample_rate);
        Self {
            decoded,
            count,
            profiles: (0..count).map(profile).collect(),
        }
    }

    fn choose(&self) -> (Vec<u16>, Reason) {
        let bass = |channel: &usize| {
            self.position(*channel) == Some(LOW_FREQUENCY) || self.profiles[*channel].mean_hz < BASS_HZ
        };
        let full: Vec<usize> = (0..self.count).filter(|channel| !bass(channel)).collect();
        let all = if full.is_empty() {
            (0..self.count).collect()
        } else {
            full
        };
        let speaking = self.speaking(&all);
        let Some(mut best) = self.best(&speaking) else {
            return (numbers(&all), Reason::All);
        };
        let mut relations = self.relations(best, &speaking);
        let different: Vec<usize> = relations
            .iter()
            .filter(|(_, relation)| *relation == Relation::Different)
            .map(|(channel, _)| *channel)
            .collect();
        if let Some(other) = self.with_more_speech(best, &different) {
            best = other;
            relations = self.relations(best, &speaking);
        }
        let mut chosen = vec![best];
        let has = |wanted| relations.iter().any(|(_, relation)| *relation == wanted);
        chosen.extend(
            relations
                .iter()
                .filter(|(_, relation)| *relation == Relation::Same)
                .map(|(other, _)| *other),
        );
        chosen.sort_unstable();
        let reason = if chosen.len() == all.len() {
            Reason::All
        } else if has(Relation::Inverted) {
            Reason::Inverted
        } else if has(Relation::Delayed) {
            Reason::Delayed
        } else if has(Relation::Different) {
            Reason::Different
        } else {
            Reason::Quiet
        };
        (numbers(&chosen), reason)
    }

    /// Returns the position of a channel as a bit of a mask.
    fn position(&self, channel: usize) -> Option<u32> {
        positions(self.decoded.mask?).nth(channel).map(|bit| 1 << bit)
    }

    /// Returns the channels that are neither silent nor steady noise.
    fn speaking(&self, all: &[usize]) -> Vec<usize> {
        let most = |value: fn(&Profile) -> f64| {
            all.iter()
                .map(|channel| value(&self.profiles[*channel]))
                .fold(0.0, f64::max)
        };
        let loudest = most(|profile| profile.loud);
        let liveliest = most(|profile| profile.dynamics_db);
        let speaks = |channel: &&usize| {
            let profile = &self.profiles[**channel];
            let steady = profile.dynamics_db < STEADY_DB && liveliest >= MOVING_DB;
            profile.loud > (loudest * SILENT).max(INAUDIBLE) && !steady
        };
        all.iter().filter(speaks).copied().collect()
    }

    fn best(&self, channels: &[usize]) -> Option<usize> {
        let score = |channel: usize| {
            let profile = &self.profiles[channel];
            let centre = self.position(channel) == Some(CENTRE) && profile.dynamics_db >= MOVING_DB;
            profile.score() + if centre { CENTRE_DB } else { 0.0 }
        };
        let most = channels
            .iter()
            .map(|channel| score(*channel))
            .fold(f64::NEG_INFINITY, f64::max);
        // The first of almost equal channels.
        channels
            .iter()
            .copied()
            .find(|channel| score(*channel) > most - EQUAL_DB)
    }

    /// Returns how the other channels relate to the best one.
    fn relations(&self, best: usize, channels: &[usize]) -> Vec<(usize, Relation)> {
        let others = channels.iter().filter(|channel| **channel != best);
        others.map(|other| (*other, self.relation(best, *other))).collect()
    }

    fn relation(&self, best: usize, other: usize) -> Relation {
        let [a, b, both] = products(&self.decoded.samples, self.count, best, other);
        let correlation = both / (a * b).sqrt().max(f64::MIN_POSITIVE);
        let near = decibels(self.profiles[other].loud / self.profiles[best].loud).abs() < LEVEL_DB;
        if correlation > SAME && near {
            return Relation::Same;
        }
        if correlation < OPPOSITE {
            return Relation::Inverted;
        }
        match self.lag(best, other) {
            Some(0) if correlation > RELATED && near => Relation::Same,
            // The same sound, but too quiet to add anything.
            Some(0) if correlation > RELATED => Relation::Delayed,
            Some(_) => Relation::Delayed,
            None => Relation::Different,
        }
    }

    /// Returns the delay between two channels with the same sound, in samples at about 8 kHz.
    fn lag(&self, a: usize, b: usize) -> Option<isize> {
        const FURTHEST: usize = 200;
        const COMPARED: usize = 4 * 8_000;
        let step = (self.decoded.sample_rate as usize / 8_000).max(1);
        let (a, b) = self.slow(a, b, step, COMPARED + 2 * FURTHEST);
        let middle = FURTHEST..a.len().checked_sub(FURTHEST).filter(|end| *end > 4 * FURTHEST)?;
        let energy = |samples: &[f32]| samples.iter().map(|x| f64::from(x * x)).sum::<f64>();
        let fixed = &a[middle.clone()];
        let of = |lag: usize| {
            let moved = &b[lag..lag + fixed.len()];
            let both: f32 = fixed.iter().zip(moved).map(|(x, y)| x * y).sum();
            f64::from(both).abs() / (energy(fixed) * energy(moved)).sqrt().max(f64::MIN_POSITIVE)
        };
        let here = of(FURTHEST);
        let best = (0..=2 * FURTHEST)
            .map(|lag| (lag, of(lag)))
            .max_by(|x, y| x.1.total_cmp(&y.1))?;
        let (lag, most) = best;
        let distance = lag.cast_signed() - FURTHEST.cast_signed();
        // Steps of one sample are within the precision.
        if distance.abs() < 2 || here > most - 0.05 {
            return (here > RELATED).then_some(0);
        }
        (most > RELATED).then_some(distance)
    }

    /// Returns the loudest part of two channels at a low rate.
    fn slow(&self, a: usize, b: usize, step: usize, length: usize) -> (Vec<f32>, Vec<f32>) {
        let samples = &self.decoded.samples;
        let part = length * step * self.count;
        let power = |part: &[f32]| {
            part.iter()
                .step_by(self.count * 7)
                .map(|x| valid(*x) * valid(*x))
                .sum::<f32>()
        };
        let loudest = samples.chunks(part).max_by(|x, y| power(x).total_cmp(&power(y)));
        let of = |channel: usize| -> Vec<f32> {
            let groups = loudest.unwrap_or_default().chunks_exact(step * self.count);
            groups
                .map(|group| group.iter().skip(channel).step_by(self.count).map(|x| valid(*x)).sum())
                .collect()
        };
        (of(a), of(b))
    }

    /// Returns the channel with more speech than the best one, if there is one.
    fn with_more_speech(&self, best: usize, others: &[usize]) -> Option<usize> {
        let rivals: Vec<usize> = others
            .iter()
            .copied()
            .filter(|other| self.profiles[*other].dynamics_db >= STEADY_DB)
            .take(MOST_SEARCHED)
            .collect();
        if rivals.is_empty() {
            return None;
        }
        let samples = &self.decoded.samples;
        let most = SEARCHED * self.decoded.sample_rate as usize * self.count;
        let start = samples.len().saturating_sub(most) / 2 / self.count * self.count;
        let middle = &samples[start..samples.len().min(start + most)];
        let speech = |channel: usize| {
            let clip = mean(middle, self.decoded.channels, &[channel as u16]);
            voice::speech_seconds(&Clip::new(clip, self.decoded.sample_rate))
        };
        let here = speech(best);
        let most = rivals
            .into_iter()
            .map(|rival| (rival, speech(rival)))
            .max_by(|x, y| x.1.total_cmp(&y.1));
        most.filter(|(_, seconds)| *seconds > here + MORE_SPEECH)
            .map(|(rival, _)| rival)
    }
}

fn numbers(channels: &[usize]) -> Vec<u16> {
    channels.iter().map(|channel| *channel as u16).collect()
}

#[cfg(test)]
mod tests;
