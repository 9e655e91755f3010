//! Compares the voice with the reference implementation `hibari-tts`. `tests/reference/make.py` writes the expected values.

use std::collections::HashMap;

use realfft::num_complex::Complex32;

use super::*;
use crate::bands::BANDS;
use crate::spectra::{BINS, HOP};
use crate::synthesis::Transform;

/// Sentences with the phonemes of the reference.
static PHONEMES: &str = include_str!("../../tests/reference/phonemes.tsv");
/// The levels of the speech of the reference, in dB per 50 ms and band.
static LEVELS: &str = include_str!("../../tests/reference/levels.txt");
/// The number of frames in an average.
const STEP: usize = 4;

fn vocabulary() -> HashMap<i32, char> {
    let ids: HashMap<char, i32> = serde_json::from_str(include_str!("../../data/vocab.json")).unwrap();
    ids.into_iter().map(|(phoneme, id)| (id, phoneme)).collect()
}

fn phonemes(voice: &Voice, text: &str, vocabulary: &HashMap<i32, char>) -> String {
    let sentences: Vec<String> = plan(text, false)
        .unwrap()
        .sentences
        .iter()
        .flat_map(|sentence| {
            let dictionaries = voice.parts.phonemes().unwrap();
            dictionaries.pronounce(&sentence.words, MAX_PHONEMES).pieces
        })
        .map(|piece| piece.iter().map(|id| vocabulary[id]).collect())
        .collect();
    sentences.join(" ")
}

/// Returns the Levenshtein distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, b) in other.iter().enumerate() {
            let cost = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = cost.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[test]
fn phonemes_of_two_hundred_sentences_match_the_reference() {
    let (voice, vocabulary) = (Voice::shared().unwrap(), vocabulary());
    let (mut errors, mut total, mut sentences) = (0, 0, 0);
    for line in PHONEMES.lines() {
        let (text, expected) = line.split_once('\t').unwrap();
        let actual = phonemes(&voice, text, &vocabulary);
        let wrong = distance(&actual, expected);
        if wrong > 0 {
            println!("{wrong:3}  {text}\n     ours   {actual}\n     theirs {expected}");
        }
        errors += wrong;
        total += expected.chars().count();
        sentences += 1;
    }
    let rate = errors as f64 / total as f64;
    println!(
        "{errors} of {total} phonemes in {sentences} sentences: {:.2} %",
        100.0 * rate
    );
    assert_eq!(sentences, 200);
    assert!(rate <= 0.01, "{:.2} %", 100.0 * rate);
}

/// Returns the levels of our speech, measured as in the reference script.
fn levels(voice: &Voice, samples: &[f32]) -> Vec<[f32; BANDS]> {
    let mut transform = Transform::new();
    let mut bins = vec![Complex32::default(); BINS];
    let frames: Vec<[f32; BANDS]> = (0..samples.len() / HOP)
        .map(|index| {
            transform.analyse(samples, index, &mut bins);
            voice
                .parts
                .renderer()
                .bands
                .average(bins.iter().map(Complex32::norm_sqr))
        })
        .collect();
    frames[frames.len() % STEP..]
        .chunks_exact(STEP)
        .map(|step| {
            std::array::from_fn(|band| {
                let power = step.iter().map(|frame| frame[band]).sum::<f32>() / STEP as f32;
                10.0 * (power + 1e-9).log10()
            })
        })
        .collect()
}

fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let (a, b) = (mean(one), mean(other));
    let sum = |f: &dyn Fn(f32, f32) -> f32| one.iter().zip(other).map(|(x, y)| f(x - a, y - b)).sum::<f32>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

#[test]
fn levels_of_the_speech_match_the_reference() {
    let voice = Voice::shared().unwrap();
    let texts: Vec<&str> = PHONEMES.lines().map(|line| line.split('\t').next().unwrap()).collect();
    let mut compared = Vec::new();
    for block in LEVELS.split("# ").skip(1) {
        let (number, rows) = block.split_once('\n').unwrap();
        let text = texts[number.parse::<usize>().unwrap()];
        let expected: Vec<f32> = rows.split_whitespace().map(|level| level.parse().unwrap()).collect();
        let actual = levels(&voice, voice.speak(text, &Settings::default()).unwrap().samples()).concat();
        // Counted from the end, because the reference starts with more silence.
        let count = actual.len().min(expected.len());
        let likeness = correlation(&actual[actual.len() - count..], &expected[expected.len() - count..]);
        println!(
            "{likeness:.4} {} {} {text}",
            actual.len() / BANDS,
            expected.len() / BANDS
        );
        compared.push(likeness);
    }
    assert_eq!(compared.len(), 10);
    // Other runtimes round the eight-bit network differently. If a sound becomes one frame longer, the rest is shifted, which
    // costs one of these sentences 0.04.
    let mean = compared.iter().sum::<f32>() / compared.len() as f32;
    assert!(
        mean >= 0.98 && compared.iter().all(|likeness| *likeness >= 0.9),
        "{compared:?}"
    );
}
