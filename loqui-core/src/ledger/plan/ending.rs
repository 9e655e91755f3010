//! When a generation has to end without speech.

use jiff::Timestamp;

use super::{BudgetGuard, ClaimState, SegmentView, max_takes};
use crate::error::{Error, code};
use crate::ledger::policy::Policy;
use crate::ledger::record::{ErrorRecord, GenerationRecord};
use crate::ledger::state::StateKind;
use crate::ledger::take::TakeRecord;

/// The least number of takes that fail in the same way before a generation without any audio ends early.
const SAME_FAILURES: usize = 3;

/// Returns the error if the generation has to end without speech.
pub(super) fn ending(
    generation: &GenerationRecord,
    segments: &[SegmentView<'_>],
    claim: &ClaimState,
    guard: &BudgetGuard,
    policy: &Policy,
    now: Timestamp,
) -> Option<ErrorRecord> {
    if segments.iter().all(SegmentView::is_kept) {
        return None;
    }
    if let Some(error) = &claim.over_budget {
        return Some(error.clone());
    }
    if generation.cancel_requested {
        return Some((&Error::new(&code::GENERATION_CANCELLED, "the generation was cancelled")).into());
    }
    if generation.deadline().is_some_and(|deadline| deadline <= now) {
        let waits = segments.iter().find_map(|view| view.active?.state().send_error());
        let message = match waits.or(claim.outage.as_ref()) {
            Some(error) => format!(
                "the deadline of the generation has passed while it waited: {}",
                error.message
            ),
            None => "the deadline of the generation has passed".to_owned(),
        };
        return Some((&Error::new(&code::GENERATION_DEADLINE, message)).into());
    }
    if let Some(error) = repeated_failure(generation, segments, policy)
        && !segments.iter().any(SegmentView::is_running)
    {
        return Some(error.clone());
    }
    segments
        .iter()
        .find_map(|view| view.dead_end(generation, policy, guard))
        .map(|error| (&error).into())
}

/// The error of the takes, if all that ended failed in the same way, as often as one segment may be tried, and no segment
/// has ever had audio: the model does not run, and the other segments would fail as well. Once a segment has succeeded, each
/// segment has all its takes.
pub(super) fn repeated_failure<'a>(
    generation: &GenerationRecord,
    segments: &[SegmentView<'a>],
    policy: &Policy,
) -> Option<&'a ErrorRecord> {
    let takes = || segments.iter().flat_map(|view| view.takes.iter().copied());
    let has_succeeded = |take: &TakeRecord| {
        matches!(
            take.kind(),
            StateKind::Succeeded | StateKind::Stored | StateKind::Kept | StateKind::Rejected
        )
    };
    if takes().any(has_succeeded) {
        return None;
    }
    let mut failures = takes()
        .filter(|take| take.intended_at >= generation.opened_at && take.kind() == StateKind::Failed)
        .filter_map(TakeRecord::error);
    let first = failures.next()?;
    let mut count = 1;
    for failure in failures {
        if (&failure.code, &failure.message) != (&first.code, &first.message) {
            return None;
        }
        count += 1;
    }
    (count >= max_takes(generation, policy).max(SAME_FAILURES)).then_some(first)
}
