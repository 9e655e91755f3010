//! The settings of `loqui serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

use super::file::File;
use super::not_blank;

/// The port of the guide (S12).
const ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);

/// Flags of `loqui serve`.
#[derive(Clone, Default, clap::Args)]
pub(crate) struct ServerFlags {
    /// Address to listen on; port 0 selects a free port [default: 127.0.0.1:8000]
    #[arg(long, env = "LOQUI_ADDR")]
    pub(crate) addr: Option<SocketAddr>,

    /// Leave generations to `loqui worker` processes that share the records and the audio
    #[arg(
        long, env = "LOQUI_LEAVE_TO_WORKERS", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(crate) leave_to_workers: Option<bool>,

    /// Whether users can register over HTTP [default: open on loopback addresses, otherwise closed]
    #[arg(long, env = "LOQUI_REGISTRATION")]
    pub(crate) registration: Option<Registration>,

    /// Whether `/metrics` is served, to everyone who reaches the server [default: open on loopback addresses, otherwise
    /// closed]
    #[arg(long, env = "LOQUI_METRICS")]
    pub(crate) metrics: Option<MetricsAccess>,

    /// Maximum size of a recording, in bytes [default: 10485760]
    #[arg(long, value_name = "BYTES", env = "LOQUI_MAX_UPLOAD_BYTES")]
    pub(crate) max_upload_bytes: Option<u64>,

    /// Maximum length of a script, in characters [default: 5000]
    #[arg(long, value_name = "N", env = "LOQUI_MAX_SCRIPT_CHARACTERS")]
    pub(crate) max_script_characters: Option<usize>,

    /// Addresses of proxies whose X-Forwarded-For header is trusted (comma-separated)
    #[arg(long, value_delimiter = ',', value_name = "IP", env = "LOQUI_TRUSTED_PROXIES")]
    pub(crate) trusted_proxies: Option<Vec<IpAddr>>,

    /// Format of the log on stderr [default: text]
    #[arg(long, env = "LOQUI_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    // Hidden, because other users of the machine can read command lines.
    #[arg(long, hide = true, env = "LOQUI_JWT_SECRET", hide_env_values = true)]
    pub(crate) jwt_secret: Option<String>,

    #[arg(long, hide = true, env = "REPLICATE_WEBHOOK_SECRET", hide_env_values = true)]
    pub(crate) webhook_secret: Option<String>,
}

impl std::fmt::Debug for ServerFlags {
    /// Omits the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerFlags")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

/// Whether users can register over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Registration {
    /// Everyone who reaches the server can register.
    Open,
    /// The operator creates users with `loqui users add`.
    Closed,
}

/// Whether the metrics are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MetricsAccess {
    /// Everyone who reaches the server can read them.
    Open,
    /// The route does not exist.
    Closed,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Lines of text.
    Text,
    /// One JSON object per line.
    Json,
}

/// The effective settings of the server.
#[derive(Clone)]
pub(crate) struct ServerSettings {
    pub(crate) addr: SocketAddr,
    /// Whether generations are left to `loqui worker`.
    pub(crate) leave_to_workers: bool,
    /// Whether users can register over HTTP.
    pub(crate) registration: bool,
    /// Whether `/metrics` is served.
    pub(crate) metrics: bool,
    /// The maximum size of a recording, in bytes.
    pub(crate) max_upload_bytes: u64,
    /// The maximum length of a script, in characters (S132).
    pub(crate) max_script_characters: usize,
    /// The maximum number of unfinished generations of one user.
    pub(crate) max_unfinished: u32,
    /// The maximum size of the recordings of one user, in bytes.
    pub(crate) max_storage_bytes: u64,
    /// The lifetime of a token.
    pub(crate) token_lifetime: Duration,
    /// The maximum number of open connections.
    pub(crate) max_connections: usize,
    /// Proxies whose `X-Forwarded-For` header is trusted.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// How long running requests may take after the server was asked to stop.
    pub(crate) shutdown_grace: Duration,
    /// The format of the log.
    pub(crate) log_format: LogFormat,
    /// The key that signs tokens. Without it, a key is generated and stored in the database.
    pub(crate) jwt_secret: Option<String>,
    /// The key that signs Replicate's webhooks. Without it, the server requests it from Replicate.
    pub(crate) webhook_secret: Option<String>,
}

