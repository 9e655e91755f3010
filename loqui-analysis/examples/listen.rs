//! Prints speech, pitch and voice similarity of 16 kHz mono WAV files.
//!
//! `cargo run -p loqui-analysis --example listen -- a.wav b.wav`

use std::io::Write;
use std::time::Instant;

use loqui_analysis::{Likeness, PitchTrack, SAMPLE_RATE, SpeechDetector, Voiceprint};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let mut voices: Vec<(String, Voiceprint)> = Vec::new();
    for path in std::env::args().skip(1) {
        let samples = read(&path)?;

        let begin = Instant::now();
        let speech = SpeechDetector::default().detect(&samples)?;
        writeln!(
            out,
            "{path}: {:.2} s, {:.0} % of it speech ({:.0?})",
            speech.seconds(),
            100.0 * speech.ratio(),
            begin.elapsed()
        )?;
        for segment in speech.segments() {
            writeln!(out, "  speech from {:.2} to {:.2} s", segment.start, segment.end)?;
        }

        let begin = Instant::now();
        let pitch = PitchTrack::of(&samples)?;
        if let (Some(hz), Some(spread)) = (pitch.median_hz(), pitch.spread_semitones()) {
            writeln!(
                out,
                "  pitch {hz:.0} Hz, spread {spread:.1} semitones, {:.0} % voiced ({:.0?})",
                100.0 * pitch.voiced_share(),
                begin.elapsed()
            )?;
        }

        let begin = Instant::now();
        match Voiceprint::of_speech(&samples, &speech) {
            Ok(print) => {
                writeln!(
                    out,
                    "  voiceprint of {} windows ({:.0?})",
                    print.windows().len(),
                    begin.elapsed()
                )?;
                for (other, voice) in &voices {
                    let similarity = print.similarity(voice);
                    writeln!(
                        out,
                        "  similarity to {other}: {similarity:.3}, {}",
                        Likeness::from_similarity(similarity)
                    )?;
                }
                voices.push((path, print));
            }
            Err(error) => writeln!(out, "  no voiceprint: {error}")?,
        }
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<f32>, Box<dyn std::error::Error>> {
    let mut wav = hound::WavReader::open(path)?;
    let spec = wav.spec();
    if spec.sample_rate != SAMPLE_RATE || spec.channels != 1 || spec.bits_per_sample != 16 {
        return Err(format!("{path} is not 16-bit mono at {SAMPLE_RATE} Hz: {spec:?}").into());
    }
    Ok(wav
        .samples::<i16>()
        .map(|x| x.map(|x| f32::from(x) / 32_768.0))
        .collect::<Result<_, _>>()?)
}
