//! Each check finds the fault that it is for, and good recordings have none.

use super::*;

const VOICES: [&str; 6] = ["heart.mp3", "heart.wav", "rms.mp3", "rms.wav", "slt.mp3", "slt.wav"];

fn with_noise(clip: &Clip, snr_db: f64) -> Vec<f32> {
    let power = |samples: &[f32]| samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples.len() as f64;
    let noise = noise(clip.len(), 5);
    let gain = (power(clip.samples()) / power(&noise) / 10_f64.powf(snr_db / 10.0)).sqrt() as f32;
    clip.samples().iter().zip(noise).map(|(x, n)| x + gain * n).collect()
}

#[test]
fn good_voices_have_no_errors_and_no_warnings() {
    for name in VOICES {
        let report = check(&voice(name));
        assert!(report.usable, "{name}: {report:#?}");
        assert_eq!(codes(&report, Severity::Warning), [""; 0], "{name}: {report:#?}");
        assert!(
            report
                .duration_seconds
                .is_some_and(|seconds| (12.9..14.1).contains(&seconds)),
            "{name}"
        );
        assert!(
            report
                .measures
                .speech_seconds
                .is_some_and(|seconds| (8.0..13.9).contains(&seconds)),
            "{name}"
        );
    }
}

#[test]
fn mp3_and_wav_of_one_recording_have_the_same_measures() {
    for name in ["heart", "rms", "slt"] {
        let [mp3, wav] = ["mp3", "wav"].map(|kind| check(&voice(&format!("{name}.{kind}"))).measures);
        let near = |a: Option<f64>, b: Option<f64>, by: f64| (a.unwrap() - b.unwrap()).abs() <= by;
        assert!(
            // The encoder lowers the level by 5 % so that its overshoots fit.
            near(mp3.loudness_lufs, wav.loudness_lufs, 0.6),
            "{name}: {mp3:?} {wav:?}"
        );
        assert!(
            near(mp3.speech_seconds, wav.speech_seconds, 0.5),
            "{name}: {mp3:?} {wav:?}"
        );
        assert!(
            near(mp3.true_peak_dbtp, wav.true_peak_dbtp, 1.0),
            "{name}: {mp3:?} {wav:?}"
        );
    }
}

#[test]
fn length_limits_give_findings() {
    let of = |seconds| check(&wav::write(&words(seconds, 16_000), None));
    assert_found(&of(1.0), Severity::Error, "sample.too_short");
    assert_found(&of(4.0), Severity::Warning, "sample.short");
    assert_found(&of(7.0), Severity::Note, "sample.short");
    assert_found(&of(40.0), Severity::Warning, "sample.long");
    let hour = of(400.0);
    assert!(hour.usable, "{hour:#?}");
    assert_found(&hour, Severity::Warning, "sample.long");
    assert_eq!(hour.duration_seconds, Some(400.0));
    let finding = of(1.0).findings.remove(0);
    assert_eq!(
        (finding.value, finding.limit, finding.unit.as_deref()),
        (Some(1.0), Some(3.0), Some("s"))
    );
}

#[test]
fn silence_has_a_single_finding() {
    let report = report_of(&vec![0.0; 16_000 * 6], 16_000);
    assert_eq!(codes(&report, Severity::Error), ["sample.silent"]);
    assert_eq!(report.findings.len(), 1);
    assert!(!report.usable);
    // The level of an unconnected microphone input.
    let hiss: Vec<f32> = noise(16_000 * 6, 1).iter().map(|x| x * 1e-3).collect();
    assert_found(&report_of(&hiss, 16_000), Severity::Error, "sample.silent");
}

#[test]
fn quiet_and_loud_recordings_are_reported() {
    let scaled = |gain: f32| clean_voice().samples().iter().map(|x| x * gain).collect::<Vec<_>>();
    assert_found(&report_of(&scaled(0.3), 24_000), Severity::Warning, "sample.quiet");
    let loud: Vec<f32> = scaled(12.0).iter().map(|x| x.tanh()).collect();
    assert_found(&report_of(&loud, 24_000), Severity::Warning, "sample.loud");
}

