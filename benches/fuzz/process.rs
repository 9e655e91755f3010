//! Resource usage of this process.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// CPU time of this process where the system reports it, otherwise elapsed time.
pub(crate) fn processor_time() -> Duration {
    /// Clock ticks per second on Linux.
    const TICK: Duration = Duration::from_millis(10);
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields after the process name, which may contain any character: user and system time.
    let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    match (
        fields.next().map(str::parse::<u32>),
        fields.next().map(str::parse::<u32>),
    ) {
        (Some(Ok(user)), Some(Ok(kernel))) => TICK * (user + kernel),
        _ => START.elapsed(),
    }
}

/// Peak memory of this process, where the system reports it.
pub(crate) fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib / 1024)
}
