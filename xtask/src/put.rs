//! Installs built files.

use std::fs;
use std::path::Path;

use crate::step::{Failure, at};

/// Replaces a file atomically, so that a process that has the old one open keeps it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let beside = to.with_extension("new");
    fs::copy(from, &beside).map_err(at(from))?;
    fs::rename(&beside, to).map_err(at(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_replaces_the_old_file_and_leaves_nothing_beside_it() {
        let folder = std::env::temp_dir().join(format!("loqui-xtask-put-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (from, to) = (folder.join("from"), folder.join("to.node"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn an_error_names_the_missing_library() {
        let failure = copy(Path::new("no/such.so"), Path::new("anywhere.so")).unwrap_err();
        assert!(failure.to_string().contains("such.so"));
    }
}
