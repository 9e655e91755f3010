//! A folder of files at an address, for instance an installed folder behind a web server.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use super::super::catalogue;
use super::super::install::Staging;
use super::super::progress::Reporter;
use super::super::record::{self, HashOrigin, LOCK_FILE, Record, RecordedFile};
use super::super::{CONFIG, Error, Models, TOKENIZERS, WEIGHTS};
use super::attempts::Attempts;
use super::client::{Client, Elsewhere, shown, unexpected, unreachable};
use super::{Expected, PullOptions, Wanted, max_bytes, space, transfer};

/// Largest configuration and tokenizer, in bytes.
const MAX_SMALL: u64 = 16 << 20;

impl Models {
    pub(super) async fn pull_address(
        &self,
        name: &str,
        client: &Client,
        options: &PullOptions,
        staging: &Staging,
        reporter: &mut Reporter<'_>,
    ) -> Result<Record, Error> {
        let known = catalogue::find(name);
        let wanted = |file: &str, expected: Expected| -> Result<Wanted, Error> {
            let url = client.url(file)?;
            Ok(Wanted {
                name: file.to_owned(),
                from: shown(&url),
                url,
                expected,
                max_bytes: if file == WEIGHTS { max_bytes(known) } else { MAX_SMALL },
                form: None,
            })
        };
        let mut files = Vec::new();
        if let Some(lock) = lock_file(&wanted(LOCK_FILE, Expected::default())?, client, options, reporter).await? {
            let mut all = Vec::new();
            for file in &lock.files {
                let expected = Expected {
                    bytes: Some(file.bytes),
                    sha256: Some((file.sha256.clone(), HashOrigin::LockFile)),
                    git_blob: None,
                };
                all.push(wanted(&file.name, expected)?);
            }
            self.require_terms(lock.published_name(), options.accept_terms)?;
            let needed = all.iter().map(|wanted| transfer::missing_bytes(wanted, staging));
            space::require(&staging.path(""), needed.fold(0, u64::saturating_add))?;
            for wanted in &all {
                files.push(self.receive(name, client, wanted, options, staging, reporter).await?);
            }
            if lock.file(CONFIG).is_none() && lock.config.as_deref() != Some(name) {
                let config = lock.config.as_deref().unwrap_or_default();
                let text = crate::Config::builtin_json(config).map_err(Error::model(name))?;
                files.push(staging.write(CONFIG, text.as_bytes())?);
            }
            let mut record = Record::new(name, files);
            record.describe(Some(&lock), options.language.as_deref());
            return Ok(record);
        }
        // The small files first: most mistakes show there.
        for (optional, file) in [
            (true, CONFIG),
            (true, TOKENIZERS[0]),
            (false, TOKENIZERS[1]),
            (false, WEIGHTS),
        ] {
            if file == TOKENIZERS[1] && files.iter().any(|file: &RecordedFile| file.name == TOKENIZERS[0]) {
                continue;
            }
            let wanted = wanted(file, Expected::default())?;
            match self.receive(name, client, &wanted, options, staging, reporter).await {
                Ok(file) => files.push(file),
                Err(Error::NotFound { .. }) if optional => {}
                Err(error) => return Err(error),
            }
        }
        let mut record = Record::new(name, files);
        record.describe(None, options.language.as_deref());
        Ok(record)
    }
}

/// Reads the lock file at the address. `Ok(None)` if there is none.
async fn lock_file(
    wanted: &Wanted,
    client: &Client,
    options: &PullOptions,
    reporter: &mut Reporter<'_>,
) -> Result<Option<Record>, Error> {
    let mut attempts = Attempts::new(wanted, options.pause);
    loop {
        match lock_file_once(wanted, client).await {
            Ok(record) => return Ok(record),
            Err(error) => attempts.pause_after(error, reporter).await?,
        }
    }
}

async fn lock_file_once(wanted: &Wanted, client: &Client) -> Result<Option<Record>, Error> {
    let mut response = client
        .send(Method::GET, &wanted.url, &HeaderMap::new(), Elsewhere::Follow)
        .await?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
        status => return Err(transfer::refusal(wanted, client, status)),
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| unreachable(&wanted.url, error))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > record::MAX_BYTES {
            return Err(unexpected(&wanted.url, "the lock file is too long"));
        }
    }
    let record = Record::parse(&bytes);
    Ok(Some(record.map_err(|reason| unexpected(&wanted.url, reason))?))
}
