use super::super::Sample;
use super::*;
use crate::audio::testing::{WavBuilder, noise, sine, voice};
use crate::audio::wav;

fn original(name: &str) -> Clip {
    wav::read(&voice(name)).unwrap()
}

fn sample(clip: &Clip) -> Sample {
    Sample::from_bytes(WavBuilder::float32(clip.samples(), 1, clip.sample_rate()).build()).unwrap()
}

fn mixed(clip: &Clip, disturbance: &[f32], gain: f32) -> Clip {
    let samples = clip.samples().iter().zip(disturbance).map(|(x, n)| x + gain * n);
    Clip::new(samples.collect(), clip.sample_rate())
}

fn outcome(cleaning: &Cleaning, repair: Repair) -> CleaningOutcome {
    cleaning.steps.iter().find(|step| step.step == repair).unwrap().outcome
}

#[test]
fn clean_recording_has_no_clipping_and_no_hum() {
    for name in ["heart.wav", "rms.wav", "slt.wav"] {
        let cleaned = sample(&original(name)).clean().unwrap();
        let cleaning = cleaned.report().cleaning.clone().unwrap();
        for repair in [Repair::Clipping, Repair::Hum] {
            assert_eq!(
                outcome(&cleaning, repair),
                CleaningOutcome::NotNeeded,
                "{name}: {cleaning:?}"
            );
        }
        assert!(cleaned.usable());
    }
}

#[cfg(feature = "analysis")]
#[test]
fn noise_hum_rumble_and_low_level_are_repaired() {
    let voice = original("heart.wav");
    let rate = voice.sample_rate();
    let seconds = voice.seconds() as f32 + 1.0;
    let hiss = noise(voice.len(), 5);
    let hum = sine(50.0, 1.0, seconds, rate);
    let overtone = sine(100.0, 0.5, seconds, rate);
    let rumble = sine(23.0, 1.0, seconds, rate);
    let mut dirty = mixed(&voice, &hiss, 0.02);
    for (tone, gain) in [(&hum, 0.02), (&overtone, 0.02), (&rumble, 0.05)] {
        dirty = mixed(&dirty, tone, gain);
    }
    dirty.samples_mut().iter_mut().for_each(|x| *x *= 0.2);
    let before = sample(&dirty);
    assert!(before.report().may_be_cleaned());
    let cleaned = before.clean().unwrap();
    let cleaning = cleaned.report().cleaning.clone().unwrap();
    for repair in [Repair::Rumble, Repair::Hum, Repair::Noise, Repair::Level] {
        assert_eq!(outcome(&cleaning, repair), CleaningOutcome::Applied, "{cleaning:?}");
    }
    assert!(
        cleaning.after.snr_db.unwrap() > cleaning.before.snr_db.unwrap() + 10.0,
        "{cleaning:?}"
    );
    assert!(
        (cleaning.after.loudness_lufs.unwrap() + 20.0).abs() < 1.0 || cleaning.after.true_peak_dbtp.unwrap() > -2.0
    );
    assert!(cleaned.usable() && !cleaned.report().may_be_cleaned());
    assert_eq!(cleaned.sources()[0].file, *before.original());
    assert_ne!(cleaned.sha256(), before.sha256());
    // Cleaning is deterministic, so the same file is the same sample.
    assert_eq!(before.clean().unwrap().sha256(), cleaned.sha256());
}

#[test]
fn silence_at_the_ends_is_trimmed() {
    let voice = original("slt.wav");
    let hush = vec![0.0; 3 * voice.sample_rate() as usize];
    let padded = Clip::new([&hush, voice.samples(), &hush].concat(), voice.sample_rate());
    let cleaned = sample(&padded).clean().unwrap();
    assert!(
        cleaned.duration().as_secs_f64() < voice.seconds() + 0.6,
        "{:?}",
        cleaned.duration()
    );
    assert!(cleaned.report().measures.leading_silence_seconds.unwrap() < 0.3);
}

#[test]
fn recordings_without_a_voice_are_not_changed_into_one() {
    for clip in [
        Clip::new(vec![0.0; 80_000], 16_000),
        Clip::new(noise(80_000, 3).iter().map(|x| x * 0.1).collect(), 16_000),
        Clip::new(vec![0.1], 8_000),
    ] {
        let cleaned = sample(&clip).clean().unwrap();
        assert!(!cleaned.usable());
        assert!(cleaned.report().cleaning.is_some());
    }
}
