//! The error codes of the program: those that only the program and its backend use, and those of the library.
//!
//! `cargo xtask generate` writes both tables to `tests/spec/errors.toml`.

use loqui_core::error::Code;
pub use loqui_core::error::code::*;
use loqui_core::{ErrorKind, Retry};

macro_rules! codes {
    ($($constant:ident $name:literal $kind:ident $retry:ident $hint:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $hint)]
            pub static $constant: Code = Code::new($name, ErrorKind::$kind, Retry::$retry, $hint);
        )*

        /// All codes that the library does not have.
        pub static PROGRAM: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    USER_UNAUTHORIZED "user.unauthorized" Authentication Never "Sign in, and send the token or an API key as `Authorization: Bearer ...`.";
    USER_WRONG_PASSWORD "user.wrong_password" Authentication Never "Check the user name and the password.";
    USER_INACTIVE "user.inactive" Authentication Never "Ask the operator of the server to enable the user.";
    USER_EXISTS "user.exists" InvalidInput Never "Choose another user name or email address.";
    USER_NOT_FOUND "user.not_found" NotFound Never "List all users with `loqui users list`.";
    USER_REGISTRATION_CLOSED "user.registration_closed" Authentication Never "Ask the operator of the server to create a user.";
    USER_TOO_MANY_ATTEMPTS "user.too_many_attempts" RateLimited Later "Wait a few minutes before the next attempt.";
    USER_QUOTA "user.quota" RateLimited Later "Wait until a generation has ended, or delete recordings and generations.";

    REQUEST_INVALID "request.invalid" InvalidInput Never "Correct the listed fields; /docs describes the request.";
    REQUEST_UNKNOWN_ROUTE "request.unknown_route" NotFound Never "See /docs for all routes.";
    REQUEST_WRONG_METHOD "request.wrong_method" InvalidInput Never "Use a method from the Allow header.";
    REQUEST_TOO_LARGE "request.too_large" InvalidInput Never "Send a smaller request.";
    REQUEST_TIMED_OUT "request.timed_out" Deadline Later "Try again. For long operations, poll the status.";
    REQUEST_BUSY "request.busy" RateLimited Later "Try again in a moment.";

    BACKUP_DAMAGED "backup.damaged" InvalidInput Never "Use another backup. Nothing was changed.";

    USAGE "usage" InvalidInput Never "See `loqui --help`.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn retry_name(retry: Retry) -> &'static str {
        match retry {
            Retry::Never => "never",
            Retry::Later => "later",
            other => panic!("a code cannot have {other:?} as its default"),
        }
    }

    #[test]
    fn table_of_errors_matches_library_and_program() {
        let table: toml::Table = include_str!("../../tests/spec/errors.toml").parse().unwrap();
        let mut rows = BTreeMap::new();
        for row in table["error"].as_array().unwrap() {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            rows.insert(text("code"), (text("kind"), text("retry"), text("hint")));
        }
        let mut expected = BTreeMap::new();
        for code in ALL.iter().chain(PROGRAM) {
            let row = (
                code.kind().name().to_owned(),
                retry_name(code.retry()).to_owned(),
                code.hint().unwrap_or_default().to_owned(),
            );
            let earlier = expected.insert(code.name().to_owned(), row);
            assert!(earlier.is_none(), "{} is defined twice", code.name());
        }
        assert_eq!(rows, expected, "run: cargo xtask generate");
    }
}
