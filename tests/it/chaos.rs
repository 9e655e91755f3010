//! Generations with a fifth of all requests failing: nothing is lost, paid twice or leaked.

#[path = "../chaos/harness.rs"]
mod harness;

use harness::{Plan, run};

const PLAN: Plan = Plan {
    count: 30,
    at_once: 30,
    seed: 4,
};

#[test]
fn faults_lose_nothing_and_pay_nothing_twice() {
    let report = run(PLAN);
    assert!(report.is_clean(), "{report}");
    assert!(report.held <= 4, "{report}");
    assert!(report.faults.len() > 20, "faults were injected: {report}");
}

/// One generation at a time, because threads decide the order of simultaneous requests.
#[test]
fn same_seed_gives_the_same_run() {
    let plan = Plan {
        count: 10,
        at_once: 1,
        ..PLAN
    };
    let (once, again) = (run(plan), run(plan));
    assert_eq!(once.course(), again.course(), "{once}\n{again}");
    let other = run(Plan { seed: 5, ..plan });
    assert_ne!(once.course(), other.course(), "different seeds give different runs");
}
