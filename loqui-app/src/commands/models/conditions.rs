//! Licence and conditions of use, which are shown and accepted before the first installation.

use std::io::IsTerminal as _;

use loqui_pocket::models::{Error, Models, terms};

use super::{Step, failure, progress};
use crate::failure::Failure;
use crate::output;

/// Runs a step, and shows the conditions before the first installation that has any. `accept` accepts them; otherwise a
/// person at a terminal is asked.
pub(super) fn with<T>(
    models: &Models,
    accept: bool,
    json: bool,
    step: impl Fn(
        bool,
        &mut (dyn FnMut(&loqui_pocket::models::Progress) -> std::ops::ControlFlow<()> + Send),
    ) -> Result<T, Error>,
) -> Result<T, Failure> {
    let step: &Step<'_, T> = &step;
    match attempt(step, false, json) {
        Err(Error::TermsNotAccepted { name, terms }) => {
            print();
            if accept || (!json && ask()) {
                models.accept_terms().map_err(failure::of)?;
                attempt(step, true, json).map_err(failure::of)
            } else {
                Err(failure::of(Error::TermsNotAccepted { name, terms }))
            }
        }
        result => result.map_err(failure::of),
    }
}

fn attempt<T>(step: &Step<'_, T>, accept: bool, json: bool) -> Result<T, Error> {
    let mut shown = progress::Shown::new(json);
    step(accept, &mut |progress| shown.show(progress))
}

fn print() {
    let terms = terms();
    output::note("Licence and conditions of use, in short:");
    for line in terms.lines() {
        output::note(&format!("  {line}"));
    }
    output::note(&format!("Full text and access form: {}", terms.url()));
}

/// Asks on the terminal. Without a terminal the conditions are not accepted.
fn ask() -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    output::note("Do you accept these conditions? [y/N]");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
