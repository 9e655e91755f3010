//! What can be set: flags win over the environment, that over the file, that over what is built in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use loqui_core::Error;
use loqui_core::error::code;
use serde::Deserialize;

use crate::arguments::ServeArguments;
use crate::failure::Failure;

/// The guide's port (S12).
const ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);

/// Everything the server needs to know.
#[derive(Clone)]
pub(crate) struct ServeSettings {
    pub(crate) addr: SocketAddr,
    pub(crate) data_dir: PathBuf,
    /// Where records are, if not in the data directory.
    pub(crate) database_url: Option<String>,
    /// Where audio is, if not in the data directory.
    pub(crate) storage_url: Option<String>,
    /// Whether generations are left to `loqui worker`.
    pub(crate) leave_to_workers: bool,
    pub(crate) engine: String,
    /// Whether anybody may register.
    pub(crate) registration: bool,
    /// The largest recording, in bytes.
    pub(crate) max_upload_bytes: u64,
    /// The longest script, in characters (S132).
    pub(crate) max_script_characters: usize,
    /// How many generations of one user may be unfinished at a time.
    pub(crate) max_unfinished: u32,
    /// How much one user may keep, in bytes of recordings and speech (A21).
    pub(crate) max_storage_bytes: u64,
    /// How long a token is good.
    pub(crate) token_lifetime: Duration,
    /// How many connections may be open at a time.
    pub(crate) max_connections: usize,
    /// Proxies whose word about the client's address is taken.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// How long what is being answered may take once the server is to stop.
    pub(crate) shutdown_grace: Duration,
    /// The token of the account at Replicate.
    pub(crate) token: Option<String>,
    /// The address of Replicate's API, if not the usual one.
    pub(crate) base_url: Option<String>,
    /// Signs tokens; made and kept in the data directory if absent.
    pub(crate) jwt_secret: Option<String>,
    /// What Replicate signs its calls with.
    pub(crate) webhook_secret: Option<String>,
}

impl std::fmt::Debug for ServeSettings {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServeSettings")
            .field("addr", &self.addr)
            .field("data_dir", &self.data_dir)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

/// The file, and equally what flags and environment say of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    addr: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    storage_url: Option<String>,
    leave_to_workers: Option<bool>,
    engine: Option<String>,
    registration: Option<Registration>,
    max_upload_bytes: Option<u64>,
    max_script_characters: Option<usize>,
    max_unfinished_per_user: Option<u32>,
    max_storage_bytes_per_user: Option<u64>,
    token_lifetime_seconds: Option<u64>,
    max_connections: Option<usize>,
    trusted_proxies: Vec<IpAddr>,
    shutdown_grace_seconds: Option<u64>,
    log_format: Option<LogFormat>,
}

/// Who may make a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Registration {
    /// Anybody who reaches the server.
    Open,
    /// Only who runs the server, by `loqui users add`.
    Closed,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Puts flags, environment, file and defaults together.
pub(crate) fn load(arguments: &ServeArguments, data_dir: Option<PathBuf>) -> Result<ServeSettings, Failure> {
    let file = match &arguments.config {
        Some(path) => read(path)?,
        None => File::default(),
    };
    let addr = arguments.addr.or(file.addr).unwrap_or(ADDR);
    let registration = arguments.registration.or(file.registration);
    Ok(ServeSettings {
        addr,
        data_dir: crate::engine::data_dir(data_dir.or(file.data_dir))?,
        database_url: given(arguments.database_url.as_ref()).or(file.database_url),
        storage_url: given(arguments.storage_url.as_ref()).or(file.storage_url),
        leave_to_workers: arguments.leave_to_workers || file.leave_to_workers.unwrap_or_default(),
        engine: arguments
            .engine
            .clone()
            .or(file.engine)
            .unwrap_or_else(|| "auto".to_owned()),
        // Whoever reaches an address that the world reaches must not spend somebody's credit.
        registration: registration.map_or_else(|| addr.ip().is_loopback(), |who| who == Registration::Open),
        max_upload_bytes: arguments.max_upload_bytes.or(file.max_upload_bytes).unwrap_or(10 << 20),
        max_script_characters: arguments
            .max_script_characters
            .or(file.max_script_characters)
            .unwrap_or(5_000),
        max_unfinished: file.max_unfinished_per_user.unwrap_or(1_000),
        max_storage_bytes: file.max_storage_bytes_per_user.unwrap_or(1_000 << 20),
        token_lifetime: Duration::from_secs(file.token_lifetime_seconds.unwrap_or(24 * 60 * 60)),
        max_connections: file.max_connections.unwrap_or(20_000),
        trusted_proxies: if arguments.trusted_proxies.is_empty() {
            file.trusted_proxies
        } else {
            arguments.trusted_proxies.clone()
        },
        shutdown_grace: Duration::from_secs(file.shutdown_grace_seconds.unwrap_or(10)),
        token: given(arguments.token.as_ref()),
        base_url: given(arguments.base_url.as_ref()),
        jwt_secret: given(arguments.jwt_secret.as_ref()),
        webhook_secret: given(arguments.webhook_secret.as_ref()),
    })
}

