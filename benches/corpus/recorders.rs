//! What recorders and programs write: the voice in some channels only, headers that are wrong, codecs of telephones.

use loqui_core::audio::{Clip, resample};

use crate::cases::{Case, Expected};
use crate::sound::{Noise, chords, mixed, peak, scaled, tone};

/// A file header that is written wrongly on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Header {
    #[default]
    Right,
    /// Sizes of the first tenth of a second, never updated.
    Stale,
    /// Sizes of zero, as after a crash.
    Zero,
    /// The largest sizes, as from a pipe.
    Streamed,
    /// The wrong number of bytes per second.
    ByteRate,
    /// The audio in two chunks.
    TwoChunks,
    /// IMA ADPCM instead of uncompressed samples.
    Ima,
}

/// The recordings of one voice.
#[expect(clippy::too_many_lines, reason = "a table with one row for each kind of recorder")]
pub(crate) fn of_voice(name: &str, voice: &Clip, others: &[Clip]) -> Vec<Case> {
    let rate = voice.sample_rate();
    let level = scaled(voice, 0.5 / peak(voice.samples()));
    let speech = level.samples().to_vec();
    let length = speech.len();
    let times = |gain: f32| speech.iter().map(|x| x * gain).collect::<Vec<_>>();
    let nothing = vec![0.0; length];
    let faint: Vec<f32> = Noise::new(11).white(length).iter().map(|x| x * 1e-4).collect();
    let hiss: Vec<f32> = Noise::new(12).white(length).iter().map(|x| x * 0.05).collect();
    let hum: Vec<f32> = tone(length as f32 / rate as f32 + 1.0, rate)[..length].to_vec();
    let music: Vec<f32> = chords(length as f32 / rate as f32 + 1.0, rate)[..length].to_vec();
    let bass: Vec<f32> = (0..length)
        .map(|n| 0.4 * (std::f32::consts::TAU * 50.0 * n as f32 / rate as f32).sin())
        .collect();
    let late = |milliseconds: usize| {
        let by = rate as usize * milliseconds / 1000;
        [&nothing[..by], &speech[..length - by]].concat()
    };
    let in_noise = |seed: u32| mixed(&level, &Noise::new(seed).white(length), 30.0).into_samples();
    let second = others
        .first()
        .map(|other| resample(other.clone(), rate))
        .map(|other| scaled(&other, 0.3 / peak(other.samples())))
        .map_or_else(
            || nothing.clone(),
            |other| other.samples().iter().copied().cycle().take(length).collect(),
        );
    let of = |condition, channels: &[&Vec<f32>], voice_channels: Option<&'static [u16]>| Case {
        voice: name.to_owned(),
        condition,
        channels: channels.len() as u16,
        samples: (0..length)
            .flat_map(|frame| channels.iter().map(move |channel| channel[frame]))
            .collect(),
        rate,
        wrong: Vec::new(),
        may: &[],
        header: Header::Right,
        voice_channels,
    };
    let mut cases = vec![
        of("left only", &[&speech, &nothing], Some(&[1])),
        of("right only, faint noise left", &[&faint, &speech], Some(&[2])),
        of("noise right", &[&speech, &hiss], Some(&[1])),
        of("a tone right", &[&speech, &hum], Some(&[1])),
        of("music left", &[&music, &speech], Some(&[2])),
        of("inverted", &[&speech, &times(-1.0)], Some(&[1])),
        of("inverted and quieter", &[&times(-0.6), &speech], Some(&[2])),
        of("both the same", &[&speech, &speech], Some(&[1, 2])),
        of("panned", &[&speech, &times(0.6)], Some(&[1, 2])),
        of("far to one side", &[&speech, &times(0.1)], Some(&[1])),
        of("1 ms late", &[&speech, &late(1)], Some(&[1])),
        of("12 ms late", &[&speech, &late(12)], Some(&[1])),
        of("own noise in each", &[&in_noise(21), &in_noise(22)], Some(&[1, 2])),
        of("another person on the other side", &[&speech, &second], None),
        of(
            "5.1, voice in the centre",
            &[&music, &music, &speech, &bass, &nothing, &nothing],
            Some(&[3]),
        ),
        of(
            "5.1, stereo only",
            &[&speech, &speech, &nothing, &bass, &nothing, &nothing],
            Some(&[1, 2]),
        ),
        of(
            "7.1, voice in the centre",
            &[&faint, &faint, &speech, &bass, &nothing, &nothing, &faint, &nothing],
            Some(&[3]),
        ),
    ];
    let mono = of("", &[&speech], Some(&[1]));
    let narrow = resample(level.clone(), 8_000);
    for (condition, header) in [
        ("stale header", Header::Stale),
        ("sizes of zero", Header::Zero),
        ("streamed sizes", Header::Streamed),
        ("wrong byte rate", Header::ByteRate),
        ("two data chunks", Header::TwoChunks),
    ] {
        cases.push(Case {
            condition,
            header,
            ..mono.clone()
        });
    }
    cases.push(Case {
        condition: "IMA ADPCM of a telephone",
        header: Header::Ima,
        samples: narrow.samples().to_vec(),
        rate: narrow.sample_rate(),
        wrong: vec![("narrow_band", Expected::Found)],
        may: &["noisy"],
        ..mono
    });
    // Some minutes of noise, with the voice in the middle.
    let room: Vec<f32> = Noise::new(31)
        .pink(100 * rate as usize)
        .iter()
        .map(|x| x * 0.02)
        .collect();
    let long = [&room[..], &speech, &speech, &speech, &room].concat();
    cases.push(Case {
        voice: name.to_owned(),
        condition: "four minutes, the voice in the middle",
        channels: 1,
        samples: long,
        rate,
        wrong: vec![("long", Expected::Found)],
        may: &["noisy", "little_speech", "long_pause", "no_speech"],
        header: Header::Right,
        voice_channels: Some(&[1]),
    });
    cases
}

