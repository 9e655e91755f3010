//! What is recorded of a generation, and the pure functions that decide what comes next.
//!
//! [`plan`] maps records to the next steps. The runtime performs the steps and records each result before it plans
//! again, so the protocol that never loses and never pays twice is tested without a network.

mod best;
mod budgets;
mod change;
mod event;
mod info;
pub mod plan;
mod policy;
mod progress;
mod progress_estimate;
mod record;
mod status;
mod take;

pub(crate) use best::kept_anyway;
pub use budgets::Budgets;
pub use change::{Ceiling, Change, Fence};
pub use event::Event;
pub use info::{GenerationInfo, SegmentInfo};
pub use policy::Policy;
pub(crate) use progress::progress;
pub use progress_estimate::ProgressEstimate;
pub use record::{ErrorRecord, GenerationRecord, NewGeneration, SpeechRecord};
pub use status::{Stage, Status};
pub(crate) use take::{KEPT_ANYWAY, REUSED, SIMILARITY};
pub use take::{TakeId, TakeRecord, TakeState};
