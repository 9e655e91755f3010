//! The job: what is recorded of it, what comes next, and who does it.
//!
//! [`plan`] is a pure function from records to the next steps; the runner performs them and writes down every outcome.
//! So the protocol that never loses and never pays twice is tested without a network.

mod best;
mod budgets;
mod event;
mod finish;
mod info;
pub(crate) mod judge;
pub(crate) mod lanes;
mod outlook;
pub mod plan;
mod policy;
mod progress;
mod record;
pub(crate) mod runner;
mod status;
pub(crate) mod steps;
mod take;

pub use budgets::Budgets;
pub use event::Event;
pub use info::{GenerationInfo, SegmentInfo};
pub use outlook::Outlook;
pub use policy::Policy;
pub use record::{ErrorRecord, GenerationRecord, NewGeneration, SpeechRecord};
pub use status::{Stage, Status};
pub(crate) use take::{KEPT_ANYWAY, REUSED};
pub use take::{TakeId, TakeRecord, TakeState};
