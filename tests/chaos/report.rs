//! Compares the ledger of takes with the provider's ledger.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use loqui_core::GenerationId;
use loqui_core::ledger::{StateKind, TakeRecord};
use loqui_emulator::Ledger;

/// Error codes after which paid audio cannot be fetched, so that another take is justified.
const CANNOT_BE_HAD: [&str; 5] = [
    "replicate.output_expired",
    "replicate.output_refused",
    "replicate.output_broken",
    "replicate.prediction_cancelled",
    "replicate.prediction_failed",
];

/// Result of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) generations: usize,
    pub(crate) segments: usize,
    pub(crate) predictions: usize,
    pub(crate) paid: usize,
    /// Failed generations that were retried.
    pub(crate) retried: u64,
    /// Held generations: the response to a create was lost, the list showed the prediction without its input, and no
    /// webhook arrived. They are not paid again without a manual retry.
    pub(crate) held: usize,
    /// Held takes that were paid. The ledger marks them as possibly paid.
    pub(crate) held_paid: usize,
    /// Paid takes whose audio was bad or not available, by reason.
    pub(crate) replaced: BTreeMap<String, usize>,
    pub(crate) faults: BTreeMap<String, u64>,
    /// The real duration, in seconds.
    pub(crate) seconds: f64,
    /// The virtual duration.
    pub(crate) lived: Duration,
    /// Generations that did not complete, and payments that are not in the ledger.
    pub(crate) lost: Vec<String>,
    /// Takes that were paid although a good take of the same segment was already paid.
    pub(crate) paid_twice: Vec<String>,
    /// Tokens sent to other hosts, and downloads from forbidden hosts.
    pub(crate) leaks: Vec<String>,
}

impl Report {
    /// True if nothing was lost, paid twice or leaked.
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.paid_twice.is_empty() && self.leaks.is_empty()
    }

    /// Hash of the sequence of events, independent of the machine's speed.
    pub(crate) fn course(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.predictions, self.paid, self.retried, self.lived).hash(&mut hasher);
        (&self.faults, &self.replaced, self.held, self.held_paid).hash(&mut hasher);
        hasher.finish()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {} generations, {} segments, {} predictions, {} paid, {} retried, {:.1} h in {:.1} s",
            self.seed,
            self.generations,
            self.segments,
            self.predictions,
            self.paid,
            self.retried,
            self.lived.as_secs_f64() / 3600.0,
            self.seconds
        )?;
        writeln!(f, "faults: {}, {:?}", self.faults.values().sum::<u64>(), self.faults)?;
        writeln!(
            f,
            "paid for audio that could not be used: {:?}; held: {}, of which {} were paid",
            self.replaced, self.held, self.held_paid
        )?;
        write!(
            f,
            "lost {} {:?}, paid twice {} {:?}, leaks {} {:?}",
            self.lost.len(),
            self.lost,
            self.paid_twice.len(),
            self.paid_twice,
            self.leaks.len(),
            self.leaks
        )
    }
}

/// Compares both ledgers and fills in the report.
pub(super) fn judge(report: &mut Report, takes: &[TakeRecord], ledger: &Ledger) {
    report.predictions = ledger.creates.len();
    report.paid = ledger.paid_runs();
    report.faults.clone_from(&ledger.faults);
    // The prediction id is unknown, but the seed shows whether it was paid.
    let held_seeds: HashSet<i64> = takes
        .iter()
        .filter(|take| take.kind() == StateKind::Held)
        .map(|take| i64::from(take.seed))
        .collect();
    let mut holder: HashMap<&str, &TakeRecord> = HashMap::new();
    for take in takes {
        if !take.kind().is_over() {
            report.lost.push(format!(
                "{} was sent {} times and is still {:?}",
                name(take),
                take.sends,
                take.state()
            ));
        }
        if let Some(id) = take.prediction_id()
            && let Some(other) = holder.insert(id, take)
        {
            let names = (name(take), name(other));
            report.paid_twice.push(format!("{id} belongs to two takes, {names:?}"));
        }
    }
    for create in ledger.creates.iter().filter(|create| create.is_paid()) {
        match holder.get(create.prediction.as_str()) {
            None if create.seed.is_some_and(|seed| held_seeds.contains(&seed)) => report.held_paid += 1,
            None => report
                .lost
                .push(format!("{} was paid and is in no ledger", create.prediction)),
            Some(take) if matches!(take.kind(), StateKind::Kept | StateKind::Held) => {}
            Some(take) => match why_replaced(take) {
                Some(why) => *report.replaced.entry(why).or_default() += 1,
                None => report.paid_twice.push(format!("{} {:?}", name(take), take.state())),
            },
        }
    }
    let held: HashSet<GenerationId> = takes
        .iter()
        .filter(|take| take.kind() == StateKind::Held)
        .map(|take| take.generation)
        .collect();
    let segments: HashSet<(GenerationId, u32)> = takes.iter().map(|take| (take.generation, take.segment)).collect();
    report.segments = segments.len();
    for (generation, segment) in segments {
        let kept = |take: &&TakeRecord| take.is_kept() && (take.generation, take.segment) == (generation, segment);
        match takes.iter().filter(kept).count() {
            0 if held.contains(&generation) => {}
            0 => report
                .lost
                .push(format!("segment {generation}-{segment} has no kept take")),
            1 => {}
            more => report
                .paid_twice
                .push(format!("segment {generation}-{segment} has {more} kept takes")),
        }
    }
    report.leaks = ledger.leaks.iter().map(|leak| format!("{leak:?}")).collect();
    let strayed = ledger.downloads.iter().filter(|download| download.strayed);
    report.leaks.extend(strayed.map(|download| format!("{download:?}")));
}

/// The justified reason for another take after a paid one, if any.
fn why_replaced(take: &TakeRecord) -> Option<String> {
    match (take.kind(), take.error()) {
        (StateKind::Rejected, _) => Some(
            take.findings
                .first()
                .map_or("rejected", |finding| finding.code.as_str())
                .to_owned(),
        ),
        (StateKind::Failed, Some(error)) if CANNOT_BE_HAD.contains(&error.code.as_str()) => Some(error.code.clone()),
        _ => None,
    }
}

fn name(take: &TakeRecord) -> String {
    format!("{}-{}-{}", take.generation, take.segment, take.number)
}
