//! Models with random weights, for tests of programs that use this crate.

use std::io;
use std::path::Path;

use crate::seeded;

/// Writes a model of a small shape with seeded weights to an existing folder. It loads and speaks within milliseconds,
/// and its speech is noise.
///
/// # Errors
/// If a file cannot be written.
pub fn write_model_folder(folder: impl AsRef<Path>) -> io::Result<()> {
    seeded::write_tiny(folder.as_ref())
}
