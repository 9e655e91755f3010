//! Measures processor time and memory, and creates the test sound.

use rustix::time::{ClockId, clock_gettime};

/// Returns the processor time of all threads.
pub(crate) fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Returns the resident memory. 0 where `/proc` is missing.
pub(crate) fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// Returns a buzz whose pitch wanders, at 24 kHz.
pub(crate) fn samples(seconds: usize) -> Vec<f32> {
    let mut phase = 0.0_f32;
    (0..seconds * 24_000)
        .map(|n| {
            phase = (phase + (120.0 + 30.0 * (n as f32 / 9_000.0).sin()) / 24_000.0).fract();
            0.4 * (phase - 0.5)
        })
        .collect()
}
