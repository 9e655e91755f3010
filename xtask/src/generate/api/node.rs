//! The API of the Node package: its declarations without comments.

use std::fs;

use crate::place;
use crate::step::{Failure, at};

/// Lists the declarations of these files.
pub(super) fn listing(files: &[&str]) -> Result<String, Failure> {
    let mut listing = String::new();
    for name in files {
        let file = place::root().join("loqui-node").join(name);
        let text = fs::read_to_string(&file).map_err(at(&file))?;
        listing.extend(["// ", name, "\n", &without_comments(&text), "\n"]);
    }
    Ok(listing.trim_end().to_owned() + "\n")
}

/// Removes comments and blank lines. Strings in declarations contain no comment signs.
fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |listing, line| listing + line.trim_end() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_removed() {
        let text = "// One.\n/** Two. */\nexport class A {\n  /**\n   * Three.\n   */\n  b(): void;\n\n  c: number; /* four */\n}\n";
        assert_eq!(
            without_comments(text),
            "export class A {\n  b(): void;\n  c: number;\n}\n"
        );
    }
}
