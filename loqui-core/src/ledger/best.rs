//! Which take is kept if none is good.

use super::take::{KEPT_ANYWAY, TakeRecord, TakeState};
use crate::finding::{Finding, FindingCode, Severity};

/// The rejected take that is least bad; none if nothing can be heard in any.
pub(super) fn best_rejected<'a>(takes: impl IntoIterator<Item = &'a TakeRecord>) -> Option<&'a TakeRecord> {
    takes
        .into_iter()
        .filter(|take| take.state == TakeState::Rejected && take.audio.is_some())
        .filter_map(|take| badness(&take.findings).map(|badness| (take, badness)))
        .min_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(take, _)| take)
}

/// The take as it is kept all the same, with a warning that says why it was rejected.
pub(crate) fn kept_anyway(mut take: TakeRecord) -> TakeRecord {
    let why = take
        .findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)
        .map_or("it was rejected", |finding| finding.message.as_str());
    let message = format!("no take was good, and the best one was kept: {why}");
    take.findings.push(Finding::new(
        Severity::Warning,
        KEPT_ANYWAY,
        message,
        "Listen to it; change the text a little, or speak it again with another seed.",
    ));
    take.state = TakeState::Kept;
    take
}

/// 0 is perfect; nothing if there is nothing to hear.
fn badness(findings: &[Finding]) -> Option<f64> {
    let mut sum = 0.0;
    for finding in findings {
        use FindingCode as Code;
        sum += match (finding.severity, &finding.code) {
            (_, Code::TakeSilent | Code::TakeNotFinite) => return None,
            (Severity::Error, Code::TakeTruncated) => 4.0,
            (Severity::Error, Code::TakeTooFast | Code::TakeWrongWords | Code::TakeUnlike) => 3.0,
            (Severity::Error, Code::TakeClipped | Code::TakeTail | Code::TakeLongSilence) => 1.0,
            (Severity::Error, _) => 2.0,
            (Severity::Warning, _) => 0.1,
            _ => 0.0,
        };
        if let (Severity::Error, Some(value), Some(limit)) = (finding.severity, finding.value, finding.limit) {
            // How far off, so that of two takes with the same fault the milder one is kept.
            sum += ((value - limit).abs() / limit.abs().max(0.1)).min(0.9);
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn rejected(number: u32, code: &str, value: f64) -> TakeRecord {
        let mut take = TakeRecord::intend(1, 0, number, number, 1, Timestamp::UNIX_EPOCH);
        take.state = TakeState::Rejected;
        take.audio = Some(format!("take-{number}.wav"));
        take.findings = vec![Finding::new(Severity::Error, code, "bad", "again").with_measure(value, 2.0, "s")];
        take
    }

    #[test]
    fn the_mildest_fault_wins_and_silence_never_does() {
        let takes = [
            rejected(1, "take.silent", 0.0),
            rejected(2, "take.truncated", 40.0),
            rejected(3, "take.long_silence", 3.0),
            rejected(4, "take.long_silence", 2.1),
        ];
        assert_eq!(best_rejected(&takes).map(|take| take.number), Some(4));
        assert_eq!(best_rejected(&takes[..1]), None);
        let kept = kept_anyway(takes[3].clone());
        assert_eq!(kept.state, TakeState::Kept);
        assert_eq!(kept.findings[1].code, "take.kept_anyway");
        assert!(kept.findings[1].message.ends_with("kept: bad"));
    }
}
