//! Every fault of a take is found and the take made again; good takes are left alone.

#[path = "../../benches/takes/engine.rs"]
mod engine;
#[path = "../../benches/takes/harness.rs"]
mod harness;
#[path = "../../benches/length/text.rs"]
#[expect(dead_code, reason = "whole books are not needed here")]
mod text;

use engine::Guise;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_found_and_good_takes_are_kept() {
    // One that is not the voice as it is, and not the slowest to compute.
    let report = harness::run(&Guise::all()[3..4], 16, 3).await.unwrap();
    assert_eq!(report.spoiled.len(), engine::Fault::ALL.len());
    assert_eq!(report.missed, [""; 0], "{report}");
    assert_eq!(report.alarms, [""; 0], "{report}");
    assert_eq!(report.wrong, [""; 0], "{report}");
    assert_eq!(report.good.takes, 16, "{report}");
}
