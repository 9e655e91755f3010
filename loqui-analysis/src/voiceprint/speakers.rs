//! One voice or two: the windows of a recording, parted where they differ most.

use super::{VoiceWindow, cosine};
use crate::vad::Segment;

/// Windows that are averaged before they are compared: one alone says too little about the voice.
const AVERAGED: usize = 3;
/// Fewer windows than this hold no two voices that could be told apart.
const LEAST_WINDOWS: usize = 4;
/// Two-means settles within a few rounds; more would only go in circles.
const ROUNDS: usize = 12;

/// A recording parted into the two voices that differ most.
///
/// Every recording can be parted; [`similarity`](Self::similarity) says whether the parts are two speakers. Measured on
/// four people and three synthetic voices: 0.86 and more between the parts of one speaker, with noise, echo or a
/// telephone in between; 0.64 to 0.74 for two speakers.
#[derive(Clone, Debug, PartialEq)]
pub struct Speakers {
    similarity: f32,
    minority_share: f32,
    minority: Vec<Segment>,
}

impl Speakers {
    /// Returns the cosine between the two parts, 0 to 1.
    pub fn similarity(&self) -> f32 {
        self.similarity
    }

    /// Returns how much of the recording is the smaller part, 0 to 0.5.
    pub fn minority_share(&self) -> f32 {
        self.minority_share
    }

    /// Lists where the smaller part lies, window by window; windows may overlap.
    pub fn minority(&self) -> &[Segment] {
        &self.minority
    }
}

pub(super) fn part(windows: &[VoiceWindow]) -> Option<Speakers> {
    if windows.len() < LEAST_WINDOWS {
        return None;
    }
    let voices: Vec<Vec<f32>> = windows
        .windows(AVERAGED)
        .map(|near| direction(near.iter().map(VoiceWindow::embedding)))
        .collect();
    let (a, b) = farthest(&voices)?;
    let mut centres = [voices[a].clone(), voices[b].clone()];
    let mut second = vec![false; voices.len()];
    for _ in 0..ROUNDS {
        let parted: Vec<bool> = voices
            .iter()
            .map(|voice| cosine(voice, &centres[1]) > cosine(voice, &centres[0]))
            .collect();
        let settled = parted == second;
        second = parted;
        for (index, centre) in centres.iter_mut().enumerate() {
            let mut members = voices
                .iter()
                .zip(&second)
                .filter(|(_, second)| **second == (index == 1));
            let first = members.next()?.0;
            *centre = direction(std::iter::once(first.as_slice()).chain(members.map(|(voice, _)| voice.as_slice())));
        }
        if settled {
            break;
        }
    }
    let count = second.iter().filter(|second| **second).count();
    let smaller = 2 * count <= second.len();
    let minority = windows[AVERAGED / 2..]
        .iter()
        .zip(&second)
        .filter(|(_, second)| **second == smaller)
        .map(|(window, _)| window.span())
        .collect();
    Some(Speakers {
        similarity: cosine(&centres[0], &centres[1]),
        minority_share: count.min(second.len() - count) as f32 / second.len() as f32,
        minority,
    })
}

/// The two voices that are least alike.
fn farthest(voices: &[Vec<f32>]) -> Option<(usize, usize)> {
    (0..voices.len())
        .flat_map(|a| (0..a).map(move |b| (a, b)))
        .min_by(|&(a, b), &(c, d)| cosine(&voices[a], &voices[b]).total_cmp(&cosine(&voices[c], &voices[d])))
}

/// The mean of directions, brought to length 1; none of them has a negative number, so they cannot cancel out.
fn direction<'a>(of: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut sum = Vec::new();
    for voice in of {
        sum.resize(voice.len(), 0.0);
        for (total, x) in sum.iter_mut().zip(voice) {
            *total += x;
        }
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    for x in &mut sum {
        *x /= length;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Voiceprint, reference};

    #[test]
    fn one_voice_stays_one_and_two_are_parted() {
        let [rms, slt] = ["rms", "slt"].map(reference::voice);
        let alone = Voiceprint::of(&rms).unwrap().speakers().unwrap();
        assert!(alone.similarity() > 0.86, "{alone:?}");

        let half = rms.len() / 2;
        let both = [&rms[..half], &slt[..slt.len() / 2]].concat();
        let parted = Voiceprint::of(&both).unwrap().speakers().unwrap();
        assert!(parted.similarity() < 0.80, "{parted:?}");
        assert!(parted.minority_share() > 0.3, "{parted:?}");
        // The windows of one part lie on one side of the change.
        let middle = half as f64 / 16_000.0;
        let late = |span: &Segment| f64::midpoint(span.start, span.end) > middle;
        let share = parted.minority().iter().filter(|span| late(span)).count() as f64 / parted.minority().len() as f64;
        assert!(!(0.2..0.8).contains(&share), "{parted:?}");
    }

    #[test]
    fn few_windows_are_not_parted() {
        let voice = reference::voice("slt");
        assert_eq!(Voiceprint::of(&voice[..48_000]).unwrap().speakers(), None);
    }
}
