//! `loqui users`: who may use the backend.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use loqui_core::Error;
use loqui_core::error::code;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

use crate::arguments::UsersCommand;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::serve::{Account, Accounts, Database, NewAccount};
use crate::{engine, output};

pub(crate) async fn run(command: UsersCommand, data_dir: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let database = Database::open(&engine::data_dir(data_dir)?).await?;
    let accounts = Accounts::new(&database);
    match command {
        UsersCommand::Add { username, email, key } => {
            let password = password().await?;
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
            told(&account, key.as_deref(), json);
        }
        UsersCommand::List => {
            let all = accounts.list().await?;
            if json {
                output::json(&all.iter().map(|account| shape(account, None)).collect::<Vec<_>>());
            } else if all.is_empty() {
                output::print("no users");
            } else {
                for account in &all {
                    told(account, None, false);
                }
            }
        }
        UsersCommand::Disable { username } => told(&accounts.set_active(&username, false).await?, None, json),
        UsersCommand::Enable { username } => told(&accounts.set_active(&username, true).await?, None, json),
    }
    Ok(ExitCode::SUCCESS)
}

/// The first line of stdin: a password in the arguments would be seen by everybody on the machine.
async fn password() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        output::note("Password (it is shown while you type):");
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

fn told(account: &Account, key: Option<&str>, json: bool) {
    if json {
        return output::json(&shape(account, key));
    }
    let state = if account.active { "" } else { "  disabled" };
    let email = account.email.as_deref().unwrap_or_default();
    output::print(&format!("{:>5}  {}  {email}{state}", account.id, account.username));
    if let Some(key) = key {
        output::print(&format!("API key (shown this once): {key}"));
    }
}

fn shape(account: &Account, key: Option<&str>) -> Value {
    let mut shape = json!({
        "user_id": account.id,
        "username": account.username,
        "email": account.email,
        "is_active": account.active,
    });
    if let Some(key) = key {
        shape["api_key"] = key.into();
    }
    shape
}
