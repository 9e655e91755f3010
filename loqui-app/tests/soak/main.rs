//! Soak test: workers on one store, against an emulator with faults, are killed and frozen. No generation may be lost or
//! stuck, no prediction paid twice, and no budget exceeded.
//!
//! The short form runs with the other tests. `cargo xtask soak jobs` runs a long one with these variables:
//! `LOQUI_SOAK_STORE` (`sqlite` or `postgres`), `LOQUI_SOAK_WORKERS`, `LOQUI_SOAK_COUNT`, and `LOQUI_SOAK_WITHOUT`
//! (`reconciliation` or `settling`), which disables a rule of the protocol, so that the run must pay twice.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod audit;
mod chaos;
mod recovery;
mod world;

use audit::Audit;
use chaos::Chaos;
use world::{Store, World};

/// The faults of the negative control: responses are lost, and predictions appear in the list late.
const LOST: &str = "drop_after_accept*always%50";

#[expect(
    clippy::disallowed_methods,
    reason = "the environment configures the length of the test"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_workers_lose_nothing_and_pay_nothing_twice() {
    let number = |name: &str, usual: usize| variable(name).map_or(usual, |text| text.parse().unwrap());
    let count = number("LOQUI_SOAK_COUNT", 16);
    let workers = number("LOQUI_SOAK_WORKERS", 2);
    let store = match variable("LOQUI_SOAK_STORE").as_deref() {
        Some("postgres") => Store::postgres().await,
        _ => Store::Sqlite,
    };
    let without = variable("LOQUI_SOAK_WITHOUT");
    let settle = if without.as_deref() == Some("settling") {
        0.0
    } else {
        6.0
    };
    let world = World::start(store, settle, without.as_deref() != Some("reconciliation")).await;
    world.faults(&world::FAULTS);
    world.submit(count).await;
    let mut chaos = Chaos::start(&world, workers).await;
    let (ended, seconds) = chaos.until_all_have_ended(count).await;
    chaos.stop();
    let audit = Audit::of(&world).await;
    println!("{workers} workers, {count} generations, {seconds:.1} s; {chaos}; {audit}");
    world.clean().await;
    if without.is_some() {
        assert!(
            audit.outside_the_ledger > 0,
            "without {without:?} this must pay twice: {audit}"
        );
        return;
    }
    assert!(ended, "stuck: {audit}");
    audit.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_settle_time_predictions_are_paid_twice() {
    pays_twice(0.0, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_reconciliation_predictions_are_paid_twice() {
    pays_twice(1.0, false).await;
}

/// Runs with every other response lost and one rule of the protocol disabled.
async fn pays_twice(settle: f64, looks: bool) {
    let world = World::start(Store::Sqlite, settle, looks).await;
    world.faults(&[LOST]);
    world.submit(8).await;
    let mut chaos = Chaos::start(&world, 1).await;
    chaos.calm();
    let (ended, _) = chaos.until_all_have_ended(8).await;
    chaos.stop();
    let audit = Audit::of(&world).await;
    world.clean().await;
    assert!(ended, "{audit}");
    assert!(
        audit.outside_the_ledger > 0,
        "the soak test does not detect a broken protocol: {audit}"
    );
}