#[test]
fn clipping_is_found_after_scaling_down() {
    for (overdrive, severity) in [(1.5, Severity::Warning), (3.0, Severity::Error), (8.0, Severity::Error)] {
        let voice = clean_voice();
        let peak = voice.samples().iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let clip = |x: &f32| (x * overdrive / peak).clamp(-1.0, 1.0) * 0.5;
        let samples: Vec<f32> = voice.samples().iter().map(clip).collect();
        let report = report_of(&samples, 24_000);
        assert_found(&report, severity, "sample.clipped");
    }
    assert_eq!(
        report_of(clean_voice().samples(), 24_000).measures.clipped_per_second,
        Some(0.0)
    );
}

#[test]
fn signal_to_noise_ratio_is_measured_and_reported_below_the_limits() {
    let voice = clean_voice();
    for (true_snr, range) in [
        (30.0, 24.0..34.0),
        (20.0, 15.0..24.0),
        (10.0, 5.0..12.0),
        (5.0, 0.0..8.0),
    ] {
        let measured = report_of(&with_noise(&voice, true_snr), 24_000)
            .measures
            .snr_db
            .unwrap();
        assert!(range.contains(&measured), "{true_snr} dB reads {measured}");
    }
    assert_found(
        &report_of(&with_noise(&voice, 13.0), 24_000),
        Severity::Warning,
        "sample.noisy",
    );
    assert_found(
        &report_of(&with_noise(&voice, 3.0), 24_000),
        Severity::Error,
        "sample.noisy",
    );
    let hiss: Vec<f32> = noise(24_000 * 6, 1).iter().map(|x| x * 0.1).collect();
    let expected = if cfg!(feature = "analysis") {
        "sample.no_speech"
    } else {
        "sample.noisy"
    };
    assert_found(&report_of(&hiss, 24_000), Severity::Error, expected);
}

#[test]
fn narrow_bandwidth_is_reported_even_after_resampling() {
    let telephone = resample(resample(clean_voice(), 8_000), 24_000);
    assert_found(
        &report_of(telephone.samples(), 24_000),
        Severity::Warning,
        "sample.narrow_band",
    );
    assert_found(
        &report_of(words(6.0, 11_025).samples(), 11_025),
        Severity::Warning,
        "sample.narrow_band",
    );
    assert_found(
        &report_of(words(6.0, 6_000).samples(), 6_000),
        Severity::Error,
        "sample.narrow_band",
    );
}

#[test]
fn dc_offset_is_reported_and_removed_from_the_reference() {
    let shifted = |by: f32| clean_voice().samples().iter().map(|x| x * 0.5 + by).collect::<Vec<_>>();
    assert_found(&report_of(&shifted(0.1), 24_000), Severity::Error, "sample.dc_offset");
    let file = WavBuilder::float32(&shifted(0.03), 1, 24_000).build();
    let sample = Sample::from_bytes(file).expect("decodes");
    assert_found(sample.report(), Severity::Warning, "sample.dc_offset");
    let reference = wav::read(sample.reference().wav()).expect("written by this crate");
    let mean = reference.samples().iter().sum::<f32>() / reference.len() as f32;
    assert!(mean.abs() < 3e-3, "{mean}");
}

#[test]
fn invalid_samples_are_counted_and_silenced() {
    let mut samples = clean_voice().into_samples();
    samples[1_000] = f32::NAN;
    samples[2_000] = f32::INFINITY;
    samples[3_000] = -1e30;
    let report = report_of(&samples, 24_000);
    assert_found(&report, Severity::Error, "sample.not_finite");
    assert_eq!(report.findings[0].value, Some(3.0));
    assert_eq!(codes(&report, Severity::Error).len(), 1);
    assert_eq!(
        codes(&report_of(&vec![f32::NAN; 24_000 * 6], 24_000), Severity::Error),
        ["sample.not_finite", "sample.silent"]
    );
}

#[test]
fn truncated_files_are_usable_with_a_warning() {
    for name in ["heart.mp3", "heart.wav"] {
        let file = voice(name);
        let report = check(&file[..file.len() / 2]);
        assert!(report.usable, "{name}: {report:#?}");
        assert_found(&report, Severity::Warning, "sample.truncated");
    }
}

