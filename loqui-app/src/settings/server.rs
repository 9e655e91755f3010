//! The settings of `loqui serve`.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

use super::file::File;
use super::not_blank;
use super::web::{self, BasePath, Origin};
use crate::failure::Failure;

/// The port of the guide (S12).
const ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);

/// Flags of `loqui serve`.
#[derive(Clone, Default, clap::Args)]
pub(crate) struct ServerFlags {
    /// Address to listen on; port 0 selects a free port [default: 127.0.0.1:8000]
    #[arg(long, env = "LOQUI_ADDR")]
    pub(crate) addr: Option<SocketAddr>,

    /// Leave generations to `loqui worker` processes that use the same database and storage
    #[arg(
        long, env = "LOQUI_LEAVE_TO_WORKERS", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(crate) leave_to_workers: Option<bool>,

    /// Whether users can register over HTTP [default: open on loopback addresses, otherwise closed]
    #[arg(long, env = "LOQUI_REGISTRATION")]
    pub(crate) registration: Option<Registration>,

    /// Whether `/metrics` is served, without sign-in [default: open on loopback addresses, otherwise closed]
    #[arg(long, env = "LOQUI_METRICS")]
    pub(crate) metrics: Option<MetricsAccess>,

    /// Maximum size of a recording, in bytes [default: 10485760]
    #[arg(long, value_name = "BYTES", env = "LOQUI_MAX_UPLOAD_BYTES")]
    pub(crate) max_upload_bytes: Option<u64>,

    /// Maximum length of a script, in characters [default: 5000]
    #[arg(long, value_name = "N", env = "LOQUI_MAX_SCRIPT_CHARACTERS")]
    pub(crate) max_script_characters: Option<usize>,

    /// Addresses of proxies whose X-Forwarded-For and X-Forwarded-Prefix headers are trusted (comma-separated)
    #[arg(long, value_delimiter = ',', value_name = "IP", env = "LOQUI_TRUSTED_PROXIES")]
    pub(crate) trusted_proxies: Option<Vec<IpAddr>>,

    /// Format of the log on stderr [default: text]
    #[arg(long, env = "LOQUI_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    /// Path below which a proxy publishes the server, for instance /voice [default: none]
    #[arg(long, value_name = "PATH", env = "LOQUI_BASE_PATH")]
    pub(crate) base_path: Option<String>,

    /// Web origins whose pages may call the server, each exactly (comma-separated) [default: none]
    #[arg(long, value_delimiter = ',', value_name = "ORIGIN", env = "LOQUI_CORS_ORIGINS")]
    pub(crate) cors_origins: Option<Vec<String>>,

    /// Whether browsers send cookies and HTTP authentication of these origins
    #[arg(
        long, env = "LOQUI_CORS_CREDENTIALS", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(crate) cors_credentials: Option<bool>,

    /// Names of voices for clients with a fixed list, for instance alloy=anna,echo=tom [default: none]
    #[arg(long, value_delimiter = ',', value_name = "ALIAS=VOICE", env = "LOQUI_VOICE_ALIASES")]
    pub(crate) voice_aliases: Option<Vec<String>>,

