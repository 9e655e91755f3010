//! Generations while a fifth of everything goes wrong: nothing is lost, nothing is paid twice, no token leaks.

#[path = "../chaos/harness.rs"]
mod harness;

use harness::{Plan, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_paid_twice() {
    let report = run(Plan {
        count: 30,
        at_once: 30,
        seed: 4,
    })
    .await;
    assert!(report.is_clean(), "{report}");
    assert!(report.held <= 4, "{report}");
    assert!(report.faults.len() > 20, "the faults did happen: {report}");
}
