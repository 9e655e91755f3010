use std::cell::RefCell;

use super::*;
use crate::audio::testing::{WavBuilder, babble, noise, voice};
use crate::audio::wav;

const RATE: u32 = 8_000;

fn speech(seconds: usize) -> Vec<f32> {
    let clip = wav::read(&voice("heart.wav")).expect("a mono file of 16 bits");
    let clip = crate::audio::resample(clip, RATE).into_samples();
    clip.iter().copied().cycle().take(seconds * RATE as usize).collect()
}

fn hiss(seconds: usize, gain: f32) -> Vec<f32> {
    noise(seconds * RATE as usize, 3)
        .into_iter()
        .map(|x| x * gain)
        .collect()
}

fn surveyed(parts: &[Vec<f32>]) -> Part {
    let file = WavBuilder::pcm16(&parts.concat(), 1, RATE).build();
    best_part(&Input::Memory(&file), &Limits::default(), 8.0, &|_| {}).expect("decodes")
}

fn seconds(frames: u64) -> f64 {
    frames as f64 / f64::from(RATE)
}

#[test]
fn a_short_recording_is_kept_whole() {
    let part = surveyed(&[speech(8)]);
    assert_eq!((part.start, part.frames), (0, 64_000));
    assert_eq!(part.decoded.frames(), 64_000);
}

#[test]
fn the_part_with_speech_is_found_wherever_it_is() {
    for (before, after) in [(0, 60), (30, 30), (60, 0)] {
        let part = surveyed(&[hiss(before, 0.05), speech(12), hiss(after, 0.05)]);
        let (start, end) = (seconds(part.start), seconds(part.start) + part.decoded.seconds());
        let spoken = before as f64..(before + 12) as f64;
        let overlap = end.min(spoken.end) - start.max(spoken.start);
        assert!(overlap >= 6.0, "{before}: {start} to {end}");
        assert!((seconds(part.frames) - (before + 12 + after) as f64).abs() < 0.01);
    }
}

#[test]
fn the_samples_are_those_of_the_file_at_the_start_of_the_part() {
    let all: Vec<f32> = [hiss(21, 0.05), speech(9), hiss(13, 0.05)].concat();
    let part = surveyed(std::slice::from_ref(&all));
    let expected = &all[part.start as usize..][..part.decoded.frames()];
    for (x, y) in part.decoded.samples.iter().zip(expected) {
        assert!((x - y).abs() < 1e-4);
    }
}

#[cfg(feature = "analysis")]
#[test]
fn intermittent_noise_does_not_hide_speech() {
    let bursts: Vec<f32> = babble(40.0, RATE).into_samples();
    let faint: Vec<f32> = speech(10).iter().map(|x| x * 0.5).collect();
    let part = surveyed(&[bursts.clone(), faint, bursts]);
    let (start, end) = (seconds(part.start), seconds(part.start) + part.decoded.seconds());
    assert!(start < 48.0 && end > 42.0, "{start} to {end}");
}

#[test]
fn progress_is_reported_and_decoding_stops_at_the_limit() {
    let file = WavBuilder::pcm16(&hiss(60, 0.1), 1, RATE).build();
    let seen = RefCell::new(Vec::new());
    let limits = Limits::default().with_seconds(40.0);
    let part = best_part(&Input::Memory(&file), &limits, 8.0, &|seconds| {
        seen.borrow_mut().push(seconds);
    });
    let part = part.expect("decodes");
    assert!(
        part.decoded.capped && (40.0..45.0).contains(&seconds(part.frames)),
        "{part:?}"
    );
    let seen = seen.into_inner();
    assert!(seen.len() > 5 && seen.is_sorted(), "{seen:?}");
}
