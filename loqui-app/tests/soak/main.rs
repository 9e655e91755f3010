//! Real workers on one store against an emulator with faults, while their processes are killed and frozen: nothing is
//! lost, nothing is paid twice, nothing is stuck, and the budget is kept.
//!
//! The short form runs with the other tests. `cargo xtask soak jobs` runs a long one, by these variables:
//! `LOQUI_SOAK_STORE` (`sqlite` or `postgres`), `LOQUI_SOAK_WORKERS`, `LOQUI_SOAK_COUNT`, and `LOQUI_SOAK_WITHOUT`
//! (`reconciliation` or `settling`), which takes a rule of the protocol away: then the same run must pay twice.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod audit;
mod chaos;
mod recovery;
mod world;

use audit::Audit;
use chaos::Chaos;
use world::{Store, World};

/// What the provider lets through in the control: the answer is lost, and the prediction shows in the list late.
const LOST: &str = "drop_after_accept*always%50";

#[expect(
    clippy::disallowed_methods,
    reason = "a test is told by its environment how long it is to be"
)]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_die_and_nothing_is_lost_or_paid_twice() {
    let number = |name: &str, usual: usize| told(name).map_or(usual, |text| text.parse().unwrap());
    let count = number("LOQUI_SOAK_COUNT", 16);
    let workers = number("LOQUI_SOAK_WORKERS", 2);
    let store = match told("LOQUI_SOAK_STORE").as_deref() {
        Some("postgres") => Store::postgres().await,
        _ => Store::Sqlite,
    };
    let without = told("LOQUI_SOAK_WITHOUT");
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
async fn without_the_settle_wait_the_same_pays_twice() {
    pays_twice(0.0, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_reconciliation_the_same_pays_twice() {
    pays_twice(1.0, false).await;
}

/// Every other answer is lost, and a rule of the protocol is not kept.
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
        "the soak cannot tell a broken protocol from a sound one: {audit}"
    );
}
