//! The environment, read in this one place.

use std::path::PathBuf;

/// What the environment says. See the table in the README.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    /// `REPLICATE_API_TOKEN`.
    pub(crate) token: Option<String>,
    /// `REPLICATE_BASE_URL`.
    pub(crate) base_url: Option<String>,
    /// `LOQUI_DATA_DIR`.
    pub(crate) data_dir: Option<PathBuf>,
    /// `LOQUI_BUDGET_USD`.
    pub(crate) budget_usd: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> Self {
        Self {
            token: text("REPLICATE_API_TOKEN"),
            base_url: text("REPLICATE_BASE_URL"),
            data_dir: text("LOQUI_DATA_DIR").map(PathBuf::from),
            budget_usd: text("LOQUI_BUDGET_USD"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn text(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}
