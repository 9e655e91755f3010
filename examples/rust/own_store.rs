//! Speaks with records in a custom store, and shows that they survive a restart:
//! `cargo run -p loqui-examples --example own_store -- JOURNAL RECORDING TEXT`.

#![expect(clippy::print_stdout, reason = "an example prints to the terminal")]

use std::sync::Arc;

use loqui_core::store::Filter;
use loqui_core::{Loqui, Result, Sample};

#[path = "journal_store.rs"]
mod journal_store;
use journal_store::JournalStore;

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [journal, recording, text] = words.as_slice() else {
        println!("usage: own_store JOURNAL RECORDING TEXT");
        return Ok(());
    };
    let store = JournalStore::open(journal).await?;
    let loqui = Loqui::builder()
        .engine_named("offline")
        .store(Arc::new(store))
        .build()?;
    println!(
        "{} generations in the store",
        loqui.generations(&Filter::default()).await?.len()
    );
    let sample = Sample::open(recording).await?;
    let speech = loqui.speak(&sample, text.as_str()).await?;
    println!("{:.1} s of speech", speech.duration().as_secs_f64());
    Ok(())
}
