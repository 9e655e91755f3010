//! Writes generated files, or reports the ones that are stale.

use std::fs;
use std::process::Command;

use crate::place;
use crate::step::{Failure, at};

/// The generated files of one run.
pub(super) struct Files {
    check: bool,
    stale: Vec<String>,
}

impl Files {
    /// Writes files; with `check`, compares them instead.
    pub(super) fn new(check: bool) -> Self {
        Self {
            check,
            stale: Vec::new(),
        }
    }

    /// Writes a text file, or shows how it differs.
    pub(super) fn put(&mut self, name: &str, content: &str) -> Result<(), Failure> {
        let file = place::root().join(name);
        if fs::read_to_string(&file).unwrap_or_default() == content {
            println!("{name} is up to date");
            return Ok(());
        }
        if self.check {
            show_difference(name, content)?;
        }
        self.put_bytes(name, content.as_bytes())
    }

    /// Writes a file, or counts it as stale if it differs.
    pub(super) fn put_bytes(&mut self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let file = place::root().join(name);
        if fs::read(&file).unwrap_or_default() == content {
            println!("{name} is up to date");
            return Ok(());
        }
        if self.check {
            println!("{name} is stale");
            self.stale.push(name.to_owned());
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        fs::write(&file, content).map_err(at(&file))?;
        println!("{name} written");
        Ok(())
    }

    /// Replaces the part of a file between two marker lines.
    pub(super) fn put_between(&mut self, name: &str, markers: [&str; 2], content: &str) -> Result<(), Failure> {
        let file = place::root().join(name);
        let text = fs::read_to_string(&file).map_err(at(&file))?;
        let replaced = replaced(&text, markers, content)
            .ok_or_else(|| Failure::new(format!("{name} does not have the lines {markers:?}")))?;
        self.put(name, &replaced)
    }

    /// Fails if any file is stale.
    pub(super) fn finish(self) -> Result<(), Failure> {
        if self.stale.is_empty() {
            return Ok(());
        }
        let stale = self.stale.join(", ");
        Err(Failure::new(format!("stale: {stale}; run: cargo xtask generate")))
    }
}

fn replaced(text: &str, [begin, end]: [&str; 2], content: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, begin, content, end, after].concat())
}

/// Prints a diff from the checked-in file to the generated one.
fn show_difference(name: &str, content: &str) -> Result<(), Failure> {
    let generated = place::target()?.join("generated").join(name);
    if let Some(folder) = generated.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::write(&generated, content).map_err(at(&generated))?;
    // The exit code only shows that there is a difference. Without git, only the name of the file is printed.
    let mut diff = Command::new("git");
    diff.current_dir(place::root())
        .args(["--no-pager", "diff", "--no-index", "--no-color", "--"]);
    let _ = diff.arg(name).arg(&generated).status();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_between_markers_is_replaced() {
        let text = "a\n// begin\nold\n// end\nb\n";
        let new = replaced(text, ["// begin\n", "// end\n"], "new\n");
        assert_eq!(new.as_deref(), Some("a\n// begin\nnew\n// end\nb\n"));
        assert_eq!(replaced(text, ["// begin\n", "// nowhere\n"], ""), None);
    }
}