    /// User whose voices everyone can list at /v1/audio/voices, without a key [default: nobody]
    #[arg(long, value_name = "USER", env = "LOQUI_PUBLIC_VOICES_OF")]
    pub(crate) public_voices_of: Option<String>,

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
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
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
    /// The maximum size of a document or a book, in bytes.
    pub(crate) max_document_bytes: u64,
    /// The maximum length of the text of a document or a book, in characters.
    pub(crate) max_document_characters: usize,
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
    /// The path below which a proxy publishes the server.
    pub(crate) base_path: Option<BasePath>,
    /// The web origins whose pages may call the server.
    pub(crate) cors_origins: Vec<Origin>,
    /// Whether browsers send cookies and HTTP authentication of these origins.
    pub(crate) cors_credentials: bool,
    /// The names or ids of voices that other names stand for.
    pub(crate) voice_aliases: BTreeMap<String, String>,
    /// The user whose voices can be listed without a key.
    pub(crate) public_voices_of: Option<String>,
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
    ///
    /// # Errors
    ///
    /// `usage` for an invalid base path, origin or alias.
    pub(crate) fn load(flags: &ServerFlags, file: &File) -> Result<Self, Failure> {
        let base_path = not_blank(flags.base_path.as_ref()).or_else(|| not_blank(file.base_path.as_ref()));
        let origins = given(flags.cors_origins.as_ref()).or_else(|| file.cors_origins.clone());
        let aliases = match given(flags.voice_aliases.as_ref()) {
            Some(pairs) => web::voice_aliases(&pairs)?,
            None => file.voice_aliases.clone().unwrap_or_default(),
        };
        let addr = flags.addr.or(file.addr).unwrap_or(ADDR);
        let registration = flags.registration.or(file.registration);
        let metrics = flags.metrics.or(file.metrics);
        Ok(Self {
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
            max_document_bytes: file.max_document_bytes.unwrap_or(32 << 20),
            max_document_characters: file.max_document_characters.unwrap_or(2_000_000),
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
            base_path: base_path.map_or(Ok(None), |path| BasePath::parse(&path))?,
            cors_origins: origins
                .unwrap_or_default()
                .iter()
                .map(|origin| Origin::parse(origin))
                .collect::<Result<_, _>>()?,
            cors_credentials: flags.cors_credentials.or(file.cors_credentials).unwrap_or_default(),
            voice_aliases: aliases,
            public_voices_of: not_blank(flags.public_voices_of.as_ref())
                .or_else(|| not_blank(file.public_voices_of.as_ref())),
        })
    }
}

/// Removes blank items. A list of blank items counts as not set.
fn given(list: Option<&Vec<String>>) -> Option<Vec<String>> {
    let items: Vec<String> = list?.iter().filter(|item| !item.trim().is_empty()).cloned().collect();
    (!items.is_empty()).then_some(items)
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
        ServerSettings::load(&flags, &toml::from_str(file).unwrap()).unwrap()
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
    fn settings_for_browsers_and_clients_come_from_every_source() {
        let file = "base_path = '/file'\ncors_origins = ['https://file.example']\ncors_credentials = true\n\
                    public_voices_of = 'file'\nvoice_aliases = { alloy = 'file' }";
        let shown = |settings: &ServerSettings| {
            (
                settings.base_path.as_ref().map(|path| path.as_str().to_owned()),
                settings
                    .cors_origins
                    .iter()
                    .map(|origin| origin.as_str().to_owned())
                    .collect::<Vec<_>>(),
                settings.cors_credentials,
                settings.public_voices_of.clone(),
                settings.voice_aliases.get("alloy").cloned(),
            )
        };
        assert_eq!(shown(&loaded(&[], "")), (None, vec![], false, None, None));
        let some = |text: &str| Some(text.to_owned());
        let from_file = (
            some("/file"),
            vec!["https://file.example".to_owned()],
            true,
            some("file"),
            some("file"),
        );
        assert_eq!(shown(&loaded(&[], file)), from_file);
        let flags = [
            "--base-path=/flag/",
            "--cors-origins=https://a.example,https://b.example",
            "--cors-credentials=false",
            "--public-voices-of=flag",
            "--voice-aliases=alloy=flag",
        ];
        let origins = vec!["https://a.example".to_owned(), "https://b.example".to_owned()];
        let from_flags = (some("/flag"), origins, false, some("flag"), some("flag"));
        assert_eq!(shown(&loaded(&flags, file)), from_flags);
        // Blank values count as not set.
        let blank = [
            "--base-path=",
            "--cors-origins=",
            "--public-voices-of= ",
            "--voice-aliases=",
        ];
        assert_eq!(shown(&loaded(&blank, file)), from_file);
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
