//! Finds the adaptation that makes the voice most similar to a recording in pitch, formants, tone and pace.

mod measure;
mod rehearsal;
mod search;
mod tune;

#[cfg(test)]
pub(crate) use measure::Levels;
pub(crate) use measure::{Target, resampled, unusable};
pub(crate) use rehearsal::Rehearsal;
pub(crate) use search::nearest;
