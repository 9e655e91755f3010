//! The corpus: every voice, unmodified and degraded by known amounts, with the expected findings.

use loqui_core::audio::{Clip, resample};

use crate::recorders::Header;
use crate::sound::{
    Noise, chords, in_a_room, joined, mixed, overdriven, peak, quiet, scaled, shifted, telephone, tone, tune,
};

/// Expected result of a check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Expected {
    /// No finding.
    Nothing,
    /// A finding of any severity.
    Found,
    /// A finding with severity error.
    Error,
}

/// A degraded recording.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) voice: String,
    pub(crate) condition: &'static str,
    pub(crate) channels: u16,
    pub(crate) samples: Vec<f32>,
    pub(crate) rate: u32,
    /// Expected findings. All other checks must report nothing, except those in `may`.
    pub(crate) wrong: Vec<(&'static str, Expected)>,
    /// Findings that are allowed, because one degradation can cause another.
    pub(crate) may: &'static [&'static str],
    pub(crate) header: Header,
    /// The channels that carry the voice, counted from 1, if only they may be used.
    pub(crate) voice_channels: Option<&'static [u16]>,
}

/// The checks that the corpus covers.
pub(crate) const CHECKS: [&str; 17] = [
    "too_short",
    "short",
    "long",
    "silent",
    "quiet",
    "loud",
    "clipped",
    "noisy",
    "narrow_band",
    "no_speech",
    "little_speech",
    "music",
    "several_speakers",
    "reverberant",
    "leading_silence",
    "long_pause",
    "dc_offset",
];

