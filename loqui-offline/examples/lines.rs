//! Speaks each line of a file into its own WAV file, starting with `1.wav`:
//! `cargo run --release -p loqui-offline --example lines -- lines.txt folder [COUNT]`.

use std::error::Error;

use loqui_offline::{Audio, Settings, Voice};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(lines), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("give a file of lines and a folder".into());
    };
    let count = arguments.next().map_or(Ok(usize::MAX), |count| count.parse())?;
    let voice = Voice::shared()?;
    let settings = Settings::default().with_seed(1);
    std::fs::create_dir_all(&folder)?;
    for (index, line) in std::fs::read_to_string(lines)?.lines().take(count).enumerate() {
        let format = hound::WavSpec {
            channels: 1,
            sample_rate: Audio::SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(format!("{folder}/{}.wav", index + 1), format)?;
        for sample in voice.speak(line, &settings)?.samples() {
            file.write_sample((sample * f32::from(i16::MAX)).round() as i16)?;
        }
        file.finalize()?;
    }
    Ok(())
}
