//! A folder of installed models.
//!
//! [`Models`] lists, adds, verifies, quantises and removes models, and downloads them with the feature `download`. Each
//! model is a folder with the files that [`Model::load`](crate::Model::load) reads, and with a [lock file](LOCK_FILE) that
//! records the size and the SHA-256 of each file, where it came from, and who stated the hash. A model is complete and
//! verified before its folder gets its name, so a folder with that name can be used.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use loqui_pocket::models::{Models, known};
//!
//! let models = Models::new("/var/lib/voices/models");
//! for model in known() {
//!     println!("{} ({})", model.name(), model.language());
//! }
//! let model = models.get("english_18m_2026-10")?;
//! println!("{}", model.attribution().map_or_else(String::new, ToString::to_string));
//! let model = model.load()?;
//! # Ok::<(), loqui_pocket::models::Error>(())
//! ```
//!
//! Processes may use one folder at the same time. Operations on one model wait for each other.

mod add;
mod attribution;
mod catalogue;
mod digest;
mod environment;
mod error;
mod folder;
mod install;
mod installed;
mod lock;
mod name;
mod progress;
#[cfg(feature = "download")]
mod pull;
mod quantized;
mod record;
#[cfg(test)]
mod tests;

pub use add::AddOptions;
pub use attribution::Attribution;
pub use catalogue::{KnownFile, KnownModel, Terms, known, terms};
pub use environment::Environment;
pub use error::Error;
pub use folder::{Listing, Models};
pub use installed::Installed;
pub use progress::Progress;
#[cfg(feature = "download")]
pub use pull::{PullOptions, Pulled, Source};
pub use record::{HashOrigin, LOCK_FILE, RecordedFile};

/// Name of the weights in a model folder.
const WEIGHTS: &str = "model.safetensors";

/// Name of the configuration in a model folder.
const CONFIG: &str = "config.json";

/// Names under which a model folder may hold its tokenizer.
const TOKENIZERS: [&str; 2] = ["tokenizer.json", "tokenizer.model"];

/// Name of the file with licence and conditions in an installed folder.
const NOTICE: &str = "NOTICE.txt";
