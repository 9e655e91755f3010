//! Feeds damaged recordings to every entry point: `cargo run -p loqui-benches --example fuzz -- [SECONDS] [ENTRY]`.
//!
//! Seeds are the recordings of `tests`; each is cut, spliced and overwritten in many ways. A panic that gets out, an
//! input that takes more than ten seconds of processor time or than 256 MiB ends it with exit code 1. Panics of decoders that were
//! contained are counted by place. Run it in the dev profile: overflows panic there.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use loqui_core::audio::{Limits, decode, sniff, wav};
use loqui_core::sample::{Voiceprint, check};

/// An input that takes more processor time has hung: on a busy machine the clock on the wall says little.
const SLOWEST: Duration = Duration::from_secs(10);
const MOST_MIB: u64 = 256;

static PANICS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

type Entry = (&'static str, fn(&[u8]));

const ENTRIES: [Entry; 5] = [
    ("sniff", |bytes| assert!(!sniff(bytes).name().is_empty())),
    ("wav", |bytes| drop(wav::read(bytes))),
    ("decode", |bytes| drop(decode(bytes, &Limits::default()))),
    ("check", |bytes| {
        let report = check(bytes);
        assert!(
            report.usable || report.first_error().is_some(),
            "an unusable file says why"
        );
    }),
    ("voiceprint", |bytes| drop(Voiceprint::of_bytes(bytes))),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let only = arguments.next();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |place| format!("{}:{}", short(place.file()), place.line()));
        if let Ok(mut panics) = PANICS.lock() {
            *panics.entry(place).or_default() += 1;
        }
    }));
    let seeds = seeds();
    println!("{} seeds, {seconds} s for each entry point", seeds.len());
    let mut failed = false;
    for (name, entry) in ENTRIES
        .into_iter()
        .filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name))
    {
        failed |= !run(name, entry, &seeds, Duration::from_secs(seconds));
    }
    if let Ok(panics) = PANICS.lock() {
        for (place, count) in panics.iter() {
            println!("contained: {count} panics at {place}");
        }
    }
    let peak = peak_mib();
    println!("peak memory {peak} MiB");
    if failed || peak > MOST_MIB {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn run(name: &str, entry: fn(&[u8]), seeds: &[Vec<u8>], time: Duration) -> bool {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let started = Instant::now();
    let (mut runs, mut slowest, mut escaped) = (0_u64, Duration::ZERO, 0);
    while started.elapsed() < time {
        let input = mutated(seeds, &mut random);
        let begun = processor_time();
        if catch_unwind(AssertUnwindSafe(|| entry(&input))).is_err() {
            escaped += 1;
            let path = std::env::temp_dir().join(format!("loqui-fuzz-{name}-{escaped}.bin"));
            eprintln!("{name}: a panic got out, see {}", path.display());
            let _ = std::fs::write(path, &input);
        }
        slowest = slowest.max(processor_time().saturating_sub(begun));
        runs += 1;
    }
    println!(
        "{name}: {runs} inputs, {escaped} panics got out, slowest {:.2} s",
        slowest.as_secs_f64()
    );
    escaped == 0 && slowest < SLOWEST
}

/// The recordings of the tests, the short ones whole and the long ones cut.
fn seeds() -> Vec<Vec<u8>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let folders = ["spec/samples/kinds", "spec/samples", "voices"].map(|folder| tests.join(folder));
    let mut paths: Vec<_> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .map(|mut bytes| {
            bytes.truncate(130_000);
            bytes
        })
        .collect()
}

/// Cuts, splices and overwrites: most of it near the start, where headers are.
fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    const EXTREMES: [u32; 8] = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0xffff];
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        if bytes.is_empty() {
            break;
        }
        let reach = if random.below(3) == 0 {
            bytes.len()
        } else {
            bytes.len().min(512)
        };
        let at = random.below(reach);
        match random.below(7) {
            0 => bytes.truncate(at + random.below(bytes.len() - at)),
            1 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len().max(1)).min(other.len());
                let length = random.below(2_000).min(other.len() - from);
                bytes.splice(at..at, other[from..from + length].iter().copied());
            }
            2 => {
                let value = EXTREMES[random.below(EXTREMES.len())];
                let value = if random.below(2) == 0 {
                    value.to_le_bytes()
                } else {
                    value.to_be_bytes()
                };
                for (slot, byte) in bytes[at..].iter_mut().zip(value) {
                    *slot = byte;
                }
            }
            3 => {
                let end = (at + random.below(300)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => bytes[at] = random.next() as u8,
        }
    }
    bytes
}

/// The same sequence on every run (xorshift64, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// What this process has used of processors, where the system says so, else what has passed.
fn processor_time() -> Duration {
    /// Linux counts in hundredths of a second here.
    const TICK: Duration = Duration::from_millis(10);
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything, in user mode and in the kernel.
    let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    match (
        fields.next().map(str::parse::<u32>),
        fields.next().map(str::parse::<u32>),
    ) {
        (Some(Ok(user)), Some(Ok(kernel))) => TICK * (user + kernel),
        _ => START.elapsed(),
    }
}

/// The most memory that this process ever used, where the system says so.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib / 1024)
}

/// A path without the folders of one machine.
fn short(path: &str) -> &str {
    path.rsplit_once("/src/index.")
        .map_or(path, |(_, rest)| rest.split_once('/').map_or(rest, |(_, rest)| rest))
}
