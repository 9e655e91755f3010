//! Runs takes through the public API and counts detected faults and rejected good takes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use loqui_core::audio::wav;
use loqui_core::ledger::{StateKind, TakeRecord};
use loqui_core::speech::verify::Checks;
use loqui_core::store::{GenerationStore, GenerationStoreExt as _, MemoryStore};
use loqui_core::{Loqui, Result, Sample, Severity};

use super::engine::{Fault, Guise, Spoiling, predicted};
use super::text::{Dice, sentence};

/// Text of the sample recording, about ten seconds.
const INTRODUCTION: &str = "This is how I sound when I read to you. The weather is mild today, and the street below the \
                            window is quiet. Nobody has to hurry, and there is time for another page.";

/// Number of takes of one kind, and number of rejected ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) takes: usize,
    pub(crate) refused: usize,
}

/// Results.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// By fault.
    pub(crate) spoiled: BTreeMap<Fault, Count>,
    pub(crate) good: Count,
    /// Similarity to the sample of good takes and of takes by another speaker.
    pub(crate) similarities: [Vec<f64>; 2],
    /// Duration of good and of continuing takes, relative to the prediction of the offline voice.
    pub(crate) lengths: [Vec<f64>; 2],
    /// Findings that rejected good takes.
    pub(crate) alarms: Vec<String>,
    /// Faults that were not detected.
    pub(crate) missed: Vec<String>,
    /// Segments whose kept take is not a good take with a new seed.
    pub(crate) wrong: Vec<String>,
}

/// Speaks the given number of sentences with each variant. From segment `spoils_from` on, first takes have a fault.
pub(crate) async fn run(guises: &[Guise], sentences: usize, seed: u64, spoils_from: u32) -> Result<Report> {
    let mut report = Report::default();
    for (number, guise) in guises.iter().enumerate() {
        let mut dice = Dice(seed ^ (number as u64 + 1) << 20);
        let paragraphs: Vec<String> = (0..sentences).map(|_| sentence(&mut dice)).collect();
        report.add(guise, &paragraphs.join("\n\n"), spoils_from).await?;
    }
    Ok(report)
}

impl Report {
    async fn add(&mut self, guise: &Guise, text: &str, spoils_from: u32) -> Result<()> {
        let voice = Spoiling::new(guise)?;
        let own = voice.clean_take(INTRODUCTION, 1)?;
        let sample = Sample::from_bytes(wav::write(&own, None))?;
        let store: Arc<dyn GenerationStore> = Arc::new(MemoryStore::new());
        let loqui = Loqui::builder()
            .engine(Arc::new(voice.spoils_from(spoils_from)))
            .store(Arc::clone(&store))
            .checks(Checks::default().with_similarity(true))
            .build()?;
        let generation = loqui.submit(&sample, text).max_takes(4).await?;
        generation.finish().await?;
        let takes = store.takes(generation.id()).await?;
        let segments = generation.record().await?.segments;
        for segment in &segments {
            let own: Vec<&TakeRecord> = takes.iter().filter(|take| take.segment == segment.index).collect();
            let what = |take: &TakeRecord| format!("{}, {:?}: {}", guise.name, segment.spoken, errors(take));
            for take in &own {
                let refused = take.kind() == StateKind::Rejected;
                self.measure(take, &segment.spoken, spoils_from)?;
                if let Some(fault) = Spoiling::fault_of(segment.index, take.number, spoils_from) {
                    self.spoiled.entry(fault).or_default().add(refused);
                    if !refused {
                        self.missed.push(format!("{fault:?}: {}", what(take)));
                    }
                } else {
                    self.good.add(refused);
                    if refused {
                        self.alarms.push(what(take));
                    }
                }
            }
            let kept = own.iter().find(|take| take.is_kept());
            let again =
                |take: &&&TakeRecord| kept.is_some_and(|kept| kept.number != take.number && kept.seed == take.seed);
            if kept.is_none() || own.iter().any(|take| again(&take)) {
                self.wrong.push(format!("{}, segment {}", guise.name, segment.index));
            }
        }
        Ok(())
    }

    /// Records the values from which the thresholds are chosen.
    fn measure(&mut self, take: &TakeRecord, text: &str, spoils_from: u32) -> Result<()> {
        let fault = Spoiling::fault_of(take.segment, take.number, spoils_from);
        let is_good = fault.is_none();
        if is_good || fault == Some(Fault::OtherSpeaker) {
            self.similarities[usize::from(!is_good)].extend(take.similarity);
        }
        if (is_good || fault == Some(Fault::Rambling))
            && let Some(seconds) = take.seconds()
        {
            self.lengths[usize::from(!is_good)].push(seconds / predicted(text)?);
        }
        Ok(())
    }

    /// Share of rejected good takes.
    pub(crate) fn false_alarms(&self) -> f64 {
        self.good.refused as f64 / self.good.takes.max(1) as f64
    }
}

impl Count {
    fn add(&mut self, refused: bool) {
        self.takes += 1;
        self.refused += usize::from(refused);
    }
}

fn errors(take: &TakeRecord) -> String {
    let errors = take
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let told: Vec<String> = errors
        .map(|finding| format!("{} ({})", finding.code, finding.message))
        .collect();
    told.join(", ")
}

/// Range of the values.
struct Range<'a>(&'a [f64]);

impl fmt::Display for Range<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        write!(f, "{least:.2} to {most:.2}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| fault | takes | rejected |\n|---|---|---|")?;
        for (fault, count) in &self.spoiled {
            writeln!(f, "| {fault:?} | {} | {} |", count.takes, count.refused)?;
        }
        writeln!(f, "| none: good | {} | {} |", self.good.takes, self.good.refused)?;
        writeln!(f, "\nfalse alarms: {:.2} %", 100.0 * self.false_alarms())?;
        for (what, [good, bad]) in [("similarity", &self.similarities), ("length", &self.lengths)] {
            writeln!(f, "{what}: good takes {}, faulty takes {}", Range(good), Range(bad))?;
        }
        for line in self.alarms.iter().chain(&self.wrong) {
            writeln!(f, "WRONG {line}")?;
        }
        for line in &self.missed {
            writeln!(f, "missed {line}")?;
        }
        Ok(())
    }
}
