//! `clients`: runs unmodified clients of other services against the server, and writes the table of `docs/clients.md`.

use std::fmt::Write as _;
use std::fs;

use crate::step::{Failure, Steps, at};
use crate::{cargo, peers, place};

/// The test module of the clients.
const TESTS: &str = "needs_peers::clients";
/// The lines around the table.
const MARKS: (&str, &str) = ("<!-- clients -->", "<!-- /clients -->");

/// Installs the clients, runs them, and writes the table.
pub(crate) fn clients(steps: &mut Steps) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    let folder = place::target()?.join("clients");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    cargo::run_ignored_with(steps, TESTS, |command| {
        peers.tell(command);
        command.env("LOQUI_CLIENTS_REPORT", &folder);
    })?;
    let mut reports = Vec::new();
    for entry in fs::read_dir(&folder).map_err(at(&folder))? {
        let path = entry.map_err(at(&folder))?.path();
        reports.push(fs::read_to_string(&path).map_err(at(&path))?);
    }
    reports.sort();
    let page = place::root().join("docs/clients.md");
    let text = fs::read_to_string(&page).map_err(at(&page))?;
    let written = with_table(&text, &table(&reports)).ok_or_else(|| {
        let (start, end) = MARKS;
        Failure::new(format!("docs/clients.md has no lines {start} and {end}"))
    })?;
    fs::write(&page, written).map_err(at(&page))
}

/// Returns the table of the reports. The first line of a report is the client and its version.
fn table(reports: &[String]) -> String {
    let mut table = "| client | version | calls | result |\n|---|---|---|---|\n".to_owned();
    for report in reports {
        let mut lines = report.lines();
        let (client, version) = lines.next().and_then(|line| line.split_once('\t')).unwrap_or_default();
        let calls: Vec<String> = lines.map(|call| format!("`{call}`")).collect();
        // Writing to a string does not fail. The test fails unless all calls have worked.
        let _ = writeln!(table, "| {client} | {version} | {} | all work |", calls.join(", "));
    }
    table
}

/// Replaces the table between the marks.
fn with_table(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(MARKS.0)?;
    let (_, after) = rest.split_once(MARKS.1)?;
    Some(format!("{before}{}\n\n{table}\n{}{after}", MARKS.0, MARKS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_replaces_the_earlier_one() {
        let report = "openai, Python\t3.57.0\naudio.speech.create\nerrors\n".to_owned();
        let page = "# Clients\n\n<!-- clients -->\nold\n<!-- /clients -->\n\nEnd.\n";
        let written = with_table(page, &table(&[report])).unwrap();
        let row = "| openai, Python | 3.57.0 | `audio.speech.create`, `errors` | all work |";
        assert!(
            written.contains(row) && !written.contains("old") && written.ends_with("\n\nEnd.\n"),
            "{written}"
        );
        assert_eq!(with_table("# Clients\n", ""), None);
    }
}
