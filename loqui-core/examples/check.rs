//! Checks a recording: `cargo run -p loqui-core --example check -- me.mp3 [TIMES]`.
//!
//! Prints the report as JSON. TIMES repeats the check, so that start-up can be subtracted from the time. A build with
//! `--no-default-features` shows the cost without neural networks.

#![expect(clippy::print_stdout, reason = "an example prints to the terminal")]

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let recording = arguments.next().ok_or("name a recording")?;
    let times: u32 = arguments.next().map_or(Ok(1), |times| times.parse())?;
    let bytes = std::fs::read(recording)?;
    let mut report = loqui_core::sample::check(&bytes);
    for _ in 1..times {
        report = loqui_core::sample::check(&bytes);
    }
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
