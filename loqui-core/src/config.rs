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
    /// `LOQUI_BUDGET_TOTAL_USD`, `_DAY_USD`, `_OWNER_USD` and `_OWNER_DAY_USD`.
    pub(crate) budgets: [Option<String>; 4],
    /// `LOQUI_KEEP_DAYS`.
    pub(crate) keep_days: Option<String>,
    /// `LOQUI_KEEP_TAKES_DAYS`.
    pub(crate) keep_takes_days: Option<String>,
    /// `LOQUI_DATABASE_URL`.
    pub(crate) database_url: Option<String>,
    /// `LOQUI_STORAGE_URL`.
    pub(crate) storage_url: Option<String>,
    /// `LOQUI_PUBLIC_URL`.
    pub(crate) public_url: Option<String>,
    /// `LOQUI_COG_URL`.
    pub(crate) cog_url: Option<String>,
    /// `LOQUI_REQUIRE_CONSENT`: on unless it is empty, 0, false, no or off.
    pub(crate) require_consent: bool,
}

impl Environment {
    pub(crate) fn read() -> Self {
        Self {
            token: text("REPLICATE_API_TOKEN"),
            base_url: text("REPLICATE_BASE_URL"),
            data_dir: text("LOQUI_DATA_DIR").map(PathBuf::from),
            budget_usd: text("LOQUI_BUDGET_USD"),
            budgets: ["TOTAL", "DAY", "OWNER", "OWNER_DAY"].map(|name| text(&format!("LOQUI_BUDGET_{name}_USD"))),
            keep_days: text("LOQUI_KEEP_DAYS"),
            keep_takes_days: text("LOQUI_KEEP_TAKES_DAYS"),
            database_url: text("LOQUI_DATABASE_URL"),
            storage_url: text("LOQUI_STORAGE_URL"),
            public_url: text("LOQUI_PUBLIC_URL"),
            cog_url: text("LOQUI_COG_URL"),
            require_consent: text("LOQUI_REQUIRE_CONSENT")
                .is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off")),
        }
    }
}

/// What the usual `AWS_*` variables say of a server of S3: credentials, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`.
#[cfg(feature = "s3")]
pub(crate) fn s3() -> object_store::aws::AmazonS3Builder {
    object_store::aws::AmazonS3Builder::from_env()
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn text(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}
