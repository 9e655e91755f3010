use super::*;
use crate::audio::testing::{babble, sine};
use crate::audio::{Level, dbfs};
use crate::script::Boundary;
use crate::speech::activity::Activity;

/// Speech-like sound with this peak and silence around it.
fn take(peak: f32, seconds: f32, head: usize, tail: usize) -> Clip {
    let voice = babble(seconds, SPEECH_RATE).into_samples();
    let samples = [
        vec![0.0; head],
        voice.iter().map(|x| x * peak / 0.5).collect(),
        vec![0.0; tail],
    ];
    Clip::new(samples.concat(), SPEECH_RATE)
}

fn largest_jump(samples: &[f32]) -> f32 {
    samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

fn level_dbfs(samples: &[f32]) -> f64 {
    Activity::of(&Clip::new(samples.to_vec(), SPEECH_RATE)).level_dbfs()
}

fn part(stitched: &Stitched, index: usize) -> &[f32] {
    let (start, end) = stitched.times[index];
    &stitched.clip.samples()[seconds_to_samples(start)..seconds_to_samples(end)]
}

#[test]
fn pauses_separate_takes_and_times_are_exact_to_the_sample() {
    let takes = [
        (take(0.3, 1.0, 12_000, 20_000), Boundary::Sentence.pause()),
        (take(0.3, 0.7, 0, 0), Boundary::Paragraph.pause()),
        (take(0.3, 1.3, 3_000, 100), Boundary::Word.pause()),
        (take(0.3, 0.5, 500, 50_000), Boundary::End.pause()),
    ];
    let stitched = stitch(&takes).unwrap();
    let mut at = 0;
    for ((_, pause), (start, end)) in takes.iter().zip(&stitched.times) {
        assert_eq!(seconds_to_samples(*start), at);
        at = seconds_to_samples(*end);
        if !pause.is_zero() {
            let pause = samples_in(*pause);
            assert!(stitched.clip.samples()[at..at + pause].iter().all(|x| *x == 0.0));
            at += pause;
        }
    }
    assert_eq!(at, stitched.clip.len(), "nothing follows the last take");
}

#[test]
fn silence_around_a_take_is_trimmed_to_the_margin() {
    let stitched = stitch(&[(take(0.3, 1.0, 24_000, 48_000), Boundary::End.pause())]).unwrap();
    let seconds = stitched.clip.seconds();
    // The sound starts and ends softly, below the gate for some frames.
    assert!((0.9..=1.1).contains(&seconds), "{seconds}");
}

#[test]
fn joins_do_not_click() {
    // The worst case: takes that start and end at a high level, with a DC offset.
    let loud = sine(200.0, 0.5, 1.0, SPEECH_RATE);
    let inside = largest_jump(&loud);
    let cut = Clip::new(loud[37..23_971].iter().map(|x| x + 0.05).collect(), SPEECH_RATE);
    let takes = [
        (cut.clone(), Boundary::Word.pause()),
        (cut.clone(), Boundary::Sentence.pause()),
        (cut, Boundary::End.pause()),
    ];
    let stitched = stitch(&takes).unwrap();
    let samples = stitched.clip.samples();
    assert!(
        largest_jump(samples) <= inside * 1.05,
        "{} > {inside}",
        largest_jump(samples)
    );
    assert!(samples[0].abs() < 1e-3 && samples[samples.len() - 1].abs() < 1e-3);
}

#[test]
fn levels_differ_by_less_than_three_decibels() {
    let takes: Vec<_> = [0.05, 0.3, 0.12, 0.6, 0.2, 0.1]
        .map(|peak| (take(peak, 1.5, 2_000, 2_000), Boundary::Sentence.pause()))
        .into();
    let before: Vec<_> = takes.iter().map(|(take, _)| Loudness::of(take).level_dbfs).collect();
    assert!(before.iter().copied().fold(f64::MIN, f64::max) - before.iter().copied().fold(f64::MAX, f64::min) > 20.0);
    let stitched = stitch(&takes).unwrap();
    let after: Vec<_> = (0..takes.len())
        .map(|index| level_dbfs(part(&stitched, index)))
        .collect();
    for pair in after.windows(2) {
        assert!((pair[1] - pair[0]).abs() < 3.0, "{after:?}");
    }
}

#[test]
fn peaks_stay_below_the_ceiling() {
    let spiky: Vec<f32> = babble(1.0, SPEECH_RATE)
        .samples()
        .iter()
        .enumerate()
        .map(|(n, x)| if n % 6000 == 3000 { 0.999 } else { x * 0.4 })
        .collect();
    let stitched = stitch(&[(Clip::new(spiky, SPEECH_RATE), Boundary::End.pause())]).unwrap();
    let peak = Level::of(&stitched.clip).true_peak_dbtp;
    assert!(peak <= -0.99, "{peak}");
}

#[test]
fn without_a_common_level_takes_are_matched_to_the_first() {
    let mut stitcher = Stitcher::new();
    let first = stitcher
        .push(&take(0.3, 1.0, 0, 0), Boundary::Sentence.pause())
        .unwrap();
    let second = stitcher.push(&take(0.22, 1.0, 0, 0), Boundary::End.pause()).unwrap();
    assert!((level_dbfs(&first) - level_dbfs(&second)).abs() < 0.1);
    let pause = seconds_to_samples(Boundary::Sentence.pause().as_secs_f64());
    let times = stitcher.finish();
    assert_eq!(seconds_to_samples(times[1].0), first.len() + pause);
    assert_eq!(seconds_to_samples(times[1].1), first.len() + second.len());
}

#[test]
fn dc_offset_is_removed() {
    let shifted: Vec<f32> = take(0.3, 1.0, 4_800, 4_800).samples().iter().map(|x| x + 0.1).collect();
    let stitched = stitch(&[(Clip::new(shifted, SPEECH_RATE), Boundary::End.pause())]).unwrap();
    assert!(dbfs(Level::of(&stitched.clip).dc_offset.abs()) < -50.0);
}

#[test]
fn unverified_takes_are_rejected_or_harmless() {
    let slow = Clip::new(vec![0.1; 100], 16_000);
    assert_eq!(
        stitch(&[(slow, Boundary::End.pause())]).unwrap_err().to_string(),
        "a take has a rate of 16000 Hz; 24000 Hz is needed"
    );
    let broken = Clip::new(vec![f32::NAN; 100], SPEECH_RATE);
    assert_eq!(
        stitch(&[(broken, Boundary::End.pause())]).unwrap_err().code(),
        "internal"
    );
    let silent = Clip::new(vec![0.0; 100], SPEECH_RATE);
    assert_eq!(stitch(&[(silent, Boundary::End.pause())]).unwrap().clip.len(), 100);
    let empty = Clip::new(Vec::new(), SPEECH_RATE);
    assert!(stitch(&[(empty, Boundary::End.pause())]).unwrap().clip.is_empty());
    assert!(stitch(&[]).unwrap().times.is_empty());
}
