//! Storage for records and audio.
//!
//! [`GenerationStore`] holds the records: samples with their artefacts, generations, events and the ledger of takes.
//! [`AudioStore`] holds the audio, as bytes by key.
//!
//! [`MemoryStore`], [`SqliteStore`] and [`PostgresStore`] implement `GenerationStore`. To write another one, implement the
//! trait and run `conformance!` (feature `conformance`) on it.

mod apply;
#[cfg(test)]
pub(crate) use apply::pending_record;
mod artefact;
mod audio;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod extension;
mod filter;
mod folder;
mod generation_store;
mod handle;
mod memory;
mod request;
mod sample_record;
mod spending;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod sql;

pub use artefact::{ArtefactValue, PutArtefact, SampleArtefact};
pub use audio::{AudioEntry, AudioReader, AudioStore, AudioWriter};
pub use extension::GenerationStoreExt;
pub use filter::{Filter, SampleFilter, TakeFilter};
pub use generation_store::GenerationStore;
pub use handle::{free_handle, handle_of};
pub use jiff::civil::Date;
pub use memory::MemoryStore;
pub use request::{ClaimRequest, ClaimTarget, Update};
pub use sample_record::{Consent, NewSample, SampleInfo, SampleRecord};
pub use spending::{Spending, UsageFilter};
#[cfg(feature = "postgres")]
pub use sql::postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sql::sqlite::SqliteStore;

#[cfg(any(test, feature = "conformance"))]
pub use crate::__store_conformance as conformance;
pub use crate::ledger::{Ceiling, Change, Fence};