#[test]
fn leading_silence_and_long_pauses_are_reported() {
    let voice = words(4.0, 16_000).into_samples();
    let quiet = |seconds: usize| noise(16_000 * seconds, 3).iter().map(|x| x * 3e-4).collect::<Vec<_>>();
    let report = report_of(&[quiet(2), voice.clone(), quiet(3), voice].concat(), 16_000);
    assert_found(&report, Severity::Warning, "sample.leading_silence");
    assert_found(&report, Severity::Warning, "sample.long_pause");
}

#[cfg(feature = "analysis")]
#[test]
fn tones_do_not_count_as_speech() {
    let tone = sine(440.0, 0.2, 6.0, 16_000);
    assert_found(&report_of(&tone, 16_000), Severity::Error, "sample.no_speech");
    let mostly_tone = [words(4.0, 16_000).into_samples(), tone].concat();
    let report = report_of(&mostly_tone, 16_000);
    assert_found(&report, Severity::Warning, "sample.little_speech");
    assert_eq!(report.measures.speech_by, Some(SpeechBy::Network));
}

#[test]
fn channels_that_cancel_each_other_are_reported() {
    let stereo: Vec<f32> = clean_voice().samples().iter().flat_map(|x| [*x, -0.8 * x]).collect();
    let report = check(&WavBuilder::float32(&stereo, 2, 24_000).build());
    assert_found(&report, Severity::Warning, "sample.out_of_phase");
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.message.contains("the left channel"))
    );
    assert_eq!(
        (
            report.channels,
            report.voice_channels.as_slice(),
            report.measures.stereo_correlation
        ),
        (Some(2), &[1][..], Some(-1.0))
    );
    assert!(report.measures.snr_db.is_some_and(|snr| snr > 18.0), "{report:#?}");
}

#[test]
fn a_voice_in_one_channel_is_used_at_its_own_level() {
    let voice = clean_voice();
    let alone = check(&wav::write(&voice, None));
    let sided: Vec<f32> = voice.samples().iter().flat_map(|x| [0.0, *x]).collect();
    let report = check(&WavBuilder::float32(&sided, 2, 24_000).build());
    assert_found(&report, Severity::Note, "sample.one_channel");
    assert_eq!((report.usable, report.voice_channels.as_slice()), (true, &[2][..]));
    let (found, expected) = (
        report.measures.loudness_lufs.unwrap(),
        alone.measures.loudness_lufs.unwrap(),
    );
    assert!((found - expected).abs() < 0.1, "{found} and {expected}");
    // The reference has the same voice.
    let sample = Sample::from_bytes(WavBuilder::float32(&sided, 2, 24_000).build()).expect("decodes");
    let cut = sample.reference().wav().clone();
    let again = crate::sample::reference::cut_again(sample.original(), &sample.judgement().excerpt).expect("decodes");
    assert_eq!(again.wav(), &cut);
}

#[test]
fn a_header_that_was_never_updated_gets_a_note() {
    let stale = WavBuilder {
        data_size: Some(4_096),
        riff_size: Some(4_132),
        ..WavBuilder::pcm16(clean_voice().samples(), 1, 24_000)
    };
    let report = check(&stale.build());
    assert_found(&report, Severity::Note, "sample.wrong_header");
    assert!(
        report.usable && report.duration_seconds.is_some_and(|seconds| seconds > 13.0),
        "{report:#?}"
    );
}

#[test]
fn the_reference_of_a_long_recording_comes_from_its_best_part() {
    let hiss = |seconds: usize| noise(16_000 * seconds, 3).iter().map(|x| x * 0.05).collect::<Vec<_>>();
    let samples = [hiss(90), words(20.0, 16_000).into_samples(), hiss(90)].concat();
    let sample = Sample::from_bytes(WavBuilder::pcm16(&samples, 1, 16_000).build()).expect("decodes");
    let measures = &sample.report().measures;
    let (start, end) = (
        measures.reference_start_seconds.unwrap(),
        measures.reference_end_seconds.unwrap(),
    );
    assert!(start > 88.0 && end < 112.0, "{start} to {end}");
    assert_eq!(sample.duration().as_secs(), 200);
    let cut = sample.reference().wav().clone();
    let again = crate::sample::reference::cut_again(sample.original(), &sample.judgement().excerpt).expect("decodes");
    assert_eq!(again.wav(), &cut);
}
