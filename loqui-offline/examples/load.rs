//! Says what starting costs, part by part: `cargo run --release -p loqui-offline --example load`.
//!
//! The network is ready when the voice is; the dictionaries are parsed in a thread of their own meanwhile, and the first
//! words wait for them.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use std::error::Error;
use std::time::Instant;

use loqui_g2p::{Dialect, G2p, OovFallback};
use loqui_offline::{Settings, Voice};

fn main() -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let voice = Voice::shared()?;
    println!("voice: {:.0} ms", milliseconds(begin));
    let speech = voice.speak("Hello.", &Settings::default())?;
    println!(
        "first words: {:.0} ms, {:.2} s long",
        milliseconds(begin),
        speech.duration().as_secs_f64()
    );
    for (name, fallback) in [
        ("dictionaries and tagger alone", OovFallback::SpellOut),
        ("the same with the network for unknown words", OovFallback::Neural),
    ] {
        let begin = Instant::now();
        drop(G2p::new(Dialect::American, fallback)?);
        println!("{name}: {:.0} ms", milliseconds(begin));
    }
    Ok(())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
