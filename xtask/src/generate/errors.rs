//! The page of all errors, made from the table.

use toml::{Table, Value};

use crate::step::Failure;

const HEAD: &str = "\
# Errors

Every error has a stable code, a line that says what happened, a hint, and whether trying again helps: `code()`, `hint()`,
`retryable()` in Rust, `.code`, `.hint`, `.retryable` in Python and Node, and the same words in the JSON of the command
line and of the backend. The class has the same name in Python and Node.

Made by `cargo xtask generate` from `loqui-core/src/error/codes.rs`: do not edit.
";

fn again(retry: &str) -> &str {
    match retry {
        "never" => "does not help",
        "later" => "helps, after a while",
        other => other,
    }
}

/// The Markdown of the table in `errors.toml`, a chapter for each room that errors come from.
pub(super) fn page(table: &str) -> Result<String, Failure> {
    let broken = |what: &str| Failure::new(format!("the table of errors: {what}"));
    let table: Table = table.parse().map_err(|error| broken(&format!("{error}")))?;
    let rows = table
        .get("error")
        .and_then(Value::as_array)
        .ok_or_else(|| broken("no errors"))?;
    let mut page = String::from(HEAD);
    let mut room = "";
    for row in rows {
        let word = |name: &str| {
            row.get(name)
                .and_then(Value::as_str)
                .ok_or_else(|| broken(&format!("a row without {name}")))
        };
        let code = word("code")?;
        let of = code.split('.').next().unwrap_or(code);
        if of != room {
            room = of;
            let head = "| code | class | trying again | what to do |\n|---|---|---|---|\n";
            page.extend(["\n## `", room, "`\n\n", head]);
        }
        let hint = row.get("hint").and_then(Value::as_str).unwrap_or_default();
        let cells = [
            code,
            "` | `",
            word("python")?,
            "` | ",
            again(word("retry")?),
            " | ",
            hint,
        ];
        page.push_str("| `");
        page.extend(cells);
        page.push_str(" |\n");
    }
    Ok(page)
}
