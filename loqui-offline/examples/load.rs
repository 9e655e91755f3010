//! Measures the start-up time of each part: `cargo run --release -p loqui-offline --example load`.
//!
//! `Voice::shared` loads the network. Threads load the dictionaries at the same time, and the first text waits for them. The
//! last line is the time of `loqui-g2p`, which parses its dictionaries.

#![expect(clippy::print_stdout, reason = "an example prints its results")]

use std::error::Error;
use std::time::Instant;

use loqui_g2p::tagger::Tagger;
use loqui_g2p::tokenize::Tokenizer;
use loqui_g2p::{Dialect, G2p, NeuralG2p, OovFallback};
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
    for (name, load) in [
        (
            "the tokenizer's patterns alone",
            tokenizer as fn() -> Result<(), loqui_g2p::Error>,
        ),
        ("the tagger's weights alone", tagger),
        ("the network for unknown words alone", network),
        ("all of loqui-g2p, with its dictionaries", whole),
    ] {
        let begin = Instant::now();
        load()?;
        println!("{name}: {:.0} ms", milliseconds(begin));
    }
    Ok(())
}

fn tokenizer() -> Result<(), loqui_g2p::Error> {
    Tokenizer::english().map(drop)
}

fn tagger() -> Result<(), loqui_g2p::Error> {
    Tagger::english().map(drop)
}

fn network() -> Result<(), loqui_g2p::Error> {
    NeuralG2p::load(Dialect::American).map(drop)
}

fn whole() -> Result<(), loqui_g2p::Error> {
    G2p::new(Dialect::American, OovFallback::Neural).map(drop)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
