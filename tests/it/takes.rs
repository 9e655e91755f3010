//! Every fault of a take is found and the take made again; good takes are left alone.

#[path = "../../benches/takes/engine.rs"]
mod engine;
#[path = "../../benches/takes/harness.rs"]
mod harness;
#[path = "../../benches/length/text.rs"]
#[expect(dead_code, reason = "whole books are not needed here")]
mod text;

use engine::Guise;

/// Segments that are spoken well before anything goes wrong.
const KNOWN: u32 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_found_and_good_takes_are_kept() {
    // After a few good takes, pace and sound of the voice are known.
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
async fn faults_of_the_very_first_takes_are_found() {
    // Nothing is known of the voice yet: pace and sound are held against the offline voice and the sample alone.
    let report = harness::run(&Guise::all()[..1], 8, 3, 0).await.unwrap();
    assert_eq!(report.spoiled.len(), engine::Fault::ALL.len());
    assert_eq!(report.missed, [""; 0], "{report}");
    assert_eq!(report.alarms, [""; 0], "{report}");
    assert_eq!(report.wrong, [""; 0], "{report}");
}