/// Writes a case as a WAV file: 32-bit float, without rounding or clipping, unless the header says otherwise.
pub(crate) fn wav(case: &Case) -> Vec<u8> {
    let data: Vec<u8> = match case.header {
        Header::Ima => ima(&case.samples),
        _ => case.samples.iter().flat_map(|x| x.to_le_bytes()).collect(),
    };
    let size = data.len() as u32;
    let (tag, bits, block) = match case.header {
        Header::Ima => (0x11_u16, 4_u16, IMA_BLOCK as u16),
        _ => (3, 32, case.channels * 4),
    };
    let tenth = case.rate / 10 * u32::from(block);
    let (riff_size, data_size) = match case.header {
        Header::Stale => (tenth + 36, tenth),
        Header::Zero => (0, 0),
        Header::Streamed => (u32::MAX, u32::MAX),
        Header::TwoChunks => (size + 44, size / 8 * 4),
        _ => (size + 36, size),
    };
    let byte_rate = match case.header {
        Header::ByteRate => 12_345,
        Header::Ima => case.rate / 2,
        _ => case.rate * u32::from(block),
    };
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&riff_size.to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    file.extend_from_slice(&tag.to_le_bytes());
    file.extend_from_slice(&case.channels.to_le_bytes());
    file.extend_from_slice(&case.rate.to_le_bytes());
    file.extend_from_slice(&byte_rate.to_le_bytes());
    file.extend_from_slice(&block.to_le_bytes());
    file.extend_from_slice(&bits.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_size.to_le_bytes());
    if case.header == Header::TwoChunks {
        let (first, second) = data.split_at(data_size as usize);
        file.extend_from_slice(first);
        file.extend_from_slice(b"data");
        file.extend_from_slice(&(second.len() as u32).to_le_bytes());
        file.extend_from_slice(second);
    } else {
        file.extend_from_slice(&data);
    }
    file
}

/// The bytes of a block of IMA ADPCM.
const IMA_BLOCK: usize = 256;

/// Encodes mono samples as IMA ADPCM (<https://www.cs.columbia.edu/~hgs/audio/dvi/IMA_ADPCM.pdf>).
fn ima(samples: &[f32]) -> Vec<u8> {
    const CHANGES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];
    const STEPS: [i32; 89] = [
        7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97,
        107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796,
        876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871,
        5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623,
        27086, 29794, 32767,
    ];
    let mut index = 0_i32;
    let mut file = Vec::new();
    for block in samples.chunks((IMA_BLOCK - 4) * 2 + 1) {
        let wanted = |x: &f32| (x * 32_767.0) as i32;
        let mut sample = block.first().map_or(0, wanted);
        file.extend_from_slice(&(sample as i16).to_le_bytes());
        file.extend_from_slice(&[index as u8, 0]);
        let mut codes = Vec::new();
        for x in &block[1..] {
            let step = STEPS[index as usize];
            let difference = wanted(x) - sample;
            let size = (difference.abs() * 4 / step).min(7);
            let change = ((2 * size + 1) * step) >> 3;
            sample = (sample + if difference < 0 { -change } else { change }).clamp(-32_768, 32_767);
            index = (index + CHANGES[size as usize]).clamp(0, 88);
            codes.push(size as u8 | if difference < 0 { 8 } else { 0 });
        }
        codes.resize((IMA_BLOCK - 4) * 2, 0);
        file.extend(codes.as_chunks::<2>().0.iter().map(|[low, high]| low | high << 4));
    }
    file
}
