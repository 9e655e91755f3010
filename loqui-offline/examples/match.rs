//! Speaks a text with the voice matched to a recording:
//! `cargo run -p loqui-offline --features matching --example match -- me.wav "Hello there." own.wav matched.wav`.

#![expect(clippy::print_stderr, reason = "an example prints its results")]

use std::error::Error;
use std::time::Instant;

use loqui_offline::{Audio, Settings, Voice};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recording, text, own, matched] = &arguments[..] else {
        return Err("give a recording (mono WAV, 16 bit), a text and two paths of WAV files".into());
    };
    let mut wav = hound::WavReader::open(recording)?;
    let rate = wav.spec().sample_rate;
    let samples: Vec<f32> = wav
        .samples::<i16>()
        .map(|x| Ok(f32::from(x?) / 32_768.0))
        .collect::<Result<_, hound::Error>>()?;

    let voice = Voice::shared()?;
    let begin = Instant::now();
    let found = voice.matched_to(&samples, rate)?;
    eprintln!(
        "similarity {:.3} before, {:.3} after, found in {:.0} ms: {:?}",
        found.before,
        found.after,
        begin.elapsed().as_secs_f64() * 1e3,
        found.voice.adaptation(),
    );
    for (voice, path) in [(&voice, own), (&found.voice, matched)] {
        let speech = voice.speak(text, &Settings::default())?;
        eprintln!(
            "{path}: similarity {:.3}",
            found.similarity(speech.samples(), Audio::SAMPLE_RATE)?
        );
        save(&speech, path)?;
    }
    Ok(())
}

fn save(speech: &Audio, path: &str) -> Result<(), hound::Error> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: Audio::SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, format)?;
    for sample in speech.samples() {
        file.write_sample((sample * f32::from(i16::MAX)).round() as i16)?;
    }
    file.finalize()
}
