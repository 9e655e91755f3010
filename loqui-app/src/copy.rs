//! The text that interfaces show for the progress of a generation. The guide specifies these sentences (S65, S68).

use loqui_core::ledger::{Event, Stage, Status};

/// Shown while a generation waits.
pub(crate) const QUEUED: &str = "Your request is in the queue";
/// Shown while speech is generated.
pub(crate) const GENERATING: &str = "AI is generating your voice...";
/// Shown when the speech is complete.
pub(crate) const COMPLETED: &str = "Generation complete! Ready to download.";

/// Returns the text for an event: its notice if it has one, otherwise the sentence of its stage.
pub(crate) fn of_event(event: &Event) -> String {
    if let Some(notice) = event.notice() {
        return notice.to_owned();
    }
    match event.stage {
        Stage::Queued => QUEUED,
        Stage::Speaking => GENERATING,
        Stage::Stitching => "Joining the segments...",
        Stage::Done if event.status == Status::Completed => COMPLETED,
        _ => &event.message,
    }
    .to_owned()
}
