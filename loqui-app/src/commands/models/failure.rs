//! Errors of models as errors of the program, with the commands that help.

use loqui_core::error::Code;
use loqui_pocket::models::Error;

use crate::code;
use crate::failure::Failure;

/// Turns an error of models into a failure.
pub(super) fn of(error: Error) -> Failure {
    let code = Code::by_name(error.code()).unwrap_or(&code::INTERNAL);
    let message = error.to_string();
    let hint = match error {
        Error::NotInstalled { name } => format!("Run `loqui models pull {name}`."),
        Error::UnknownModel { .. } => "Run `loqui models list --all`, or add a folder with `loqui models add DIR`.".into(),
        Error::TermsNotAccepted { terms, .. } => {
            format!("Read {}, then run the command again with --accept-license.", terms.url())
        }
        Error::Exists { name } => format!("Use --replace, --name, or `loqui models remove {name}`."),
        Error::HashChanged { .. } => {
            "The published file was replaced. If you trust the change, run `loqui models remove NAME --forget-hashes` and pull again.".into()
        }
        Error::NoSpace { .. } => "Free space on the disk, or choose another folder with --models-dir.".into(),
        other => other.hint(),
    };
    loqui_core::Error::new(code, message).with_hint(hint).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_models_is_in_the_table() {
        for code in Error::CODES {
            assert!(Code::by_name(code).is_some(), "{code}");
        }
    }
}
