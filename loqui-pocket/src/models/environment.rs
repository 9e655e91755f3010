use std::path::PathBuf;

/// The environment variables that the tools of the hub use.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Environment {
    /// `HF_TOKEN`: the token of an account that accepted the access form.
    pub hub_token: Option<String>,
    /// `HF_ENDPOINT`: another address of the hub, for instance a mirror.
    pub hub_endpoint: Option<String>,
    /// The hub's cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else `huggingface/hub` in `XDG_CACHE_HOME` or `.cache`
    /// of the home directory.
    pub hub_cache: Option<PathBuf>,
    /// `HF_HUB_OFFLINE`: whether nothing may be downloaded.
    pub offline: bool,
}

impl std::fmt::Debug for Environment {
    /// Omits the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("hub_token", &self.hub_token.as_ref().map(|_| "..."))
            .field("hub_endpoint", &self.hub_endpoint)
            .field("hub_cache", &self.hub_cache)
            .field("offline", &self.offline)
            .finish()
    }
}

impl Environment {
    /// Reads the variables of the process. Blank values count as unset.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
    pub fn read() -> Self {
        Self::from_variables(|name| std::env::var(name).ok(), std::env::home_dir())
    }

    pub(super) fn from_variables(read: impl Fn(&str) -> Option<String>, home: Option<PathBuf>) -> Self {
        let text = |name: &str| {
            read(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let folder = |name: &str| text(name).map(PathBuf::from);
        let cache = folder("HF_HUB_CACHE")
            .or_else(|| Some(folder("HF_HOME")?.join("hub")))
            .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("huggingface/hub")))
            .or_else(|| Some(home?.join(".cache/huggingface/hub")));
        Self {
            hub_token: text("HF_TOKEN"),
            hub_endpoint: text("HF_ENDPOINT"),
            hub_cache: cache,
            offline: text("HF_HUB_OFFLINE")
                .is_some_and(|value| matches!(value.to_ascii_uppercase().as_str(), "1" | "TRUE" | "YES" | "ON")),
        }
    }
}
