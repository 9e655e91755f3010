//! The jobs of a CSV file: a header line with the names of the fields, and one job per record.

use csv::{ReaderBuilder, StringRecord, Trim};
use loqui_core::options::{OptionKind, describe};
use serde_json::{Map, Value};

/// A line of the file, from 1, and what is wrong with it.
pub(super) type Invalid = (usize, String);

/// A line of the file, from 1, and the fields of its job.
type Row = (usize, Map<String, Value>);

/// Returns the fields of each job with its line, from 1.
pub(super) fn read(text: &str) -> Result<Vec<Row>, Invalid> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| invalid(&error))?.clone();
    let names: Vec<String> = header.iter().map(name).collect();
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err((1, format!("the column {name:?} is there twice")));
        }
    }
    let mut jobs = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| invalid(&error))?;
        let line = record.position().map_or(0, |at| line(text, at));
        let fields = fields(&names, &record).map_err(|why| (line, why))?;
        if !fields.is_empty() {
            jobs.push((line, fields));
        }
    }
    Ok(jobs)
}

/// The line of a record. The reader counts blank lines before a record as a part of it.
fn line(text: &str, at: &csv::Position) -> usize {
    let record = text.get(at.byte() as usize..).unwrap_or_default();
    let blank = &record[..record.len() - record.trim_start_matches(['\r', '\n']).len()];
    at.line() as usize + blank.matches('\n').count()
}

/// The separator that the header line has most of: spreadsheets in many countries write semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(b',')
}

/// The field of a column.
fn name(column: &str) -> String {
    let name = column.to_lowercase().replace([' ', '-'], "_");
    match name.as_str() {
        "text" => "script".to_owned(),
        "output" => "out".to_owned(),
        _ => name,
    }
}

/// The fields of one record. An empty one is not set.
fn fields(names: &[String], record: &StringRecord) -> Result<Map<String, Value>, String> {
    let options = describe();
    let mut fields = Map::new();
    for (name, text) in names.iter().zip(record).filter(|(_, text)| !text.is_empty()) {
        let is_named = |alias: &Option<String>| alias.as_deref() == Some(name);
        let option = options
            .iter()
            .find(|option| option.name == name || is_named(&option.alias));
        let value = match option.map(|option| &option.kind) {
            Some(OptionKind::Number) => number(text),
            Some(OptionKind::Integer) => text.parse::<u64>().ok().map(Value::from),
            Some(OptionKind::Flag) => flag(text).map(Value::from),
            _ => Some(text.into()),
        };
        let value = value.ok_or_else(|| format!("{name}: {text:?} is not a valid value"))?;
        fields.insert(name.clone(), value);
    }
    Ok(fields)
}

fn number(text: &str) -> Option<Value> {
    let number: f64 = text.parse().ok()?;
    number.is_finite().then(|| number.into())
}

fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn invalid(error: &csv::Error) -> Invalid {
    let line = error.position().map_or(1, csv::Position::line) as usize;
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields instead of {expected_len}. Put a text with a separator in quotes")
        }
        _ => error.to_string(),
    };
    (line, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_numbers_and_empty_fields_are_read() {
        let text = "id,Text,seed,reuse,budget,out\na,\"Hello, \"\"you\"\".\nBye.\",7,no,0.5,a.wav\n\nb,Hi!,,,,b.wav\n";
        let jobs = read(text).unwrap();
        let expected = serde_json::json!({
            "id": "a", "script": "Hello, \"you\".\nBye.", "seed": 7, "reuse": false, "budget": 0.5, "out": "a.wav",
        });
        assert_eq!(jobs[0], (2, expected.as_object().unwrap().clone()));
        assert_eq!((jobs[1].0, jobs[1].1.len()), (5, 3));
    }

    #[test]
    fn separator_is_that_of_the_header() {
        for text in ["id;out\na;b, c", "id\tout\na\tb, c", "id,out\na,\"b, c\""] {
            assert_eq!(read(text).unwrap()[0].1["out"], "b, c", "{text}");
        }
    }

    #[test]
    fn faults_have_a_line_and_a_reason() {
        for (text, line, why) in [
            ("id,out\na,b\nHi, there,c", 3, "3 fields instead of 2"),
            ("id,seed\na,soon", 2, "seed: \"soon\""),
            ("id,text,script", 1, "twice"),
        ] {
            let (found, reason) = read(text).unwrap_err();
            assert!(found == line && reason.contains(why), "{found}: {reason}");
        }
    }
}
