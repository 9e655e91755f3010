use super::*;
use crate::audio::testing::voice;
use crate::audio::{Clip, wav};

/// A recording with pauses of digital silence.
fn recording(gain: f32) -> Vec<u8> {
    let clip = wav::read(&voice("heart.wav")).unwrap();
    let mut samples = Vec::new();
    for _ in 0..3 {
        samples.extend(clip.samples().iter().map(|sample| sample * gain));
        samples.extend(std::iter::repeat_n(0.0, 24_000));
    }
    wav::pcm16(Clip::new(samples, 24_000).samples()).to_vec()
}

/// Masters in pieces, and returns the samples of the last pass with their report.
fn mastered(mastering: &Mastering, pcm16: &[u8]) -> (Vec<f32>, MasteringReport) {
    let mut settings = mastering.begin();
    let mut passes = 0;
    loop {
        let mut master = Master::new(&settings);
        let mut samples = Vec::new();
        for piece in pcm16.chunks(9_998) {
            samples.extend(master.push(piece));
        }
        let (rest, levels) = master.finish();
        samples.extend(rest);
        passes += 1;
        match mastering.next(&settings, &levels, passes) {
            Some(better) => settings = better,
            None => return (samples, mastering.report(&settings, levels)),
        }
    }
}

#[test]
fn loudness_is_reached_below_the_true_peak() {
    for (gain, target) in [(1.0, -18.0), (0.1, -18.0), (1.0, -14.0), (1.0, -30.0)] {
        let (samples, report) = mastered(&Mastering::default().with_loudness(target), &recording(gain));
        let levels = report.levels;
        assert!((levels.loudness_lufs - target).abs() <= 0.2, "{target}: {levels:?}");
        assert!(levels.true_peak_dbtp <= -1.0 + 0.05, "{target}: {levels:?}");
        assert_eq!(samples.len(), recording(gain).len() / 2);
    }
}

#[test]
fn requirements_of_acx_are_met_with_a_room_tone() {
    let mastering = Mastering::default().with_acx(true).with_room_tone(true);
    let (samples, report) = mastered(&mastering, &recording(0.2));
    assert_eq!(report.acx, Some(true), "{report:?}");
    assert!(report.levels.noise_floor_dbfs > -80.0, "{report:?}");
    let silence = &samples[..17_000];
    assert!(silence.iter().any(|sample| *sample != 0.0), "the pause has a tone");
    assert_eq!(samples.len(), recording(0.2).len() / 2 + 18_000 + 48_000);
}

#[test]
fn nothing_changes_by_default() {
    let pcm16 = recording(1.0);
    let (samples, report) = mastered(&Mastering::default(), &pcm16);
    assert_eq!(wav::pcm16(&samples), pcm16);
    assert!(report.gain_db.abs() < 1e-9 && report.acx.is_none());
}

#[test]
fn values_out_of_range_are_refused() {
    for mastering in [
        Mastering::default().with_loudness(0.0),
        Mastering::default().with_loudness(f64::NAN),
        Mastering::default().with_loudness(-18.0).with_acx(true),
    ] {
        assert_eq!(mastering.check().unwrap_err().code(), "option.out_of_range");
    }
}

#[test]
fn silence_stays_silence() {
    let (samples, report) = mastered(&Mastering::default().with_loudness(-18.0), &vec![0; 96_000]);
    assert!(samples.iter().all(|sample| *sample == 0.0));
    assert!(report.levels.loudness_lufs < -100.0);
}
