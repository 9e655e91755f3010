//! Predictions that fail by themselves.

use std::sync::atomic::Ordering;

use super::run;
use super::world::World;
use crate::ledger::{Policy, Status};
use crate::store::{GenerationStore as _, GenerationStoreExt as _, UsageFilter};

/// Runs a book in which this share of the predictions fails, and returns its status and the number of predictions.
fn book(seed: u64, segments: u32, percent: u64, max_takes: u32) -> (Status, usize) {
    run(async {
        let mut world = World::new(seed, 0);
        world.policy = Policy {
            max_takes,
            ..Policy::default()
        };
        world.provider.run_failures.store(percent, Ordering::SeqCst);
        let id = world.submit(segments, None).await;
        let process = world.process();
        let _ = process.generation(id).await.unwrap().wait().await;
        let made = world.audit(id, seed).await;
        let takes = world.store.takes(id).await.unwrap();
        assert_eq!(takes.len(), made, "each take is one prediction");
        assert!(takes.iter().all(|take| take.number <= max_takes));
        let spending = world.store.spending(&UsageFilter::default()).await.unwrap();
        assert!(!spending.is_empty());
        (world.store.generation(id).await.unwrap().unwrap().status, made)
    })
}

#[test]
fn book_is_completed_although_some_predictions_fail() {
    let mut failures = 0;
    for seed in 0..2 {
        let (status, made) = book(seed, 200, 2, Policy::default().max_takes);
        assert_eq!(status, Status::Completed, "seed {seed}");
        failures += made - 200;
    }
    assert!(failures > 0, "no prediction failed");
}

#[test]
fn without_further_takes_the_same_book_fails() {
    let failed = (0..2).any(|seed| book(seed, 200, 2, 1).0 == Status::Failed);
    assert!(failed, "the simulation does not notice that takes are not repeated");
}

#[test]
fn model_that_always_fails_ends_a_book_after_a_few_predictions() {
    let (status, made) = book(1, 200, 100, Policy::default().max_takes);
    assert_eq!(status, Status::Failed);
    assert!(made <= 7, "{made} predictions of a model that does not run");
}
