use super::*;
use crate::audio::testing::{noise, voice};
use crate::audio::{Content, Limits, decode};

const RATE: u32 = 16_000;

fn speech() -> Vec<f32> {
    let heart = decode(&voice("heart.wav"), &Limits::default()).expect("decodes").mono();
    crate::audio::resample(heart, RATE).into_samples()
}

fn other_speech() -> Vec<f32> {
    let rms = decode(&voice("rms.wav"), &Limits::default()).expect("decodes").mono();
    crate::audio::resample(rms, RATE).into_samples()
}

fn scaled(samples: &[f32], gain: f32) -> Vec<f32> {
    samples.iter().map(|x| x * gain).collect()
}

fn delayed(samples: &[f32], by: usize) -> Vec<f32> {
    let mut later = vec![0.0; by];
    later.extend_from_slice(&samples[..samples.len() - by]);
    later
}

/// A bass of 60 Hz that comes and goes.
fn bass(length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| {
            let time = n as f32 / RATE as f32;
            0.5 * (std::f32::consts::TAU * 60.0 * time).sin() * (std::f32::consts::TAU * 0.5 * time).sin()
        })
        .collect()
}

/// Chords that change twice a second.
fn music(length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| {
            let time = n as f32 / RATE as f32;
            let beat = (time * 2.0).fract();
            let root = [220.0, 261.6, 293.7, 196.0][(time * 2.0) as usize % 4];
            let notes = [1.0, 1.25, 1.5, 2.0, 3.0];
            let sum: f32 = notes
                .iter()
                .map(|ratio| (std::f32::consts::TAU * root * ratio * time).sin())
                .sum();
            0.1 * (-2.0 * beat).exp() * sum
        })
        .collect()
}

fn recording(channels: &[Vec<f32>], mask: Option<u32>) -> Decoded {
    let length = channels.iter().map(Vec::len).min().unwrap_or(0);
    let samples = (0..length).flat_map(|frame| channels.iter().map(move |channel| channel[frame]));
    Decoded {
        content: Content::Wav,
        sample_rate: RATE,
        channels: channels.len() as u16,
        samples: samples.collect(),
        truncated: false,
        capped: false,
        declared_seconds: None,
        mask,
        remarks: Vec::new(),
    }
}

#[track_caller]
fn assert_chosen(channels: &[Vec<f32>], mask: Option<u32>, expected: &[u16], reason: Reason) {
    let choice = choose(&recording(channels, mask));
    assert_eq!(
        (choice.channels.as_slice(), choice.reason),
        (expected, reason),
        "{choice:?}"
    );
}

#[test]
fn mono_and_the_same_sound_in_all_channels_are_used_whole() {
    let voice = speech();
    assert_chosen(std::slice::from_ref(&voice), None, &[0], Reason::All);
    assert_chosen(&[voice.clone(), voice.clone()], None, &[0, 1], Reason::All);
    assert_chosen(&[voice.clone(), scaled(&voice, 0.7)], None, &[0, 1], Reason::All);
    assert_chosen(&[voice.clone(), voice.clone(), voice], None, &[0, 1, 2], Reason::All);
}

#[test]
fn silent_and_noisy_channels_are_left_out() {
    let voice = speech();
    let hiss = scaled(&noise(voice.len(), 3), 0.05);
    let faint = scaled(&noise(voice.len(), 4), 3e-5);
    for other in [vec![0.0; voice.len()], faint, hiss] {
        assert_chosen(&[voice.clone(), other.clone()], None, &[0], Reason::Quiet);
        assert_chosen(&[other, voice.clone()], None, &[1], Reason::Quiet);
    }
}

#[test]
fn inverted_and_delayed_channels_do_not_reach_the_mean() {
    let voice = speech();
    assert_chosen(&[voice.clone(), scaled(&voice, -0.8)], None, &[0], Reason::Inverted);
    assert_chosen(&[scaled(&voice, -0.3), voice.clone()], None, &[1], Reason::Inverted);
    for by in [8, 80, 300] {
        assert_chosen(&[voice.clone(), delayed(&voice, by)], None, &[0], Reason::Delayed);
    }
}

#[test]
fn independent_noise_in_two_channels_is_averaged() {
    let voice = speech();
    let with_noise = |seed| -> Vec<f32> {
        let hiss = noise(voice.len(), seed);
        voice.iter().zip(hiss).map(|(x, n)| x + 0.01 * n).collect()
    };
    assert_chosen(&[with_noise(1), with_noise(2)], None, &[0, 1], Reason::All);
}

#[test]
fn the_centre_of_a_film_is_used_without_the_bass() {
    const SURROUND: u32 = 0x3f;
    let voice = speech();
    let side = scaled(&music(voice.len()), 0.8);
    let quiet = vec![0.0; voice.len()];
    let bass = bass(voice.len());
    let film = |left: &Vec<f32>, centre: &Vec<f32>| [left, left, centre, &bass, &quiet, &quiet].map(Clone::clone);
    assert_chosen(&film(&side, &voice), Some(SURROUND), &[2], Reason::Different);
    assert_chosen(&film(&quiet, &voice), Some(SURROUND), &[2], Reason::Quiet);
    assert_chosen(&film(&voice, &quiet), Some(SURROUND), &[0, 1], Reason::Quiet);
    // 7.1 without positions: the bass is known by its content.
    let eight: Vec<Vec<f32>> = [&quiet, &quiet, &voice, &bass, &quiet, &quiet, &quiet, &quiet]
        .map(Clone::clone)
        .to_vec();
    assert_chosen(&eight, None, &[2], Reason::Quiet);
}

#[cfg(feature = "analysis")]
#[test]
fn the_channel_with_speech_is_used_where_the_other_has_music() {
    let voice = speech();
    let loud = scaled(&music(voice.len()), 2.0);
    assert_chosen(&[loud.clone(), voice.clone()], None, &[1], Reason::Different);
    assert_chosen(&[voice, loud], None, &[0], Reason::Different);
}

#[test]
fn one_of_two_people_on_two_channels_is_used() {
    let choice = choose(&recording(&[speech(), other_speech()], None));
    assert_eq!((choice.channels.len(), choice.reason), (1, Reason::Different));
}

#[test]
fn silence_and_invalid_samples_have_a_choice() {
    let quiet = vec![0.0; 16_000];
    assert_chosen(&[quiet.clone(), quiet.clone()], None, &[0, 1], Reason::All);
    let choice = choose(&recording(&[vec![f32::NAN; 16_000], vec![f32::INFINITY; 16_000]], None));
    assert!(!choice.channels.is_empty());
    assert_eq!(choose(&recording(&[vec![0.5], vec![0.5]], None)).channels, [0, 1]);
}

#[test]
fn channels_have_names() {
    assert_eq!(name(0, 2, None), "the left channel");
    assert_eq!(name(2, 6, Some(0x3f)), "the centre channel");
    assert_eq!(name(7, 8, Some(0x63f)), "the side right channel");
    assert_eq!(name(2, 4, None), "channel 3");
}
