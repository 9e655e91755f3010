//! Prints the description of every speak option as JSON.
//!
//! `cargo xtask generate` makes the Python and Node declarations and `docs/options.md` from it.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

fn main() -> Result<(), serde_json::Error> {
    println!("{}", serde_json::to_string_pretty(&loqui_core::options::describe())?);
    Ok(())
}
