//! Recordings and reference values for the tests. `tests/voices/README.md` of the workspace and
//! `tests/reference/make.py` of this crate describe their origin.

use std::path::Path;

/// Reads one of the 16 kHz sample voices, `rms` (man) or `slt` (woman).
pub(crate) fn voice(name: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/voices/{name}.wav"));
    let mut wav = hound::WavReader::open(path).unwrap();
    assert_eq!(wav.spec().sample_rate, crate::SAMPLE_RATE);
    wav.samples::<i16>().map(|x| f32::from(x.unwrap()) / 32_768.0).collect()
}

/// Reads the reference values of a voice, one per line. `kind` is `speech` or `print`.
pub(crate) fn values(voice: &str, kind: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/reference/{voice}.{kind}.txt"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// Returns the largest difference between two lists of the same length.
pub(crate) fn largest_difference(actual: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(actual.len(), expected.len());
    actual
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}
