//! `cargo xtask bench splitter`: sentence boundaries in many languages, by this library and three others. Writes the table to
//! the given file, followed by the errors of this library.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use loqui_core::script;
use unicode_segmentation::UnicodeSegmentation as _;

const TEXTS: &str = include_str!("texts.txt");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/splitter/others.py");

type AnyError = Box<dyn std::error::Error>;

/// One language: code, text and sentence boundaries.
struct Text {
    language: &'static str,
    words: String,
    borders: BTreeSet<usize>,
}

/// Errors of a splitter, as offsets in non-white-space characters.
struct Errors {
    missed: Vec<usize>,
    added: Vec<usize>,
}

impl Errors {
    fn of(found: &BTreeSet<usize>, expected: &BTreeSet<usize>) -> Self {
        Self {
            missed: expected.difference(found).copied().collect(),
            added: found.difference(expected).copied().collect(),
        }
    }

    fn count(&self) -> usize {
        self.missed.len() + self.added.len()
    }
}

/// Offsets count non-white-space characters, because splitters treat white space differently.
fn visible(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Boundaries between these sentences, without the end of the text.
fn borders<'a>(sentences: impl IntoIterator<Item = &'a str>) -> BTreeSet<usize> {
    let mut at = 0;
    let mut ends: BTreeSet<usize> = sentences
        .into_iter()
        .map(|sentence| {
            at += visible(sentence);
            at
        })
        .collect();
    ends.pop_last();
    ends.remove(&0);
    ends
}

fn texts() -> Vec<Text> {
    let mut texts = Vec::new();
    for section in TEXTS.split("\n[").skip(1) {
        let Some((language, marked)) = section.split_once("]\n") else {
            continue;
        };
        let marked = marked.trim();
        texts.push(Text {
            language,
            words: marked.replace('|', ""),
            borders: borders(marked.split('|')),
        });
    }
    texts
}

fn ours(text: &Text) -> BTreeSet<usize> {
    let spans = script::sentences(&text.words, Some(text.language));
    borders(spans.into_iter().map(|span| &text.words[span]))
}

/// Boundaries found by a splitter. `None` for an unsupported language.
type Answer = Option<BTreeSet<usize>>;

/// Boundaries found by pysbd and sentencex.
fn others(texts: &[Text]) -> Result<Vec<[Answer; 2]>, AnyError> {
    let python = told("LOQUI_BENCH_PYTHON").unwrap_or_else(|| "python3".to_owned());
    let mut child = Command::new(python)
        .arg(PYTHON)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut questions = String::new();
    for text in texts {
        writeln!(questions, "{}", serde_json::json!([text.language, text.words]))?;
    }
    child.stdin.take().ok_or("no stdin")?.write_all(questions.as_bytes())?;
    let output = child.wait_with_output()?;
    let mut answers = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let found: [Option<Vec<String>>; 2] = serde_json::from_str(line)?;
        answers.push(found.map(|sentences| Some(borders(sentences?.iter().map(String::as_str)))));
    }
    if answers.len() != texts.len() {
        return Err(format!(
            "{} of {} texts were answered: is all installed?",
            answers.len(),
            texts.len()
        )
        .into());
    }
    Ok(answers)
}

#[expect(
    clippy::disallowed_methods,
    reason = "xtask passes the Python interpreter in the environment"
)]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn main() -> Result<(), AnyError> {
    let texts = texts();
    let others = others(&texts)?;
    let mut table = String::from(
        "| language | boundaries | loqui | `sentencex` | `unicode-segmentation` | `pysbd` |\n|---|---|---|---|---|---|\n",
    );
    let (mut sums, mut alike, mut shared) = ([0; 4], 0, 0);
    let mut details = String::new();
    for (text, [pysbd, sentencex]) in texts.iter().zip(others) {
        let found = [
            Some(ours(text)),
            sentencex,
            Some(borders(text.words.split_sentence_bounds())),
            pysbd,
        ];
        let errors: Vec<Option<Errors>> = found
            .iter()
            .map(|found| found.as_ref().map(|found| Errors::of(found, &text.borders)))
            .collect();
        write!(table, "| {} | {} |", text.language, text.borders.len())?;
        for (sum, errors) in sums.iter_mut().zip(&errors) {
            match errors {
                Some(errors) => {
                    *sum += errors.count();
                    write!(
                        table,
                        " {} ({} + {}) |",
                        errors.count(),
                        errors.missed.len(),
                        errors.added.len()
                    )?;
                }
                None => table += " - |",
            }
        }
        table += "\n";
        if errors[3].is_some() {
            shared += text.borders.len();
            alike += errors[0].as_ref().map_or(0, Errors::count);
        }
        if let Some(own) = &errors[0] {
            for (what, places) in [("missed", &own.missed), ("added", &own.added)] {
                for place in places {
                    writeln!(details, "{} {what}: {}", text.language, around(&text.words, *place))?;
                }
            }
        }
    }
    let all: usize = texts.iter().map(|text| text.borders.len()).sum();
    writeln!(
        table,
        "| **all** | {all} | **{}** | {} | {} | {} of {shared} (loqui: {alike}) |",
        sums[0], sums[1], sums[2], sums[3]
    )?;
    println!("{table}\n{details}");
    if let Some(path) = std::env::args().nth(1) {
        let page = std::fs::read_to_string(&path)?;
        let (before, after) = page
            .split_once("<!-- table -->\n")
            .and_then(|(before, rest)| Some((before, rest.split_once("<!-- end -->")?.1)))
            .ok_or("the page has no place for the table")?;
        std::fs::write(&path, format!("{before}<!-- table -->\n{table}<!-- end -->{after}"))?;
    }
    Ok(())
}

/// The words around an offset.
fn around(text: &str, place: usize) -> String {
    let mut seen = 0;
    let mut at = text.len();
    for (index, character) in text.char_indices() {
        if seen == place {
            at = index;
            break;
        }
        seen += usize::from(!character.is_whitespace());
    }
    let before: Vec<char> = text[..at].chars().rev().take(20).collect();
    let after: String = text[at..].chars().take(20).collect();
    format!("…{} ⁞ {after}…", before.into_iter().rev().collect::<String>())
}
