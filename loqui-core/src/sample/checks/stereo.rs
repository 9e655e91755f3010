//! Channels that do not carry the voice.

use super::super::findings;
use super::super::measure::Measured;
use crate::audio::channels::Reason;
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    let used = measured.voice_channels.join(" and ");
    match measured.left_out {
        Reason::All => {}
        Reason::Inverted => found.push(findings::out_of_phase(&used, measured.measures.stereo_correlation)),
        Reason::Quiet => found.push(findings::one_channel(&used, "the others have no voice")),
        Reason::Delayed => found.push(findings::one_channel(
            &used,
            "the others repeat the voice later or earlier",
        )),
        Reason::Different => found.push(findings::one_channel(&used, "the others have another sound")),
    }
}
