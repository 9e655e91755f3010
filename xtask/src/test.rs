//! `test`: runs the tests that need cargo, Python and Node. `test --all` adds those that need a service.

use crate::step::{Failure, Steps};
use crate::{cargo, node, peers, place, python, web};

/// The services that tests may need: the module of such tests, and the programs that provide the service.
///
/// Such tests are `#[ignore]`d and are in a module with this name, in any crate.
const SERVICES: [(&str, &[&str]); 2] = [
    ("needs_postgres", &["postgres", "pg_ctl", "pg_ctlcluster"]),
    (CHROMIUM, &["chromium", "chromium-browser", "google-chrome"]),
];

/// The module of tests that need a browser.
const CHROMIUM: &str = "needs_chromium";

/// The module of tests that need the official clients, Cog's server or an S3 server, which only `test --all` installs.
const PEERS: &str = "needs_peers";

/// Installs the tools of the Python and Node packages.
pub(crate) fn setup(steps: &mut Steps) -> Result<(), Failure> {
    python::setup(steps)?;
    node::setup(steps)?;
    web::setup(steps)
}

/// Runs the tests of all three languages.
pub(crate) fn test(steps: &mut Steps) -> Result<(), Failure> {
    setup(steps)?;
    cargo::tests(steps)?;
    cargo::doctests(steps)?;
    cargo::libraries(steps)?;
    python::test(steps)?;
    node::test(steps)?;
    web::test(steps)
}

/// Runs the tests that need a service.
pub(crate) fn services(steps: &mut Steps) -> Result<(), Failure> {
    let ignored = cargo::ignored()?;
    if let Some(lost) = ignored
        .iter()
        .find(|test| service_of(test).is_none() && !lies_in(test, PEERS))
    {
        let modules = SERVICES.map(|(module, _)| module).join(", ");
        return Err(Failure::new(format!(
            "{lost} is ignored and never run: move it into one of the modules {modules}, {PEERS}"
        )));
    }
    for (module, programs) in SERVICES {
        let count = ignored.iter().filter(|test| service_of(test) == Some(module)).count();
        if count == 0 {
            steps.skip(module, "there are no such tests");
        } else if programs.iter().any(|program| place::on_path(program)) {
            cargo::run_ignored(steps, module)?;
            if module == CHROMIUM {
                web::browser(steps)?;
            }
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

/// Installs the official clients, Cog's server and an S3 server, and runs the tests that need them.
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
    fn the_service_of_a_test_is_its_module() {
        assert_eq!(service_of("store::needs_postgres::keeps_rows"), Some("needs_postgres"));
        assert_eq!(service_of("store::keeps_rows"), None);
        assert_eq!(service_of("needs_postgres_badly"), None);
    }
}
