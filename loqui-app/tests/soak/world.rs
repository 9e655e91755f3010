//! The emulator, the store and the submitted generations.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use loqui_core::store::{GenerationStore, PostgresStore, SqliteStore};
use loqui_core::{Loqui, Sample};
use loqui_emulator::{Emulator, Rule, Settings};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};

/// Faults in one of ten creates, later requests, runs and downloads: all faults after which a generation can still
/// complete.
pub(crate) const FAULTS: [&str; 24] = [
    "drop_after_accept*always%2",
    "error_after_accept*always%2",
    "garbled_after_accept*always%1",
    "delay_after_accept:3000*always%1",
    "drop_before_accept*always%1",
    "create_status*always%1",
    "create_html*always%1",
    "create_throttled*always%1",
    "request_status*always%3",
    "request_html*always%2",
    "request_garbled*always%1",
    "request_throttled*always%1",
    "request_dropped*always%3",
    "prediction_fails*always%4",
    "cuda_error*always%2",
    "interrupted*always%2",
    "slow_run:3000*always%2",
    "null_output*always%1",
    "output_silent*always%2",
    "output_cut_short*always%2",
    "output_data_uri*always%2",
    "download_truncated*always%4",
    "download_wrong_md5*always%3",
    "download_status:503*always%3",
];

/// The budgets of one generation and of all, in US dollars; enough for every repetition.
const BUDGET: f64 = 0.05;

/// The store.
pub(crate) enum Store {
    Sqlite,
    /// A schema of a Postgres server.
    Postgres {
        server: String,
        schema: String,
    },
}

impl Store {
    /// Creates a schema on the test server.
    pub(crate) async fn postgres() -> Self {
        let server = super::variable("LOQUI_TEST_POSTGRES");
        let server = server.unwrap_or_else(|| "postgres://postgres@127.0.0.1:5432/test".to_owned());
        let schema = format!("loqui_soak_{:08x}", std::process::id());
        run(&server, &format!("CREATE SCHEMA {schema}")).await;
        Self::Postgres { server, schema }
    }
}

async fn run(server: &str, statement: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    store: Store,
    pub(crate) emulator: Emulator,
    pub(crate) records: Arc<dyn GenerationStore>,
    /// The settle time of the workers, in seconds.
    settle: f64,
    /// Whether workers search for predictions whose create response was lost.
    looks: bool,
}

impl World {
    pub(crate) async fn start(store: Store, settle: f64, looks: bool) -> Self {
        let mut settings = Settings::default();
        settings.run = Duration::from_millis(300);
        // Without the settle time, predictions appear in the list too late even on a slow machine.
        settings.list_lag = if settle > 0.0 {
            Duration::from_millis(700)
        } else {
            Duration::from_secs(30)
        };
        settings.limits.creates_per_minute = 1_000_000;
        settings.limits.others_per_minute = 10_000_000;
        let folder = tempfile::tempdir().unwrap();
        let records: Arc<dyn GenerationStore> = match &store {
            Store::Sqlite => Arc::new(SqliteStore::lazy(folder.path().join("data/loqui.db"))),
            Store::Postgres { .. } => Arc::new(PostgresStore::lazy(&url(&store).unwrap()).unwrap()),
        };
        Self {
            folder,
            records,
            store,
            emulator: Emulator::builder().settings(settings).start().await.unwrap(),
            settle,
            looks,
        }
    }

    pub(crate) fn faults(&self, rules: &[&str]) {
        for rule in rules {
            self.emulator.faults().add(rule.parse::<Rule>().unwrap());
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Submits generations of one to five segments and three owners, for workers.
    pub(crate) async fn submit(&self, count: usize) {
        let loqui = Loqui::builder()
            .token(self.emulator.token())
            .base_url(self.emulator.base_url())
            .data_dir(self.data())
            .store(Arc::clone(&self.records))
            .leave_to_workers(true)
            .build()
            .unwrap();
        let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices/heart.mp3");
        let sample = Sample::open(voice).await.unwrap();
        for number in 0..count {
            let owner = format!("owner-{}", number % 3);
            let paragraphs: Vec<_> = (0..=number % 5)
                .map(|part| format!("This is part {part} of generation {number}, which is generated once."))
                .collect();
            let submitted = loqui.submit(&sample, paragraphs.join("\n\n")).owner(owner);
            submitted.budget(BUDGET).max_takes(12).await.unwrap();
        }
    }

    /// Returns the arguments and variables of a worker.
    pub(crate) fn worker(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_loqui"));
        command
            .args([
                "worker",
                "--json",
                "--concurrency",
                "50",
                "--settle",
                &self.settle.to_string(),
            ])
            .args((!self.looks).then_some("--blind"))
            .env_clear()
            .env("REPLICATE_API_TOKEN", self.emulator.token())
            .env("REPLICATE_BASE_URL", self.emulator.base_url())
            .env("LOQUI_DATA_DIR", self.data())
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true);
        if let Some(url) = url(&self.store) {
            command.env("LOQUI_DATABASE_URL", url);
        }
        command
    }

    /// Returns the generations of a worker with the epochs of its claims.
    pub(crate) async fn held_by(&self, worker: &str) -> Vec<(i64, i64)> {
        self.held(&format!("AND worker = '{worker}'")).await
    }

    /// Returns the epochs of all running generations.
    pub(crate) async fn epochs(&self) -> HashMap<i64, i64> {
        self.held("").await.into_iter().collect()
    }

    async fn held(&self, also: &str) -> Vec<(i64, i64)> {
        let query = format!("SELECT id, epoch FROM generation WHERE status = 'PROCESSING' {also}");
        let query = AssertSqlSafe(query);
        if let Some(url) = url(&self.store) {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            return sqlx::query_as(query).fetch_all(&mut connection).await.unwrap();
        }
        let file = SqliteConnectOptions::new().filename(self.data().join("loqui.db"));
        let mut connection = file.connect().await.unwrap();
        sqlx::query_as(query).fetch_all(&mut connection).await.unwrap()
    }

    pub(crate) async fn clean(&self) {
        if let Store::Postgres { server, schema } = &self.store {
            run(server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

fn url(store: &Store) -> Option<String> {
    match store {
        Store::Sqlite => None,
        Store::Postgres { server, schema } => Some(format!("{server}?options=-c%20search_path%3D{schema}")),
    }
}
