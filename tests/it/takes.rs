//! Bad takes are detected and repeated. Good takes are kept.

#[path = "../../benches/takes/engine.rs"]
mod engine;
#[path = "../../benches/takes/harness.rs"]
mod harness;
#[path = "../../benches/length/text.rs"]
#[expect(dead_code, reason = "whole books are not needed here")]
mod text;

use engine::Guise;

/// Number of good segments before the first fault.
const KNOWN: u32 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_takes_are_repeated_and_good_takes_kept() {
    // After a few good takes, the pace and the sound of the voice are known.
    let report = harness::run(&Guise::all()[..1], KNOWN as usize + 8, 3, KNOWN)
        .await
        .unwrap();
    assert_eq!(report.spoiled.len(), engine::Fault::ALL.len());
    assert_eq!(report.missed, [""; 0], "{report}");
    assert_eq!(report.alarms, [""; 0], "{report}");
    assert_eq!(report.wrong, [""; 0], "{report}");
    assert_eq!(report.good.takes, KNOWN as usize + 8, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_first_takes_are_repeated() {
    // Without history, takes are compared with the prediction of the offline voice and with the sample only.
    let report = harness::run(&Guise::all()[..1], 8, 3, 0).await.unwrap();
    assert_eq!(report.spoiled.len(), engine::Fault::ALL.len());
    assert_eq!(report.missed, [""; 0], "{report}");
    assert_eq!(report.alarms, [""; 0], "{report}");
    assert_eq!(report.wrong, [""; 0], "{report}");
}
