//! The emulator in its own process, without rate limits, until its standard input ends: `emulator MILLISECONDS_OF_A_RUN`.

#![expect(clippy::print_stdout, reason = "prints its address")]

use std::io::Read as _;
use std::time::Duration;

use loqui_emulator::{Emulator, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let run = std::env::args().nth(1).and_then(|ms| ms.parse().ok()).unwrap_or(2_000);
    let mut settings = Settings::default();
    settings.queue = Duration::ZERO;
    settings.run = Duration::from_millis(run);
    settings.limits.creates_per_minute = 1_000_000;
    settings.limits.others_per_minute = 10_000_000;
    let emulator = Emulator::builder()
        .settings(settings)
        .start()
        .await
        .expect("a free port");
    println!("{} {}", emulator.base_url(), emulator.token());
    // The parent process closes stdin to stop it.
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = ended.await;
}
