//! `test`: every test that needs only cargo, Python and Node; `test --all`: those that need a service, too.

use crate::step::{Failure, Steps};
use crate::{cargo, node, peers, place, python};

/// What a test may need beyond the three toolchains: the module that holds such tests, and a program to look for.
///
/// Such tests are `#[ignore]`d and lie in a module of this name, in any crate.
const SERVICES: [(&str, &[&str]); 2] = [
    ("needs_postgres", &["postgres", "pg_ctl", "pg_ctlcluster"]),
    ("needs_chromium", &["chromium", "chromium-browser", "google-chrome"]),
];

/// The module of tests that need the provider's official clients, its server of containers or a server of S3's API, which
/// only `test --all` installs.
const PEERS: &str = "needs_peers";

/// Gets the tools of the two package managers.
pub(crate) fn setup(steps: &mut Steps) -> Result<(), Failure> {
    python::setup(steps)?;
    node::setup(steps)
}

/// Runs the tests of all three languages.
pub(crate) fn test(steps: &mut Steps) -> Result<(), Failure> {
    setup(steps)?;
    cargo::tests(steps)?;
    cargo::doctests(steps)?;
    cargo::libraries(steps)?;
    python::test(steps)?;
    node::test(steps)
}

/// Runs what `test` leaves out.
pub(crate) fn services(steps: &mut Steps) -> Result<(), Failure> {
    let ignored = cargo::ignored()?;
    if let Some(lost) = ignored
        .iter()
        .find(|test| service_of(test).is_none() && !lies_in(test, PEERS))
    {
        let modules = SERVICES.map(|(module, _)| module).join(", ");
        return Err(Failure::new(format!(
            "{lost} is ignored, and nothing would ever run it: put it into one of the modules {modules}, {PEERS}"
        )));
    }
    for (module, programs) in SERVICES {
        let count = ignored.iter().filter(|test| service_of(test) == Some(module)).count();
        if count == 0 {
            steps.skip(module, "no test needs it");
        } else if programs.iter().any(|program| place::on_path(program)) {
            cargo::run_ignored(steps, module)?;
        } else {
            let why = format!("{count} tests need one of {}, none is on the path", programs.join(", "));
            if place::is_ci() {
                return Err(Failure::new(format!("{module}: {why}")));
            }
            steps.skip(&format!("SKIPPED: {module}"), &why);
        }
    }
    Ok(())
}

/// Installs the provider's official clients and a server of S3's API, and runs the tests that need them.
pub(crate) fn peers(steps: &mut Steps) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    cargo::run_ignored_with(steps, PEERS, |command| peers.tell(command))
}

fn lies_in(test: &str, module: &str) -> bool {
    test.split("::").any(|part| part == module)
}

fn service_of(test: &str) -> Option<&'static str> {
    SERVICES
        .iter()
        .map(|(module, _)| *module)
        .find(|module| lies_in(test, module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_belongs_to_the_module_it_lies_in() {
        assert_eq!(service_of("store::needs_postgres::keeps_rows"), Some("needs_postgres"));
        assert_eq!(service_of("store::keeps_rows"), None);
        assert_eq!(service_of("needs_postgres_badly"), None);
    }
}
