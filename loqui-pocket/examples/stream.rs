//! Clones the voice in a WAV file and writes the speech to another one while it is computed:
//!
//! `cargo run --release --example stream -- MODEL_FOLDER VOICE.wav OUT.wav "Text to speak."`

use std::error::Error;

use loqui_pocket::{Model, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, voice, out, text] = arguments.as_slice() else {
        return Err("usage: stream MODEL_FOLDER VOICE.wav OUT.wav TEXT".into());
    };
    let mut reader = hound::WavReader::open(voice)?;
    let spec = reader.spec();
    if spec.channels != 1 || spec.bits_per_sample != 16 {
        return Err("the voice must be a mono WAV file of 16 bits".into());
    }
    let samples = reader.samples::<i16>().map(|sample| Ok(f32::from(sample?) / 32_768.0));
    let samples = samples.collect::<Result<Vec<f32>, hound::Error>>()?;

    let model = Model::load(model)?;
    let voice = model.voice(&samples, spec.sample_rate)?;
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: model.sample_rate(),
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(out, spec)?;
    for frame in model.speak(&voice, text, &Settings::default())? {
        for &sample in frame?.samples() {
            writer.write_sample(sample)?;
        }
    }
    writer.finalize()?;
    Ok(())
}