impl std::fmt::Debug for ServerSettings {
    /// Omits the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerSettings")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

impl ServerSettings {
    /// Merges flags, environment, file and defaults.
    pub(crate) fn load(flags: &ServerFlags, file: &File) -> Self {
        let addr = flags.addr.or(file.addr).unwrap_or(ADDR);
        let registration = flags.registration.or(file.registration);
        let metrics = flags.metrics.or(file.metrics);
        Self {
            addr,
            leave_to_workers: flags.leave_to_workers.or(file.leave_to_workers).unwrap_or_default(),
            // Registered users can spend the operator's credit.
            registration: registration.map_or_else(|| addr.ip().is_loopback(), |it| it == Registration::Open),
            // They show who uses the server, and how much.
            metrics: metrics.map_or_else(|| addr.ip().is_loopback(), |it| it == MetricsAccess::Open),
            max_upload_bytes: flags.max_upload_bytes.or(file.max_upload_bytes).unwrap_or(10 << 20),
            max_script_characters: flags
                .max_script_characters
                .or(file.max_script_characters)
                .unwrap_or(5_000),
            max_unfinished: file.max_unfinished_per_user.unwrap_or(1_000),
            max_storage_bytes: file.max_storage_bytes_per_user.unwrap_or(1_000 << 20),
            token_lifetime: Duration::from_secs(file.token_lifetime_seconds.unwrap_or(24 * 60 * 60)),
            max_connections: file.max_connections.unwrap_or(20_000),
            trusted_proxies: flags
                .trusted_proxies
                .clone()
                .or_else(|| file.trusted_proxies.clone())
                .unwrap_or_default(),
            shutdown_grace: Duration::from_secs(file.shutdown_grace_seconds.unwrap_or(10)),
            log_format: flags.log_format.or(file.log_format).unwrap_or(LogFormat::Text),
            jwt_secret: not_blank(flags.jwt_secret.as_ref()),
            webhook_secret: not_blank(flags.webhook_secret.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Words {
        #[command(flatten)]
        flags: ServerFlags,
    }

    fn loaded(words: &[&str], file: &str) -> ServerSettings {
        let words = ["serve"].iter().chain(words);
        let flags = Words::try_parse_from(words)
            .unwrap_or_else(|error| panic!("{error}"))
            .flags;
        ServerSettings::load(&flags, &toml::from_str(file).unwrap())
    }

    #[test]
    fn flags_override_the_file_which_overrides_the_defaults() {
        let file = "addr = '127.0.0.1:9000'\nleave_to_workers = true\nregistration = 'closed'\nmax_upload_bytes = 1\n\
                    max_script_characters = 1\ntrusted_proxies = ['::1']\nlog_format = 'json'";
        let shown = |settings: &ServerSettings| {
            (
                settings.addr.port(),
                settings.leave_to_workers,
                settings.registration,
                settings.max_upload_bytes,
                settings.max_script_characters,
                settings.trusted_proxies.len(),
                settings.log_format,
            )
        };
        let defaults = loaded(&[], "");
        assert_eq!(
            shown(&defaults),
            (8000, false, true, 10_485_760, 5_000, 0, LogFormat::Text)
        );
        assert_eq!(shown(&loaded(&[], file)), (9000, true, false, 1, 1, 1, LogFormat::Json));
        let flags = [
            "--addr=127.0.0.1:9001",
            "--leave-to-workers=false",
            "--registration=open",
            "--max-upload-bytes=2",
            "--max-script-characters=2",
            "--trusted-proxies=::1,::2",
            "--log-format=text",
        ];
        assert_eq!(
            shown(&loaded(&flags, file)),
            (9001, false, true, 2, 2, 2, LogFormat::Text)
        );
        assert!(loaded(&["--leave-to-workers"], "").leave_to_workers);
    }

    #[test]
    fn registration_is_open_by_default_on_loopback_addresses_only() {
        assert!(loaded(&[], "").registration);
        assert!(!loaded(&["--addr", "0.0.0.0:8000"], "").registration);
        assert!(loaded(&["--addr", "0.0.0.0:8000", "--registration", "open"], "").registration);
        assert!(!loaded(&["--registration", "closed"], "").registration);
    }

    #[test]
    fn metrics_are_open_by_default_on_loopback_addresses_only() {
        assert!(loaded(&[], "").metrics);
        assert!(!loaded(&["--addr", "0.0.0.0:8000"], "").metrics);
        assert!(loaded(&["--addr", "0.0.0.0:8000"], "metrics = 'open'").metrics);
        assert!(!loaded(&["--metrics", "closed"], "metrics = 'open'").metrics);
    }
}
