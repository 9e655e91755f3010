//! Chooses the take that is kept when the checks rejected all of them.

use super::record::ErrorRecord;
use super::state::StateKind;
use super::take::TakeRecord;
use crate::finding::{Finding, FindingCode, Severity};

/// The code of the finding on a take that was kept although the checks rejected it.
pub(super) const KEPT_ANYWAY: &str = "take.kept_anyway";

/// The rejected take with the least severe faults; none if no take is audible.
pub(super) fn best_rejected<'a>(takes: impl IntoIterator<Item = &'a TakeRecord>) -> Option<&'a TakeRecord> {
    takes
        .into_iter()
        .filter(|take| take.kind() == StateKind::Rejected && take.audio().is_some())
        .filter_map(|take| penalty(&take.findings).map(|penalty| (take, penalty)))
        .min_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(take, _)| take)
}

/// The warning about a take that is kept although it was rejected.
pub(super) fn kept_anyway(take: &TakeRecord) -> Finding {
    let why = take
        .findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)
        .map_or("it was rejected", |finding| finding.message.as_str());
    Finding::new(
        Severity::Warning,
        KEPT_ANYWAY,
        format!("no take passed the checks, so the best one was kept: {why}"),
        "Listen to it; change the text a little, or speak it again with another seed.",
    )
}

/// The reason for the rejection, in one line.
pub(super) fn reason(take: &TakeRecord) -> String {
    let error = take.error().map(|error: &ErrorRecord| error.message.clone());
    let finding = || take.findings.first().map(|finding| finding.message.clone());
    error.or_else(finding).unwrap_or_else(|| take.kind().to_string())
}

/// Returns 0 for a take without faults, and none for a silent or undecodable take.
fn penalty(findings: &[Finding]) -> Option<f64> {
    let mut sum = 0.0;
    for finding in findings {
        sum += match finding.severity {
            Severity::Error => penalty_of(&finding.code)?,
            Severity::Warning => 0.1,
            _ => 0.0,
        };
        if let (Severity::Error, Some(value), Some(limit)) = (finding.severity, finding.value, finding.limit) {
            // The distance from the limit decides between two takes with the same fault.
            sum += ((value - limit).abs() / limit.abs().max(0.1)).min(0.9);
        }
    }
    Some(sum)
}

/// Returns the severity of a fault, and none for a take without audible speech. Faults of checks that this version does not know count
/// as moderate.
const fn penalty_of(fault: &FindingCode) -> Option<f64> {
    match fault {
        FindingCode::TakeSilent | FindingCode::TakeNotFinite => None,
        FindingCode::TakeTruncated => Some(4.0),
        FindingCode::TakeTooFast | FindingCode::TakeWrongWords | FindingCode::TakeUnlike => Some(3.0),
        FindingCode::TakeClipped | FindingCode::TakeTail | FindingCode::TakeLongSilence => Some(1.0),
        _ => Some(2.0),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ledger::row::TakeRow;
    use crate::ledger::testing::in_state;

    fn rejected(number: u32, fault: FindingCode, value: f64) -> TakeRecord {
        let mut row = TakeRow::new(1, 0, number, number, 1, Timestamp::UNIX_EPOCH);
        row.findings = vec![Finding::new(Severity::Error, fault, "bad", "again").with_measure(value, 2.0, "s")];
        in_state(row, StateKind::Rejected)
    }

    #[test]
    fn mildest_fault_is_chosen_and_silence_never_is() {
        let takes = [
            rejected(1, FindingCode::TakeSilent, 0.0),
            rejected(2, FindingCode::TakeTruncated, 40.0),
            rejected(3, FindingCode::TakeLongSilence, 3.0),
            rejected(4, FindingCode::TakeLongSilence, 2.1),
        ];
        assert_eq!(best_rejected(&takes).map(|take| take.number), Some(4));
        assert_eq!(best_rejected(&takes[..1]), None);
        let warning = kept_anyway(&takes[3]);
        assert_eq!(warning.code, "take.kept_anyway");
        assert!(warning.message.ends_with("kept: bad"));
    }
}
