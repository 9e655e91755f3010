//! How many written texts are read as expected, by class: by the rewriting rules that were replaced (recorded in
//! `before.txt`), by the front end, and by Python normalisers. Prints tables, and writes them into a page if it is given one.
//!
//! ```sh
//! cargo run --release -p loqui-benches --example text -- benches/text/README.md
//! ```
//!
//! `LOQUI_BENCH_PYTHON` is a Python with `nemo_text_processing`, `WeTextProcessing` and `num2words`; what it does not have
//! gets a dash.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

#[path = "../../loqui-text/tests/suite/key.rs"]
mod key;

use key::key;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use loqui_core::script::{Limits, Script};
use loqui_text::{Locale, speak};

type AnyError = Box<dyn std::error::Error>;

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/text/others.py");
const NORMALISERS: [&str; 3] = ["nemo", "wetext", "num2words"];
/// The length of the text whose reading time is measured, in characters.
const BOOK: usize = 200_000;

/// A text with its expected reading.
struct Case {
    class: String,
    written: String,
    expected: String,
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../loqui-text/tests/data")
}

/// The English cases of NVIDIA NeMo-text-processing.
fn suite() -> Result<Vec<Case>, AnyError> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(data().join("nemo"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let class = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (written, expected) in std::fs::read_to_string(&path)?
            .lines()
            .filter_map(|line| line.split_once('~'))
        {
            cases.push(Case {
                class: class.clone(),
                written: written.to_owned(),
                expected: expected.to_owned(),
            });
        }
    }
    Ok(cases)
}

/// The cases of this project.
fn own() -> Result<Vec<Case>, AnyError> {
    let text = std::fs::read_to_string(data().join("english.txt"))?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Ok(lines
        .filter_map(|line| {
            let mut fields = line.splitn(3, '|').map(str::to_owned);
            Some(Case {
                class: fields.next()?,
                written: fields.next()?,
                expected: fields.next()?,
            })
        })
        .collect())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment variable selects the Python interpreter"
)]
fn python() -> String {
    std::env::var("LOQUI_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Returns the output of a Python normaliser for each text; nothing if it does not run.
fn ask(normaliser: &str, cases: &[Case]) -> Result<Option<Vec<String>>, AnyError> {
    let mut questions = String::new();
    for case in cases {
        writeln!(questions, "{}", serde_json::to_string(&case.written)?)?;
    }
    let input = std::env::temp_dir().join(format!("loqui-text-{normaliser}-{}", std::process::id()));
    std::fs::write(&input, questions)?;
    let output = Command::new(python())
        .args([PYTHON, normaliser])
        .stdin(std::fs::File::open(&input)?)
        .stderr(Stdio::null())
        .output();
    std::fs::remove_file(&input)?;
    let Ok(output) = output else {
        return Ok(None);
    };
    let answers: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    Ok((answers.len() == cases.len()).then_some(answers))
}

/// The right answers of the rules that were replaced, by class.
fn before(set: &str) -> BTreeMap<&'static str, &'static str> {
    let lines = include_str!("before.txt").lines();
    lines
        .filter_map(|line| line.strip_prefix(set)?.strip_prefix('|')?.split_once('|'))
        .collect()
}

/// A table of one set of cases.
fn table(set: &str, cases: &[Case]) -> Result<String, AnyError> {
    let american = Locale::american();
    let before = before(set);
    let mut columns: Vec<Option<Vec<String>>> = vec![Some(
        cases.iter().map(|case| speak(&case.written, &american).text).collect(),
    )];
    for normaliser in NORMALISERS {
        columns.push(ask(normaliser, cases)?);
    }
    let mut classes: BTreeMap<&str, (usize, Vec<usize>)> = BTreeMap::new();
    let mut all = vec![0; columns.len()];
    for (index, case) in cases.iter().enumerate() {
        let (count, right) = classes
            .entry(case.class.as_str())
            .or_insert_with(|| (0, vec![0; columns.len()]));
        *count += 1;
        for (column, answers) in columns.iter().enumerate() {
            let is_right = answers
                .as_ref()
                .is_some_and(|answers| key(&answers[index]) == key(&case.expected));
            right[column] += usize::from(is_right);
            all[column] += usize::from(is_right);
        }
    }
    let mut table = String::from(
        "| class | cases | before | now | `nemo_text_processing` | `WeTextProcessing` | `num2words` |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let total = cases.len();
    let mut row = |name: &str, count: usize, right: &[usize]| -> Result<(), AnyError> {
        let old = before.get(name.trim_matches('*')).unwrap_or(&"-");
        write!(table, "| {name} | {count} | {old} |")?;
        for (column, right) in columns.iter().zip(right) {
            match column {
                Some(_) => write!(table, " {right} |")?,
                None => table += " - |",
            }
        }
        table += "\n";
        Ok(())
    };
    for (class, (count, right)) in &classes {
        row(class, *count, right)?;
    }
    row("**all**", total, &all)?;
    Ok(table)
}

/// The rows of the suite whose reading differs intentionally, with the reasons.
fn differences() -> Result<String, AnyError> {
    let text = std::fs::read_to_string(data().join("nemo-differences.txt"))?;
    let mut table = String::from("| written | why it is read otherwise |\n|---|---|\n");
    for (written, reason) in text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('|'))
    {
        writeln!(table, "| `{written}` | {reason} |")?;
    }
    Ok(table)
}

/// The peak memory of this process, in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The time and memory of a book.
fn speed() -> Result<String, AnyError> {
    let prose = std::fs::read_to_string(data().join("prose.txt"))?;
    let repeats = BOOK.div_ceil(prose.chars().count());
    let book: String = prose.repeat(repeats).chars().take(BOOK).collect();
    let limits = Limits::default();
    drop(Script::parse("Warm up at 5 p.m.", &limits, Some("en"))?);
    let idle = peak().unwrap_or_default();
    let start = Instant::now();
    let script = Script::parse(&book, &limits, Some("en"))?;
    let elapsed = start.elapsed();
    let memory = peak().unwrap_or_default().saturating_sub(idle);
    let spoken = script.segments().iter().map(|segment| segment.spoken.as_str());
    Ok(format!(
        "{BOOK} characters become {} words in {} segments in {} ms, with {:.1} MiB over idle.\n",
        spoken.map(|spoken| spoken.split_whitespace().count()).sum::<usize>(),
        script.segments().len(),
        elapsed.as_millis(),
        memory as f64 / 1024.0
    ))
}

fn main() -> Result<(), AnyError> {
    // First, because the peak memory includes everything before.
    let speed = speed()?;
    let sections = [
        ("speed", speed),
        ("suite", table("suite", &suite()?)?),
        ("differences", differences()?),
        ("own", table("own", &own()?)?),
    ];
    for (name, section) in &sections {
        println!("{name}\n\n{section}");
    }
    if let Some(path) = std::env::args().nth(1) {
        let mut page = std::fs::read_to_string(&path)?;
        for (name, section) in &sections {
            let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- end {name} -->"));
            let (before, rest) = page.split_once(&open).ok_or("the page lacks a section")?;
            let (_, after) = rest.split_once(&close).ok_or("the page lacks the end of a section")?;
            page = format!("{before}{open}{section}{close}{after}");
        }
        std::fs::write(&path, page)?;
    }
    Ok(())
}
