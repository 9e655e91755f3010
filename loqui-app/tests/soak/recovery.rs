//! The time until another worker takes over the generations of a dead one.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};

use crate::world::World;

/// The generations of dead or frozen workers, until another worker takes over.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    /// By generation: the epoch of the old claim, and the time of the fault.
    orphans: HashMap<i64, (i64, Instant)>,
    waits: Vec<Duration>,
}

impl Recovery {
    /// Records the generations of a worker that was just killed or frozen.
    pub(crate) async fn orphan(&mut self, world: &World, worker: &str) {
        let now = Instant::now();
        for (generation, epoch) in world.held_by(worker).await {
            self.orphans.insert(generation, (epoch, now));
        }
    }

    /// Checks which generations were taken over or have ended.
    pub(crate) async fn look(&mut self, world: &World) {
        if self.orphans.is_empty() {
            return;
        }
        let held = world.epochs().await;
        self.orphans.retain(|generation, (epoch, since)| {
            let waits = held.get(generation).is_some_and(|now| now == epoch);
            if !waits {
                self.waits.push(since.elapsed());
            }
            waits
        });
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut waits = self.waits.clone();
        waits.sort_unstable();
        let seconds = |wait: Option<&Duration>| wait.map_or(f64::NAN, Duration::as_secs_f64);
        write!(
            f,
            "{} taken over after {:.1} s in the median, {:.1} s at most",
            waits.len(),
            seconds(waits.get(waits.len() / 2)),
            seconds(waits.last())
        )
    }
}
