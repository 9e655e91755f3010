//! The flat form of a take: one field for each column. SQL stores, the store in memory and serde share it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::best::KEPT_ANYWAY;
use super::record::ErrorRecord;
use super::state::{
    Failed, Held, Intended, Kept, Lookups, NeverCreated, Prediction, Rejected, Running, StateKind, Stored, Succeeded,
    TakeState, Unanswered, Unsent,
};
use super::take::{REUSED, SIMILARITY, TakeRecord};
use crate::error::{Error, code};
use crate::finding::Finding;
use crate::id::GenerationId;

/// A take as stores keep it, with the same columns for every state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakeRow {
    /// The generation it belongs to.
    pub generation: GenerationId,
    /// The segment, from 0.
    pub segment: u32,
    /// The number of the take of this segment, from 1.
    pub number: u32,
    /// The seed, 1 or more; 0 in a [stand-in](TakeRecord::is_stand_in).
    pub seed: u32,
    /// The name of the state.
    pub state: StateKind,
    /// The epoch of the claim that recorded the intent.
    pub epoch: i64,
    /// When the intent was last recorded.
    pub intended_at: Timestamp,
    /// The earliest time to send it again, or to make another take.
    pub retry_at: Option<Timestamp>,
    /// The number of sends that created nothing.
    pub sends: u32,
    /// The number of lookups that found nothing. In the state `running`: the number of failed stop requests.
    pub misses: u32,
    /// When it was last looked up.
    pub looked_at: Option<Timestamp>,
    /// The id at the provider.
    pub remote: Option<String>,
    /// When the id at the provider was recorded.
    pub accepted_at: Option<Timestamp>,
    /// The address of the audio at the provider.
    pub output: Option<String>,
    /// The key of the audio in the audio store.
    pub audio: Option<String>,
    /// The length of the audio, in seconds.
    pub seconds: Option<f64>,
    /// The number of characters that the engine speaks.
    pub characters: u32,
    /// The cost, in US dollars.
    pub cost_usd: f64,
    /// The findings, with notes for similarity and reuse.
    pub findings: Vec<Finding>,
    /// Why it could not be sent, was not answered, or failed.
    pub error: Option<ErrorRecord>,
}

impl TakeRow {
    /// The row of a new intent; set the other fields afterwards.
    pub fn new(
        generation: impl Into<GenerationId>,
        segment: u32,
        number: u32,
        seed: u32,
        epoch: i64,
        intended_at: Timestamp,
    ) -> Self {
        TakeRecord::intend(generation, segment, number, seed, epoch, intended_at).into()
    }

    fn prediction(&self) -> Option<Prediction> {
        let id = self.remote.clone()?;
        Some(Prediction::new(id, self.accepted_at.unwrap_or(self.intended_at)))
    }

    fn running(&self) -> Result<Prediction, Error> {
        self.prediction().ok_or_else(|| {
            let message = format!(
                "take {}-{}-{} is {} and has no id at the provider",
                self.generation, self.segment, self.number, self.state
            );
            Error::new(&code::STORE_CORRUPT, message).with_generation(self.generation)
        })
    }

    /// The state that the columns describe.
    fn take_state(&self) -> Result<TakeState, Error> {
        let error = self.error.clone();
        let lookups = Lookups {
            misses: self.misses,
            looked_at: self.looked_at,
        };
        let audio = self.audio.clone();
        let seconds = self.seconds.unwrap_or_default();
        let failed = |error| {
            TakeState::Failed(Failed {
                prediction: self.prediction(),
                audio: self.audio.clone(),
                error,
                retry_at: self.retry_at,
            })
        };
        Ok(match self.state {
            StateKind::Intended => TakeState::Intended(Intended { error, lookups }),
            StateKind::Unsent => TakeState::Unsent(Unsent {
                retry_at: self.retry_at.unwrap_or(self.intended_at),
                error,
            }),
            StateKind::Unanswered => TakeState::Unanswered(Unanswered { error, lookups }),
            StateKind::Running => TakeState::Running(Running {
                prediction: self.running()?,
                failed_stops: self.misses,
            }),
            // Erasing removes the address and the key, so this take has no audio.
            StateKind::Succeeded => match self.output.clone() {
                Some(output) => TakeState::Succeeded(Succeeded {
                    prediction: self.running()?,
                    output,
                }),
                None => failed(error),
            },
            StateKind::Stored => match audio {
                Some(audio) => TakeState::Stored(Stored {
                    prediction: self.prediction(),
                    audio,
                }),
                None => failed(error),
            },
            StateKind::Kept => TakeState::Kept(Kept {
                prediction: self.prediction(),
                audio,
                seconds,
                last_resort: self.findings.iter().any(|finding| finding.code == KEPT_ANYWAY),
            }),
            StateKind::Rejected => TakeState::Rejected(Rejected {
                prediction: self.prediction(),
                audio,
                seconds,
            }),
            StateKind::Failed => failed(error),
            StateKind::NeverCreated => TakeState::NeverCreated(NeverCreated { error, lookups }),
            StateKind::Held => TakeState::Held(Held { error, lookups }),
        })
    }
}

