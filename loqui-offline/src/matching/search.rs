//! Tries changes and keeps the one that a speaker recognition network finds most similar.

use super::measure::{Pitch, Target};
use super::rehearsal::{Rehearsal, Take};
use super::tune::{corrected, tuned};
use crate::adaptation::Adaptation;
use crate::error::Error;
use crate::rendering::Renderer;

/// What was found.
pub(super) struct Found {
    pub(super) adaptation: Adaptation,
    pub(super) before: f32,
    pub(super) after: f32,
}

/// Formant factors that are tried first.
const FORMANTS: [f32; 4] = [0.87, 0.94, 1.01, 1.07];
/// Then, on both sides of the best.
const FORMANT_STEP: f32 = 0.035;
/// Breath that is tried, in dB.
const BREATH_DB: [f32; 2] = [-4.0, 3.0];
/// How much of a difference in pace is taken over; the measure is rough.
const PACE_SHARE: f32 = 0.7;

/// A change, what it sounds like, and how near that is.
struct Heard {
    adaptation: Adaptation,
    take: Take,
    similarity: f32,
}

/// What every try needs.
struct Tries<'a> {
    target: &'a Target,
    rehearsal: &'a Rehearsal,
    renderer: Renderer<'a>,
}

/// Finds the change that brings the voice nearest to the target.
pub(super) fn nearest(target: &Target, rehearsal: &Rehearsal, renderer: Renderer<'_>) -> Result<Found, Error> {
    let tries = Tries {
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
    let mut heard = tries.hear(&first)?;
    let own = heard.remove(0);
    let mut best = own.similarity;
    let before = best;
    let mut found = best_of(heard);

    let near = found.adaptation.formants;
    let sides = [formants(near - FORMANT_STEP)?, formants(near + FORMANT_STEP)?];
    found = best_of(std::iter::once(found).chain(tries.hear(&sides)?));

    let fine = corrected(found.adaptation, &found.take, target, rehearsal);
    let mut last = vec![fine];
    last.extend(BREATH_DB.map(|gain| fine.with_breath_db(gain)));
    found = best_of(std::iter::once(found).chain(tries.hear(&last)?));

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

impl Tries<'_> {
    /// Hears every change, two at a time where there are two cores.
    fn hear(&self, changes: &[Adaptation]) -> Result<Vec<Heard>, Error> {
        let (one, other) = changes.split_at(changes.len() / 2);
        let (one, other) = std::thread::scope(|scope| {
            let beside = scope.spawn(|| self.hear_one_by_one(one));
            let here = self.hear_one_by_one(other);
            (
                beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                here,
            )
        });
        let mut heard = one?;
        heard.extend(other?);
        Ok(heard)
    }

    fn hear_one_by_one(&self, changes: &[Adaptation]) -> Result<Vec<Heard>, Error> {
        changes
            .iter()
            .map(|&adaptation| {
                let take = self.rehearsal.take(&adaptation, self.renderer)?;
                let similarity = self.rehearsal.similarity(&take, &self.target.print)?;
                Ok(Heard {
                    adaptation,
                    take,
                    similarity,
                })
            })
            .collect()
    }
}

/// Returns the nearest, of equal ones the first.
fn best_of(heard: impl IntoIterator<Item = Heard>) -> Heard {
    heard
        .into_iter()
        .reduce(|best, next| if next.similarity > best.similarity { next } else { best })
        .expect("something was tried")
}

/// Moves the pitch to the target's middle and range, where both are known.
fn pitched(target: Option<Pitch>, voice: Option<Pitch>) -> Adaptation {
    let own = Adaptation::default();
    let Some((target, voice)) = target.zip(voice) else {
        return own;
    };
    own.with_pitch(target.middle_hz / voice.middle_hz)
        .with_pitch_range(target.spread_semitones / voice.spread_semitones.max(0.5))
        .clamped()
}

/// Returns the factor on the pace; 1 where a rhythm cannot be heard.
fn pace(target: &Target, rehearsal: &Rehearsal) -> f32 {
    let (wanted, own) = (target.levels.syllables, rehearsal.levels.syllables);
    if wanted > 0.0 && own > 0.0 {
        (wanted / own).powf(PACE_SHARE)
    } else {
        1.0
    }
}