/// How logs are written, which is asked before anything else.
pub(crate) fn log_format(arguments: &ServeArguments) -> LogFormat {
    let file = arguments.config.as_deref().and_then(|path| read(path).ok());
    arguments
        .log_format
        .or_else(|| file.and_then(|file| file.log_format))
        .unwrap_or(LogFormat::Text)
}

/// A variable that is set to nothing is not set.
fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn read(path: &Path) -> Result<File, Failure> {
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| {
        Failure::wrong_use(
            Error::new(
                &code::USAGE,
                format!("the settings in {} cannot be used", path.display()),
            )
            .with_hint("deploy/loqui.toml shows every setting.")
            .with_source(source),
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.into()))?;
    toml::from_str(&text).map_err(|error| refused(error.into()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn loaded(words: &[&str]) -> ServeSettings {
        let words = ["loqui", "serve"].iter().chain(words);
        let Command::Serve(arguments) = Arguments::try_parse_from(words).unwrap().command else {
            panic!("serve");
        };
        load(&arguments, Some("data".into())).unwrap()
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loqui.toml");
        std::fs::write(&path, "addr = \"127.0.0.1:9000\"\nmax_script_characters = 10\n").unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(loaded(&[]).addr.port(), 8000);
        let set = loaded(&["--config", path, "--max-script-characters", "20"]);
        assert_eq!((set.addr.port(), set.max_script_characters), (9000, 20));
    }

    #[test]
    fn registration_is_open_on_this_machine_only_unless_told() {
        assert!(loaded(&[]).registration);
        assert!(!loaded(&["--addr", "0.0.0.0:8000"]).registration);
        assert!(loaded(&["--addr", "0.0.0.0:8000", "--registration", "open"]).registration);
        assert!(!loaded(&["--registration", "closed"]).registration);
    }

    #[test]
    fn the_example_has_every_setting_and_says_what_is_built_in() {
        let text = include_str!("../../../deploy/loqui.toml");
        let uncommented: String = text
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let file: File = toml::from_str(&uncommented).unwrap();
        let given = format!("{file:?}");
        assert!(!given.contains("None"), "{given}");
        toml::from_str::<File>(text).unwrap();
    }

    /// Whatever was done to the file, it is read or refused by its name, with where the settings are shown.
    #[test]
    fn a_damaged_file_is_read_or_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loqui.toml");
        let text =
            "addr = \"127.0.0.1:9000\"\ntrusted_proxies = [\"::1\"]\nmax_upload_bytes = 10\nregistration = \"open\"\n";
        let (mut accepted, mut refused) = (0, 0);
        for place in 0..=text.len() {
            for damage in [&b""[..], b"\0", b"\"", b"[[", b"99999999999999999999", b"=", b"\xff"] {
                let mut bytes = text.as_bytes().to_vec();
                bytes.splice(place..text.len().min(place + 1), damage.iter().copied());
                std::fs::write(&path, bytes).unwrap();
                match read(&path) {
                    Ok(_) => accepted += 1,
                    Err(failure) => {
                        refused += 1;
                        let said = failure.error().to_string();
                        assert!(said.contains("loqui.toml cannot be used"), "{said}");
                    }
                }
            }
        }
        assert!(
            accepted > 0 && refused > accepted,
            "{accepted} accepted, {refused} refused"
        );
    }
}
