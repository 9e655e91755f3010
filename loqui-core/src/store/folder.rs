//! Makes the folders that records and audio live in: for their owner only.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes a folder and those above it where they are missing; on Unix the new ones are open to their owner only, for
/// voices are nobody else's business. Folders that exist stay as they are.
pub(super) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
