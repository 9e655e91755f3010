//! The records of a generation, and the pure functions that decide its next steps.
//!
//! A generation is one job: it speaks a script in the voice of a sample. The script is split into segments, and each
//! call of an engine for a segment is a take. [`plan`](plan::plan) maps the records to the next steps; the runtime
//! performs them and records each result before it plans again. A take changes its state only through the table of
//! [`transitions`], which stores check as well.
//!
//! Nothing here reads a clock, a file or a network, so a simulation can run the protocol in virtual time.

mod best;
mod budgets;
pub(crate) mod cast;
mod change;
mod event;
mod info;
mod lineage;
pub mod plan;
mod policy;
mod progress;
mod progress_estimate;
mod record;
mod row;
mod seed;
pub mod state;
mod status;
mod take;
#[cfg(any(test, feature = "conformance"))]
pub(crate) mod testing;
pub mod transitions;

pub use budgets::Budgets;
pub use cast::VoiceRecord;
pub use change::{Ceiling, Change, Fence};
pub use event::Event;
pub(crate) use info::chapter_infos;
pub use info::{ChapterInfo, GenerationInfo, SegmentInfo, TakeInfo, VoiceInfo};
pub use lineage::{Inherited, Lineage};
pub use policy::Policy;
pub(crate) use progress::progress;
pub use progress_estimate::ProgressEstimate;
pub use record::{ErrorRecord, GenerationRecord, NewGeneration, SpeechRecord};
pub use row::TakeRow;
pub use state::{StateKind, TakeState};
pub use status::{Stage, Status};
pub use take::{TakeId, TakeRecord};
