//! Generations while a fifth of everything goes wrong: nothing is lost, nothing is paid twice, no token leaks.

#[path = "../chaos/harness.rs"]
mod harness;

use harness::{Plan, run};

const PLAN: Plan = Plan {
    count: 30,
    at_once: 30,
    seed: 4,
};

#[test]
fn nothing_is_lost_and_nothing_is_paid_twice() {
    let report = run(PLAN);
    assert!(report.is_clean(), "{report}");
    assert!(report.held <= 4, "{report}");
    assert!(report.faults.len() > 20, "the faults did happen: {report}");
}

/// One generation at a time: of several, the order within one moment is that of threads.
#[test]
fn a_seed_repeats_the_run() {
    let plan = Plan {
        count: 10,
        at_once: 1,
        ..PLAN
    };
    let (once, again) = (run(plan), run(plan));
    assert_eq!(once.course(), again.course(), "{once}\n{again}");
    let other = run(Plan { seed: 5, ..plan });
    assert_ne!(once.course(), other.course(), "another seed is another run");
}
