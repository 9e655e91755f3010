//! `soak`: long runs that look for what happens seldom.

use crate::cargo;
use crate::step::{Failure, Steps};

/// Runs generations while a fifth of everything goes wrong; `words` are the options typed after `soak chaos`.
pub(crate) fn chaos(steps: &mut Steps, words: &[String]) -> Result<(), Failure> {
    let mut command = cargo::example(steps, "chaos", false)?;
    steps.run("Chaos", command.args(words))
}
