//! Workers with faults: every two seconds one is killed, or sometimes frozen for longer than its lease.

use std::fmt;
use std::time::{Duration, Instant};

use loqui_core::store::GenerationStoreExt as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::recovery::Recovery;
use crate::world::World;

/// The interval of faults.
const PAUSE: Duration = Duration::from_secs(2);
/// Longer than the lease of 12 s, so that another worker has taken over when the process continues.
const FROZEN: Duration = Duration::from_secs(15);
/// One fault in this many freezes the worker instead of killing it.
const FREEZES: usize = 4;

pub(crate) struct Chaos<'a> {
    world: &'a World,
    workers: Vec<Worker>,
    dice: fastrand::Rng,
    calm: bool,
    kills: usize,
    freezes: usize,
    recovery: Recovery,
}

struct Worker {
    process: Child,
    /// The name of the worker in the store.
    name: String,
    thaws: Option<Instant>,
}

impl<'a> Chaos<'a> {
    pub(crate) async fn start(world: &'a World, count: usize) -> Self {
        let mut workers = Vec::new();
        for _ in 0..count {
            workers.push(Worker::start(world).await);
        }
        Self {
            world,
            workers,
            dice: fastrand::Rng::with_seed(20_261_124),
            calm: false,
            kills: 0,
            freezes: 0,
            recovery: Recovery::default(),
        }
    }

    /// Disables the faults.
    pub(crate) fn calm(&mut self) {
        self.calm = true;
    }

    /// Runs until every generation has ended. Returns whether all have ended, and the duration in seconds. A short run
    /// stops the faults after a while, so that it ends soon.
    pub(crate) async fn until_all_have_ended(&mut self, count: usize) -> (bool, f64) {
        let started = Instant::now();
        let peace = Duration::from_secs(if count < 100 { 5 } else { 100_000 });
        let patience = Duration::from_mins(4) + Duration::from_millis(800) * u32::try_from(count).unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(250));
        let mut next = started + PAUSE;
        loop {
            ticks.tick().await;
            if self.world.records.unfinished().await.unwrap().is_empty() {
                return (true, started.elapsed().as_secs_f64());
            }
            if started.elapsed() > patience {
                return (false, started.elapsed().as_secs_f64());
            }
            self.recovery.look(self.world).await;
            self.thaw();
            if Instant::now() >= next && !self.calm && started.elapsed() < peace {
                next += PAUSE;
                self.inject_fault().await;
            }
        }
    }

    async fn inject_fault(&mut self) {
        let place = self.dice.usize(0..self.workers.len());
        let worker = &mut self.workers[place];
        if worker.thaws.is_some() {
            return;
        }
        if self.kills >= (self.freezes + 1) * FREEZES {
            worker.signal("-STOP");
            worker.thaws = Some(Instant::now() + FROZEN);
            self.recovery.orphan(self.world, &worker.name).await;
            self.freezes += 1;
        } else {
            worker.process.kill().await.unwrap();
            self.recovery.orphan(self.world, &worker.name).await;
            *worker = Worker::start(self.world).await;
            self.kills += 1;
        }
    }

    fn thaw(&mut self) {
        for worker in &mut self.workers {
            if worker.thaws.is_some_and(|at| at <= Instant::now()) {
                worker.signal("-CONT");
                worker.thaws = None;
            }
        }
    }

    /// Kills all workers.
    pub(crate) fn stop(&mut self) {
        for worker in &mut self.workers {
            worker.process.start_kill().unwrap();
        }
    }
}

impl Worker {
    async fn start(world: &World) -> Self {
        let mut process = world.worker().spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("the worker prints its name");
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self {
            process,
            name: said["worker"].as_str().unwrap().to_owned(),
            thaws: None,
        }
    }

    /// Sends a signal to the process of this worker.
    fn signal(&self, signal: &str) {
        if let Some(id) = self.process.id() {
            let sent = std::process::Command::new("kill")
                .args([signal, &id.to_string()])
                .status();
            assert!(sent.unwrap().success(), "{signal} to {id}");
        }
    }
}

impl fmt::Display for Chaos<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} killed, {} frozen; {}", self.kills, self.freezes, self.recovery)
    }
}
