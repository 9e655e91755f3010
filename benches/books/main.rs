//! Makes a book with the oddities of real ones, reads it, and checks that every word is there.
//!
//! ```sh
//! cargo run --release -p loqui-benches --example books -- [PAGES] [OUT.epub]
//! ```

#![expect(clippy::print_stdout, reason = "the output of the program")]

mod epub;

use std::time::Instant;

use epub::{Contents, make};
use loqui_core::script::{BookOptions, Limits, Script, ScriptFile, ScriptOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pages: usize = arguments.next().map_or(Ok(500), |pages| pages.parse())?;
    let out = arguments.next();
    for contents in [Contents::Navigation, Contents::Ncx, Contents::None] {
        let made = make(pages, contents);
        if let Some(path) = out.as_deref().filter(|_| contents == Contents::Navigation) {
            std::fs::write(path, &made.bytes)?;
        }
        let begun = Instant::now();
        let file = ScriptFile::read(&made.bytes, None, None, &BookOptions::default())?;
        let read = begun.elapsed();
        let mut options = ScriptOptions::new(Limits::default(), Some("en"));
        options.format = file.format;
        let script = Script::read(&file.text, &options)?;
        let split = begun.elapsed().saturating_sub(read);
        check(&script, &made)?;
        println!(
            "{contents:?}: {pages} pages, {} characters, {} chapters, {} segments; read in {:.2} s, split in {:.2} s",
            script.characters(),
            script.chapters().len(),
            script.segments().len(),
            read.as_secs_f64(),
            split.as_secs_f64(),
        );
    }
    Ok(())
}

/// Compares the chapters and the words with those of the book.
fn check(script: &Script, made: &epub::Made) -> Result<(), String> {
    let chapters: Vec<(String, u8)> = script
        .chapters()
        .into_iter()
        .map(|chapter| (chapter.title, chapter.level))
        .collect();
    if chapters != made.chapters {
        return Err(format!("{} chapters, not {}", chapters.len(), made.chapters.len()));
    }
    let spoken: Vec<&str> = script
        .segments()
        .iter()
        .map(|segment| segment.spoken.as_str())
        .collect();
    let spoken = spoken.join(" ");
    let words = spoken
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.starts_with("word") && word.len() == 10);
    let words: Vec<&str> = words.collect();
    if words != made.marks {
        return Err(format!("{} words, not {}", words.len(), made.marks.len()));
    }
    Ok(())
}