impl From<TakeRecord> for TakeRow {
    fn from(take: TakeRecord) -> Self {
        let lookups = take.state.lookups();
        let prediction = take.state.prediction().cloned();
        Self {
            generation: take.generation,
            segment: take.segment,
            number: take.number,
            seed: take.seed,
            state: take.kind(),
            epoch: take.epoch,
            intended_at: take.intended_at,
            retry_at: take.state.retry_at(),
            sends: take.sends,
            misses: match &take.state {
                TakeState::Running(running) => running.failed_stops,
                _ => lookups.misses,
            },
            looked_at: lookups.looked_at,
            accepted_at: prediction.as_ref().map(|prediction| prediction.accepted_at),
            remote: prediction.map(|prediction| prediction.id),
            output: match &take.state {
                TakeState::Succeeded(succeeded) => Some(succeeded.output.clone()),
                _ => None,
            },
            audio: take.audio().map(str::to_owned),
            seconds: take.seconds(),
            characters: take.characters,
            cost_usd: take.cost_usd,
            findings: take.all_findings(),
            error: take.error().cloned(),
        }
    }
}

impl TryFrom<TakeRow> for TakeRecord {
    type Error = Error;

    /// Reads a row.
    ///
    /// # Errors
    ///
    /// `store.corrupt` if the columns do not hold what the state needs.
    fn try_from(row: TakeRow) -> Result<Self, Error> {
        let state = row.take_state()?;
        let value_of = |code: &str| row.findings.iter().find(|finding| finding.code == code)?.value;
        let reused = value_of(REUSED).map(|generation| GenerationId::new(generation as i64));
        let similarity = value_of(SIMILARITY).or_else(|| value_of(crate::finding::FindingCode::VoiceMatched.as_str()));
        let mut findings = row.findings;
        findings.retain(|finding| ![REUSED, SIMILARITY].contains(&finding.code.as_str()));
        Ok(Self {
            generation: row.generation,
            segment: row.segment,
            number: row.number,
            seed: row.seed,
            epoch: row.epoch,
            intended_at: row.intended_at,
            sends: row.sends,
            characters: row.characters,
            cost_usd: row.cost_usd,
            findings,
            reused,
            similarity,
            state,
        })
    }
}

impl TakeRecord {
    /// The take after its generation was pruned: without the audio.
    pub(crate) fn pruned(self) -> Self {
        self.changed(|row| (row.output, row.audio) = (None, None))
    }

    /// The take after its generation was erased: without the audio, the findings and the errors. The id at the provider
    /// and the cost stay.
    pub(crate) fn erased(self) -> Self {
        self.changed(|row| {
            (row.output, row.audio, row.error) = (None, None, None);
            row.findings.clear();
        })
    }

    fn changed(self, change: impl FnOnce(&mut TakeRow)) -> Self {
        let mut row = TakeRow::from(self.clone());
        change(&mut row);
        // Only the id at the provider is required, and it stays.
        Self::try_from(row).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::testing::example;

    #[test]
    fn every_state_survives_the_conversion_to_a_row_and_back() {
        for kind in StateKind::ALL {
            let take = example(kind);
            assert_eq!(TakeRecord::try_from(TakeRow::from(take.clone())).unwrap(), take);
            let json = serde_json::to_string(&take).unwrap();
            assert_eq!(serde_json::from_str::<TakeRecord>(&json).unwrap(), take, "{json}");
        }
    }

    #[test]
    fn row_without_the_id_that_its_state_needs_is_corrupt() {
        let mut row = TakeRow::from(example(StateKind::Running));
        row.remote = None;
        assert_eq!(TakeRecord::try_from(row).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn similarity_and_reuse_are_fields_of_the_take_and_notes_of_the_row() {
        let mut take = example(StateKind::Kept);
        (take.similarity, take.reused) = (Some(0.88), Some(GenerationId::new(7)));
        let row = TakeRow::from(take.clone());
        let codes: Vec<_> = row.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes.first(), Some(&SIMILARITY));
        assert_eq!(codes.last(), Some(&REUSED));
        assert_eq!(TakeRecord::try_from(row).unwrap(), take);
    }

    #[test]
    fn erased_take_keeps_its_cost_and_its_id_at_the_provider() {
        for kind in StateKind::ALL {
            let take = example(kind);
            let erased = take.clone().erased();
            assert_eq!(
                (erased.audio(), erased.error(), erased.findings.len()),
                (None, None, 0),
                "{kind}"
            );
            assert_eq!(
                (erased.prediction_id(), erased.cost_usd),
                (take.prediction_id(), take.cost_usd),
                "{kind}"
            );
        }
    }
}
