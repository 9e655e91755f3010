//! `cargo run --release -p loqui-benches --example text_suite`: how many cases of each class the text front end reads as
//! expected.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/nemo");
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let verbose = std::env::args().any(|a| a == "-v");
    let (mut all, mut right) = (0, 0);
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let (mut n, mut ok) = (0, 0);
        for line in text.lines() {
            let Some((written, spoken)) = line.split_once('~') else {
                continue;
            };
            n += 1;
            let said = if std::env::args().any(|a| a == "--old") {
                loqui_text::in_words(&loqui_text::spell_out(written))
            } else {
                loqui_text::speak(written, &loqui_text::Locale::american()).text
            };
            if key(&said) == key(spoken) {
                ok += 1;
            } else if verbose {
                println!("  {written} | {spoken} | {said}");
            }
        }
        println!("{:?} {ok}/{n}", file.file_stem().unwrap_or_default());
        all += n;
        right += ok;
    }
    println!("{right}/{all}");
    Ok(())
}

fn key(text: &str) -> String {
    let del = std::env::args().any(|a| a == "--del");
    let text: String = text
        .to_lowercase()
        .chars()
        .filter_map(|c| {
            if c.is_alphanumeric() || c.is_whitespace() {
                Some(c)
            } else if c == '-' || !del {
                Some(' ')
            } else {
                None
            }
        })
        .collect();
    text.split_whitespace()
        .filter(|w| *w != "and")
        .map(|w| if w == "zero" || w == "o" { "oh" } else { w })
        .collect::<Vec<_>>()
        .join(" ")
}
