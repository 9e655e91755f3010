//! Searches for the adaptation that a speaker recognition network rates as most similar.

use super::measure::{Pitch, Target};
use super::rehearsal::{Rehearsal, Take};
use super::tune::{corrected, tuned};
use crate::adaptation::Adaptation;
use crate::error::Error;
use crate::rendering::Renderer;

/// The result of the search, with the similarity before and after.
pub(crate) struct Found {
    pub(crate) adaptation: Adaptation,
    pub(crate) before: f32,
    pub(crate) after: f32,
}

/// The formant factors of the first round.
const FORMANTS: [f32; 4] = [0.87, 0.94, 1.01, 1.07];
/// The distance of the second round from the best factor.
const FORMANT_STEP: f32 = 0.035;
/// The breath gains of the last round, in dB.
const BREATH_DB: [f32; 2] = [-4.0, 3.0];
/// The exponent on the ratio of the syllable rates, below 1 because the measure is rough.
const PACE_SHARE: f32 = 0.7;

/// An adaptation with its take and its similarity.
struct Candidate {
    adaptation: Adaptation,
    take: Take,
    similarity: f32,
}

/// The inputs of all evaluations.
struct Search<'a> {
    target: &'a Target,
    rehearsal: &'a Rehearsal,
    renderer: Renderer<'a>,
}

/// Finds the adaptation that makes the voice most similar to the target.
pub(crate) fn nearest(target: &Target, rehearsal: &Rehearsal, renderer: Renderer<'_>) -> Result<Found, Error> {
    let search = Search {
        target,
        rehearsal,
        renderer,
    };
    let plain = pitched(target.pitch, rehearsal.pitch);
    let formants = |factor: f32| tuned(plain.with_formants(factor).clamped(), target, rehearsal, renderer);
    let mut first = vec![Adaptation::default()];
    for factor in FORMANTS {
        first.push(formants(factor)?);
    }
    let mut candidates = search.evaluate(&first)?;
    let own = candidates.remove(0);
    let mut best = own.similarity;
    let before = best;
    let mut found = best_of(candidates);

    let near = found.adaptation.formants;
    let sides = [formants(near - FORMANT_STEP)?, formants(near + FORMANT_STEP)?];
    found = best_of(std::iter::once(found).chain(search.evaluate(&sides)?));

    let fine = corrected(found.adaptation, &found.take, target, rehearsal);
    let mut last = vec![fine];
    last.extend(BREATH_DB.map(|gain| fine.with_breath_db(gain)));
    found = best_of(std::iter::once(found).chain(search.evaluate(&last)?));

    let adaptation = if found.similarity > before {
        best = found.similarity;
        found.adaptation
    } else {
        own.adaptation
    };
    Ok(Found {
        adaptation: adaptation.with_pace(pace(target, rehearsal)).clamped(),
        before,
        after: best,
    })
}

impl Search<'_> {
    /// Evaluates adaptations on two threads.
    fn evaluate(&self, changes: &[Adaptation]) -> Result<Vec<Candidate>, Error> {
        let (one, other) = changes.split_at(changes.len() / 2);
        let (one, other) = std::thread::scope(|scope| {
            let other_thread = scope.spawn(|| self.evaluate_in_sequence(one));
            let here = self.evaluate_in_sequence(other);
            (
                other_thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                here,
            )
        });
        let mut candidates = one?;
        candidates.extend(other?);
        Ok(candidates)
    }

    fn evaluate_in_sequence(&self, changes: &[Adaptation]) -> Result<Vec<Candidate>, Error> {
        changes
            .iter()
            .map(|&adaptation| {
                let take = self.rehearsal.take(&adaptation, self.renderer)?;
                let similarity = self.rehearsal.similarity(&take, &self.target.voiceprint)?;
                Ok(Candidate {
                    adaptation,
                    take,
                    similarity,
                })
            })
            .collect()
    }
}

/// Returns the most similar candidate, the first of equals.
fn best_of(candidates: impl IntoIterator<Item = Candidate>) -> Candidate {
    candidates
        .into_iter()
        .reduce(|best, next| if next.similarity > best.similarity { next } else { best })
        .expect("there is at least one candidate")
}

/// Moves the median and the range of the pitch to those of the target, if both are known.
fn pitched(target: Option<Pitch>, voice: Option<Pitch>) -> Adaptation {
    let own = Adaptation::default();
    let Some((target, voice)) = target.zip(voice) else {
        return own;
    };
    own.with_pitch(target.middle_hz / voice.middle_hz)
        .with_pitch_range(target.spread_semitones / voice.spread_semitones.max(0.5))
        .clamped()
}

/// Returns the factor on the pace, 1.0 if a syllable rate is unknown.
fn pace(target: &Target, rehearsal: &Rehearsal) -> f32 {
    let (wanted, own) = (target.levels.syllables, rehearsal.levels.syllables);
    if wanted > 0.0 && own > 0.0 {
        (wanted / own).powf(PACE_SHARE)
    } else {
        1.0
    }
}
