//! `loqui users`: adds, lists, disables and enables users of the backend.

use std::io::IsTerminal as _;

use loqui_core::Error;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

use super::CommonFlags;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;
use crate::serve::{Account, Accounts, Database, NewAccount};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Add a user; the password, 6 to 100 characters, is read from stdin
    Add {
        /// Name of the user
        username: String,
        /// Email address of the user
        #[arg(long)]
        email: Option<String>,
        /// Also create an API key, and print it
        #[arg(long)]
        key: bool,
    },
    /// List all users
    List,
    /// Disable a user; recordings and speech are kept
    Disable {
        /// Name of the user
        username: String,
    },
    /// Enable a disabled user
    Enable {
        /// Name of the user
        username: String,
    },
}

pub(super) async fn run(action: Action, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let json = common.json;
    let settings = common.settings_for_stored_generations()?;
    let data_dir = settings.data_dir().to_owned();
    let database = Database::open(&settings.open()?, &data_dir).await?;
    let accounts = Accounts::new(&database);
    match action {
        Action::Add { username, email, key } => {
            let password = read_password().await?;
            let new = NewAccount::checked(username, email, password).map_err(|problems| {
                let lines: Vec<String> = problems
                    .iter()
                    .map(|(field, message)| format!("{field}: {message}"))
                    .collect();
                Failure::wrong_use(Error::new(&code::USAGE, lines.join("; ")))
            })?;
            let account = accounts.add(new).await?;
            let key = if key {
                Some(accounts.add_key(account.id, "loqui users add").await?.1)
            } else {
                None
            };
            print(&account, key.as_deref(), json);
        }
        Action::List => {
            let all = accounts.list().await?;
            if json {
                output::json(&all.iter().map(|account| json_of(account, None)).collect::<Vec<_>>());
            } else if all.is_empty() {
                output::print("no users");
            } else {
                for account in &all {
                    print(account, None, false);
                }
            }
        }
        Action::Disable { username } => print(&accounts.set_active(&username, false).await?, None, json),
        Action::Enable { username } => print(&accounts.set_active(&username, true).await?, None, json),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the password from stdin. Other users of the machine can read command lines.
async fn read_password() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        output::note("Password (visible while you type):");
        let mut line = String::new();
        let read = tokio::task::spawn_blocking(move || std::io::stdin().read_line(&mut line).map(|_| line));
        let line = read.await.ok().and_then(Result::ok).unwrap_or_default();
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let mut text = String::new();
    tokio::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .await
        .map_err(|source| Error::new(&code::USAGE, "the password on stdin is not text").with_source(source))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn print(account: &Account, key: Option<&str>, json: bool) {
    if json {
        return output::json(&json_of(account, key));
    }
    let state = if account.active { "" } else { "  disabled" };
    let email = account.email.as_deref().unwrap_or_default();
    output::print(&format!("{:>5}  {}  {email}{state}", account.id, account.username));
    if let Some(key) = key {
        output::print(&format!("API key (shown this once): {key}"));
    }
}

fn json_of(account: &Account, key: Option<&str>) -> Value {
    let mut value = json!({
        "user_id": account.id,
        "username": account.username,
        "email": account.email,
        "is_active": account.active,
    });
    if let Some(key) = key {
        value["api_key"] = key.into();
    }
    value
}
