//! Creates the folders of records and audio, accessible to their owner only.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Creates a folder and its missing parents. On Unix, new folders are accessible to their owner only, because recordings of
/// voices are private. Existing folders stay as they are.
pub(super) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
