//! Finds a stored sample by its id or name.

use loqui_core::store::{SampleFilter, SampleRecord};
use loqui_core::{Error, Loqui, SampleId};

use crate::code;
use crate::failure::Failure;

/// Finds a sample by its id, or else by its handle, or else by its name. Without an equal name, upper and lower case and the
/// extension of a file do not count.
///
/// # Errors
///
/// `sample.not_found`; `usage` if several samples have the name; `store.*`.
pub(crate) async fn find(loqui: &Loqui, name: &str) -> Result<SampleRecord, Failure> {
    if let Ok(id) = name.parse::<SampleId>() {
        match loqui.sample(id).await {
            Err(error) if error.is(&code::SAMPLE_NOT_FOUND) => {}
            found => return Ok(found?),
        }
    }
    let samples = loqui.samples(&SampleFilter::default()).await?;
    match select(&samples, name).as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(not_found(&samples, name).into()),
        several => {
            let list = several.iter().map(|sample| {
                let day = sample.created_at.strftime("%Y-%m-%d");
                format!("{} ({}, {:.1} s, {day})", sample.handle, sample.name, sample.seconds)
            });
            let message = format!(
                "{} samples are named {name:?}: {}",
                several.len(),
                list.collect::<Vec<_>>().join(", ")
            );
            Err(Failure::wrong_use(
                Error::new(&code::USAGE, message).with_hint("Pass the handle of one of them."),
            ))
        }
    }
}

fn select<'a>(samples: &'a [SampleRecord], name: &str) -> Vec<&'a SampleRecord> {
    let with = |is_meant: &dyn Fn(&SampleRecord) -> bool| -> Vec<&'a SampleRecord> {
        samples.iter().filter(|sample| is_meant(sample)).collect()
    };
    let wanted = loose(name);
    let ways: [&dyn Fn(&SampleRecord) -> bool; 3] = [
        &|sample| sample.handle == name,
        &|sample| sample.name == name,
        &|sample| loose(&sample.name) == wanted,
    ];
    ways.into_iter()
        .map(with)
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// A name without upper case and without the extension of a file.
fn loose(name: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 4 => stem,
        _ => name,
    };
    stem.trim().to_lowercase()
}

fn not_found(samples: &[SampleRecord], name: &str) -> Error {
    let error = Error::new(&code::SAMPLE_NOT_FOUND, format!("there is no sample {name:?}"));
    if samples.is_empty() {
        return error.with_hint("No samples are kept. Keep one with `loqui samples add FILE --name NAME`.");
    }
    let mut known: Vec<String> = samples.iter().take(8).map(|sample| sample.handle.clone()).collect();
    if samples.len() > known.len() {
        known.push("...".to_owned());
    }
    error.with_hint(format!(
        "Stored samples are {}. List all with `loqui samples list`.",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(id: i64, name: &str) -> SampleRecord {
        let report = serde_json::Value::Null;
        loqui_core::store::NewSample::new(name, "", "", "", 6.0, report, loqui_core::Timestamp::UNIX_EPOCH).with_id(id)
    }

    #[test]
    fn equal_names_come_before_similar_ones() {
        let handled = |id, name, handle: &str| {
            let mut sample = sample(id, name);
            handle.clone_into(&mut sample.handle);
            sample
        };
        let samples = [
            handled(1, "anna.wav", "anna"),
            handled(2, "Anna", "anna-2"),
            sample(3, "1"),
            handled(4, "Anna", "anna-3"),
        ];
        let ids = |name| -> Vec<i64> { select(&samples, name).iter().map(|sample| sample.id.get()).collect() };
        assert_eq!(ids("1"), [3]);
        assert_eq!(ids("anna.wav"), [1]);
        assert_eq!(ids("Anna"), [2, 4]);
        assert_eq!(ids("ANNA"), [1, 2, 4]);
        assert_eq!((ids("anna"), ids("anna-3")), (vec![1], vec![4]));
        assert!(ids("Bob").is_empty());
    }
}
