//! Speaks a text into a WAV file: `cargo run -p loqui-offline --example say -- "Hello there." hello.wav [SPEED]`.
//!
//! Prints the loading time, the time until the first sentence, and the speed relative to real time.

#![expect(clippy::print_stderr, reason = "an example prints its results")]

use std::error::Error;
use std::time::Instant;

use loqui_offline::{Audio, Settings, Voice};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(text), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("give a text and the path of a WAV file".into());
    };
    let mut settings = Settings::default();
    if let Some(speed) = arguments.next() {
        settings = settings.with_speed(speed.parse()?);
    }

    let begin = Instant::now();
    let voice = Voice::shared()?;
    eprintln!("loaded in {:.0} ms", begin.elapsed().as_secs_f64() * 1e3);

    let format = hound::WavSpec {
        channels: 1,
        sample_rate: Audio::SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, format)?;
    let (begin, mut seconds) = (Instant::now(), 0.0);
    for (index, sentence) in voice.sentences(&text, &settings).enumerate() {
        let sentence = sentence?;
        if index == 0 {
            eprintln!("first sentence after {:.0} ms", begin.elapsed().as_secs_f64() * 1e3);
        }
        seconds += sentence.duration().as_secs_f64();
        for part in sentence.skipped() {
            eprintln!("skipped {:?} at byte {}", part.text, part.start);
        }
        for sample in sentence.samples() {
            file.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16)?;
        }
    }
    file.finalize()?;
    let spent = begin.elapsed().as_secs_f64();
    eprintln!(
        "{seconds:.2} s of speech in {spent:.2} s: {:.0} times real time",
        seconds / spent
    );
    Ok(())
}
