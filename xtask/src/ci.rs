//! `ci`: everything that must hold before a change is merged.

use crate::step::{Failure, Steps};
use crate::{deny, docs, features, generate, lint, parity, test};

/// Runs all checks, those that fail soonest for the least cause first.
pub(crate) fn ci(steps: &mut Steps) -> Result<(), Failure> {
    test::test(steps)?;
    test::services(steps)?;
    parity::compare(steps)?;
    generate::generate(steps, true)?;
    lint::lint(steps)?;
    docs::docs(steps)?;
    deny::deny(steps)?;
    features::features(steps)
}
