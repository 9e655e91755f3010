//! `ci`: runs every check that a change must pass.

use crate::step::{Failure, Steps};
use crate::{deny, docs, features, generate, lint, parity, test};

/// Runs all checks.
pub(crate) fn ci(steps: &mut Steps) -> Result<(), Failure> {
    test::test(steps)?;
    test::services(steps)?;
    test::peers(steps)?;
    parity::compare(steps)?;
    generate::generate(steps, true)?;
    lint::lint(steps)?;
    docs::docs(steps)?;
    deny::deny(steps)?;
    features::features(steps)
}
