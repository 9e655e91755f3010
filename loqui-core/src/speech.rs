//! Turns takes into one recording: verification, joining, encoding, subtitles and provenance.
//!
//! This module does not depend on engines or on the ledger. Only [`save`] writes a file.

mod activity;
mod cue;
mod encode;
mod encoding;
mod format;
mod leveling;
mod mastering;
mod provenance;
mod save;
mod stitch;
mod subtitles;
mod tags;
mod trim;
pub mod verify;
mod voice_levels;
mod words;

pub(crate) use activity::samples_in;
pub use cue::{CueFile, cue_sheet};
pub use encode::{Encoder, Ending, encode_stream};
pub(crate) use encode::{Piece, encoded, samples_of};
pub use encoding::{Codec, Encoding};
pub use format::SpeechFormat;
pub use leveling::{Loudness, common_level_dbfs};
pub(crate) use mastering::{Master, MasterSettings};
pub use mastering::{Mastering, MasteringReport, SpeechLevels};
pub use provenance::Provenance;
pub use save::save;
pub(crate) use save::save_stream;
pub use stitch::{Delivery, Stitched, Stitcher, measure, stitch};
pub use subtitles::{SubtitleCues, SubtitleFormat, SubtitleOptions, TimedText, subtitles};
pub use tags::{ChapterMark, Tags};
pub(crate) use trim::trimmed_start;
pub use voice_levels::{VoiceLevel, VoiceTake, voice_levels};
pub use words::{SegmentWords, SpokenWord, Word};
pub(crate) use words::{embed, embedded, estimated};