fn case(
    voice: &str,
    condition: &'static str,
    clip: &Clip,
    wrong: &[(&'static str, Expected)],
    may: &'static [&'static str],
) -> Case {
    Case {
        voice: voice.to_owned(),
        condition,
        channels: 1,
        samples: clip.samples().to_vec(),
        rate: clip.sample_rate(),
        wrong: wrong.to_vec(),
        may,
        header: Header::Right,
        voice_channels: Some(&[1]),
    }
}

/// The degradations applied to every voice.
#[expect(clippy::too_many_lines, reason = "one table")]
pub(crate) fn of_voice(name: &str, voice: &Clip, others: &[Clip]) -> Vec<Case> {
    use Expected::{Error, Found};
    let rate = voice.sample_rate();
    let white = Noise::new(5).white(voice.len());
    let pink = Noise::new(6).pink(voice.len());
    let music = chords(voice.seconds() as f32, rate);
    let level = scaled(voice, 0.5 / peak(voice.samples()));
    let case = |condition, clip: &Clip, wrong: &[_], may| case(name, condition, clip, wrong, may);
    let noisy = &[("noisy", Found)][..];
    let spoilt = &[("noisy", Error)][..];
    let hurt: &[&str] = &[
        "noisy",
        "little_speech",
        "narrow_band",
        "quiet",
        "long_pause",
        "leading_silence",
        "no_speech",
        "short",
    ];
    let mut cases = vec![
        case("clean", &level, &[], &[]),
        case("white noise 30 dB", &mixed(&level, &white, 30.0), &[], &[]),
        case(
            "white noise 15 dB",
            &mixed(&level, &white, 15.0),
            noisy,
            &["reverberant"],
        ),
        case("white noise 5 dB", &mixed(&level, &white, 5.0), spoilt, hurt),
        case("pink noise 15 dB", &mixed(&level, &pink, 15.0), noisy, &["reverberant"]),
        case("pink noise 5 dB", &mixed(&level, &pink, 5.0), spoilt, hurt),
        case(
            "music behind 10 dB",
            &mixed(&level, &music, 10.0),
            noisy,
            &["music", "little_speech", "reverberant"],
        ),
        case(
            "telephone",
            &telephone(&level),
            &[("narrow_band", Found)],
            &["noisy", "quiet"],
        ),
        case(
            "enlarged from 8 kHz",
            &resample(resample(level.clone(), 8_000), rate),
            &[("narrow_band", Found)],
            &[],
        ),
        case(
            "overdriven 1.5 times",
            &overdriven(voice, 1.5, 0.5),
            &[("clipped", Found)],
            &[],
        ),
        case(
            "overdriven 3 times",
            &overdriven(voice, 3.0, 0.5),
            &[("clipped", Found)],
            &["loud", "noisy", "dc_offset"],
        ),
        case(
            "overdriven 8 times",
            &overdriven(voice, 8.0, 0.5),
            &[("clipped", Error)],
            &["loud", "noisy", "dc_offset"],
        ),
        case(
            "quiet",
            &scaled(voice, 0.03 / peak(voice.samples())),
            &[("quiet", Found)],
            &[],
        ),
        case(
            "silent",
            &scaled(voice, 0.000_5 / peak(voice.samples())),
            &[("silent", Error)],
            hurt,
        ),
        case("offset 0.1", &shifted(&level, 0.1), &[("dc_offset", Error)], &["noisy"]),
        case(
            "offset 0.03",
            &shifted(&level, 0.03),
            &[("dc_offset", Found)],
            &["noisy"],
        ),
    ];
    let rooms = [
        ("room 0.3 s, 0.3 m", 0.3, 0.3, false),
        ("room 0.5 s, 1 m", 0.5, 1.0, true),
        ("room 0.6 s, 1 m", 0.6, 1.0, true),
        ("room 0.6 s, 2 m", 0.6, 2.0, true),
        ("room 0.8 s, 1 m", 0.8, 1.0, true),
        ("room 1.0 s, 1 m", 1.0, 1.0, true),
        ("room 1.2 s, 2 m", 1.2, 2.0, true),
    ];
    cases.extend(rooms.into_iter().map(|(condition, t60, distance, is_audible)| {
        let wrong: &[_] = if is_audible { &[("reverberant", Found)] } else { &[] };
        let may: &[&str] = &["noisy", "music", "quiet"];
        self::case(name, condition, &in_a_room(&level, t60, distance), wrong, may)
    }));
    cases.extend(times(name, &level, &white));
    cases.extend(
        others
            .iter()
            .filter(|other| other.len() > rate as usize * 6)
            .take(2)
            .map(|other| {
                let other = resample(other.clone(), rate);
                let other = scaled(&other, 0.5 / peak(other.samples()));
                let half = level.len().min(other.len()) / 2;
                let both = joined(&[&level.samples()[..half], &other.samples()[..half]], rate);
                self::case(
                    name,
                    "two speakers",
                    &both,
                    &[("several_speakers", Found)],
                    &["noisy", "long_pause"],
                )
            }),
    );
    cases
}

/// Durations and silence.
fn times(name: &str, level: &Clip, white: &[f32]) -> Vec<Case> {
    use Expected::{Error, Found};
    let rate = level.sample_rate();
    let start = level.samples().iter().position(|x| x.abs() > 0.05).unwrap_or(0);
    let cut = |seconds: f32| {
        let end = (start + (seconds * rate as f32) as usize).min(level.len());
        Clip::new(level.samples()[start..end].to_vec(), rate)
    };
    let floor = 10.0_f32.powf(-60.0 / 20.0);
    let hush: Vec<f32> = white.iter().map(|x| x * floor).collect();
    let silence = |seconds: f32| {
        hush.iter()
            .copied()
            .cycle()
            .take((seconds * rate as f32) as usize)
            .collect::<Vec<_>>()
    };
    let third = level.len() / 3;
    vec![
        case(
            name,
            "2 s",
            &cut(2.0),
            &[("too_short", Error)],
            &["noisy", "reverberant"],
        ),
        case(
            name,
            "4 s",
            &cut(4.0),
            &[("short", Found)],
            &["noisy", "reverberant", "no_speech"],
        ),
        case(
            name,
            "45 s",
            &Clip::new(
                level
                    .samples()
                    .iter()
                    .copied()
                    .cycle()
                    .take(45 * rate as usize)
                    .collect(),
                rate,
            ),
            &[("long", Found)],
            &["long_pause"],
        ),
        case(
            name,
            "2 s of silence first",
            &joined(&[&silence(2.0), level.samples()], rate),
            &[("leading_silence", Found)],
            &[],
        ),
        case(
            name,
            "3 s of silence inside",
            &joined(
                &[&level.samples()[..third], &silence(3.0), &level.samples()[third..]],
                rate,
            ),
            &[("long_pause", Found)],
            &["little_speech"],
        ),
        case(
            name,
            "15 s of noise behind",
            &joined(
                &[
                    level.samples(),
                    &Noise::new(9)
                        .pink(15 * rate as usize)
                        .iter()
                        .map(|x| x * 0.3)
                        .collect::<Vec<_>>(),
                ],
                rate,
            ),
            &[("little_speech", Found)],
            &["noisy", "long", "long_pause"],
        ),
    ]
}

/// Recordings without speech.
pub(crate) fn without_voice() -> Vec<Case> {
    use Expected::Error;
    let rate = 24_000;
    let may: &[&str] = &[
        "music",
        "noisy",
        "narrow_band",
        "little_speech",
        "leading_silence",
        "quiet",
        "loud",
        "long_pause",
        "short",
    ];
    let noise = &[("no_speech", Error)][..];
    let music = &[("no_speech", Error), ("music", Expected::Found)][..];
    let of = |condition, samples: Vec<f32>, wrong| case("-", condition, &Clip::new(samples, rate), wrong, may);
    vec![
        of("a tone", tone(8.0, rate), music),
        of("chords", chords(12.0, rate), music),
        of("a tune", tune(12.0, rate), music),
        of(
            "white noise",
            Noise::new(1).white(8 * rate as usize).iter().map(|x| x * 0.1).collect(),
            noise,
        ),
        of(
            "pink noise",
            Noise::new(2).pink(8 * rate as usize).iter().map(|x| x * 0.3).collect(),
            noise,
        ),
        case(
            "-",
            "nothing",
            &Clip::new(vec![0.0; 8 * rate as usize], rate),
            &[("silent", Error)],
            &[],
        ),
        case(
            "-",
            "a quiet room",
            &Clip::new(quiet(8.0, rate), rate),
            &[("silent", Error)],
            &[],
        ),
    ]
}
