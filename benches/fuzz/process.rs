//! What this process has used so far.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// What this process has used of processors, where the system says so, else what has passed.
pub(crate) fn processor_time() -> Duration {
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
pub(crate) fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib / 1024)
}
