//! The program `loqui`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    loqui_app::main(std::env::args_os()).into()
}
