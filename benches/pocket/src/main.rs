//! Measures a model folder and prints one line of JSON. `benches/pocket/run.py` runs it beside the reference package.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod meter;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use loqui_pocket::{LoadOptions, Model, Settings, Voice, quantize};
use meter::{cpu_seconds, resident_mib, samples};
use serde_json::{Value, json};

const TEXT: &str = "the of and to in a is that it was for on are with his they be at one have this from or had by hot";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["measure", folder, voice] => println!("{}", measure(folder.as_ref(), voice.as_ref())?),
        ["voice", folder, voice] => println!("{}", encode(folder.as_ref(), voice.as_ref())?),
        ["pair", folder, voice] => println!("{}", pair(folder.as_ref(), voice.as_ref())?),
        ["long", folder, voice] => println!("{}", long(folder.as_ref(), voice.as_ref())?),
        ["quantize", source, target] => println!("{:?}", quantize(source.as_ref(), target.as_ref())?),
        _ => return Err("usage: measure|voice|pair|long FOLDER VOICE, or quantize SOURCE TARGET".into()),
    }
    Ok(())
}

/// Settings with which random weights speak for as long as the text allows.
fn endless() -> Settings {
    Settings::default().eos_threshold(f32::MAX)
}

fn light(folder: &Path) -> Result<Model> {
    Ok(Model::load_with(folder, LoadOptions::default().voice_encoder(false))?)
}

/// Encodes ten seconds to a voice file.
fn encode(folder: &Path, voice: &Path) -> Result<Value> {
    let start = Instant::now();
    let mut model = Model::load(folder)?;
    let load = start.elapsed().as_secs_f64();
    let before = cpu_seconds();
    let encoded = model.voice(&samples(10), 24_000)?;
    let encode = cpu_seconds() - before;
    std::fs::write(voice, encoded.to_bytes())?;
    let with_encoder = resident_mib();
    model.drop_voice_encoder();
    Ok(json!({
        "load_with_encoder_s": load,
        "encode_10_s_cpu_s": encode,
        "resident_with_encoder_mib": with_encoder,
        "resident_after_drop_mib": resident_mib(),
    }))
}

/// Loads without the encoder, and speaks on one thread.
fn measure(folder: &Path, voice: &Path) -> Result<Value> {
    let start = Instant::now();
    let model = light(folder)?;
    let (load, load_cpu) = (start.elapsed().as_secs_f64(), cpu_seconds());
    // From the voice file to the first samples: the minimum and the median of several runs.
    let (mut first, mut first_cpu) = (Vec::new(), f64::MAX);
    for _ in 0..7 {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let voice = Voice::load(voice)?;
        let mut speech = model.speak(&voice, TEXT, &endless())?;
        speech.next().ok_or("no frames")??;
        first.push(start.elapsed().as_secs_f64() * 1e3);
        first_cpu = f64::min(first_cpu, (cpu_seconds() - cpu) * 1e3);
    }
    first.sort_by(f64::total_cmp);
    let voice = Voice::load(voice)?;
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let mut seconds = 0.0;
    while wall.elapsed().as_secs_f64() < 6.0 {
        let samples = model.speak(&voice, TEXT, &endless())?.into_samples()?;
        seconds += samples.len() as f64 / f64::from(model.sample_rate());
    }
    Ok(json!({
        "audio_per_cpu_s": seconds / (cpu_seconds() - cpu),
        "audio_per_wall_s": seconds / wall.elapsed().as_secs_f64(),
        "first_frame_ms": first[first.len() / 2],
        "first_frame_best_ms": first[0],
        "first_frame_cpu_ms": first_cpu,
        "load_s": load,
        "load_cpu_s": load_cpu,
        "resident_mib": resident_mib(),
    }))
}

/// Speaks one segment, then two concurrently.
fn pair(folder: &Path, voice: &Path) -> Result<Value> {
    let model = light(folder)?;
    let voice = Voice::load(voice)?;
    let speak = || model.speak(&voice, TEXT, &endless())?.into_samples();
    speak()?;
    let (mut ratios, mut cpu_ratios) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        speak()?;
        let (alone, alone_cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let (start, cpu) = (Instant::now(), cpu_seconds());
        std::thread::scope(|scope| {
            let other = scope.spawn(speak);
            speak().and_then(|_| other.join().unwrap_or(Ok(Vec::new())))
        })?;
        ratios.push(2.0 * alone / start.elapsed().as_secs_f64());
        cpu_ratios.push(2.0 * alone_cpu / (cpu_seconds() - cpu));
    }
    ratios.sort_by(f64::total_cmp);
    cpu_ratios.sort_by(f64::total_cmp);
    // On a machine with other load, only the ratio of the processor times is meaningful: 1 means no interference.
    Ok(json!({ "two_threads_over_one": ratios[2], "best": ratios[4], "cpu_ratio": cpu_ratios[2] }))
}

/// Speaks for ten minutes, and records memory and speed in each minute.
fn long(folder: &Path, voice: &Path) -> Result<Value> {
    let model = light(folder)?;
    let voice = Voice::load(voice)?;
    let text = format!("{TEXT}. ").repeat(100);
    let mut minutes = Vec::new();
    let (mut cpu, mut seconds) = (cpu_seconds(), 0.0);
    for frame in model.speak(&voice, &text, &endless())? {
        seconds += frame?.len() as f64 / f64::from(model.sample_rate());
        if seconds >= 60.0 {
            let now = cpu_seconds();
            minutes.push(json!({ "audio_per_cpu_s": seconds / (now - cpu), "resident_mib": resident_mib() }));
            (cpu, seconds) = (now, 0.0);
        }
        if minutes.len() == 10 {
            break;
        }
    }
    Ok(json!({ "minutes": minutes }))
}
