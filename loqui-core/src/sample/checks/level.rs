//! Is it loud enough, not too loud, and centred?

use super::super::report::Measures;
use super::super::thresholds::{DC_ERROR, DC_WARNING, LOUD_DBFS, LOUD_DBTP, QUIET_DBFS, SILENT_LUFS};
use crate::error::code;
use crate::finding::{Finding, Severity};

/// True if there is nothing to hear. What is too short for a loudness is judged by its level.
pub(super) fn is_silent(measures: &Measures) -> bool {
    measures
        .loudness_lufs
        .or(measures.rms_dbfs)
        .is_none_or(|level| level < SILENT_LUFS)
}

pub(super) fn silent(measures: &Measures) -> Finding {
    match measures.loudness_lufs {
        Some(lufs) => super::error(
            &code::SAMPLE_SILENT,
            format!("the recording is all but silent ({lufs:.0} LUFS)"),
        )
        .with_measure(lufs, SILENT_LUFS, "LUFS"),
        None => super::error(&code::SAMPLE_SILENT, "the recording is silent".to_owned()),
    }
}

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    if let Some(rms) = measures.rms_dbfs {
        if rms < QUIET_DBFS {
            let hint = "Record closer to the microphone, or raise its gain.";
            let message = format!("the recording is quiet ({rms:.0} dBFS)");
            findings.push(
                Finding::new(Severity::Warning, "sample.quiet", message, hint).with_measure(rms, QUIET_DBFS, "dBFS"),
            );
        } else if rms > LOUD_DBFS {
            let hint = "Lower the microphone's gain and record again, without a limiter.";
            let message = format!("the recording is very loud ({rms:.0} dBFS)");
            findings.push(
                Finding::new(Severity::Warning, "sample.loud", message, hint).with_measure(rms, LOUD_DBFS, "dBFS"),
            );
        } else if let Some(peak) = measures.true_peak_dbtp
            && peak > LOUD_DBTP
        {
            let hint = "Nothing needs to be done; leave 3 dB of room when you record again.";
            let message = format!("its peaks reach {peak:.1} dBTP");
            findings
                .push(Finding::new(Severity::Note, "sample.loud", message, hint).with_measure(peak, LOUD_DBTP, "dBTP"));
        }
    }
    if let Some(offset) = measures.dc_offset.map(f64::abs) {
        if offset > DC_ERROR {
            let message = format!("the signal is off centre by {offset:.3} of full scale");
            findings.push(super::error(&code::SAMPLE_DC_OFFSET, message).with_measure(offset, DC_ERROR, "full scale"));
        } else if offset > DC_WARNING {
            let message = format!("the signal is off centre by {offset:.3} of full scale; this is taken out");
            findings.push(super::warning(&code::SAMPLE_DC_OFFSET, message).with_measure(
                offset,
                DC_WARNING,
                "full scale",
            ));
        }
    }
}
