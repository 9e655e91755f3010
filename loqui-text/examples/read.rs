//! Prints what is spoken for a file, paragraph by paragraph, and what was found: `cargo run --example read -- FILE [LOCALE]`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::path::Path;

use loqui_text::{Format, Locale, Plain, speak};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a file")?;
    let locale = arguments
        .next()
        .map_or_else(|| Ok(Locale::american()), |tag| tag.parse())?;
    let extension = Path::new(&path).extension().and_then(|extension| extension.to_str());
    let plain = Plain::from_bytes(
        &std::fs::read(&path)?,
        Format::from_extension(extension.unwrap_or_default()),
    )?;
    for paragraph in plain
        .text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
    {
        println!("{}\n", speak(paragraph, &locale).text);
    }
    for finding in &plain.findings {
        println!("{} at {:?}: {}", finding.code, finding.range, finding.message);
    }
    Ok(())
}
