//! What can be typed.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::serve::{LogFormat, Registration};
use crate::speak_flags::SpeakFlags;

/// Give it a few seconds of a voice and a text, and that voice speaks it.
#[derive(Debug, Parser)]
#[command(name = "loqui", version, about, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Where records and audio are kept [default: the platform's folder for data]
    #[arg(long, global = true, value_name = "DIR", env = "LOQUI_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Say what happens on stderr; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Speak a text in the voice of a recording
    Speak(Box<SpeakArguments>),
    /// Report on recordings: can they be used, and what is wrong with them
    Check(CheckArguments),
    /// Say what a text would come to before paying: segments, seconds, cost
    Estimate(EstimateArguments),
    /// Speak many texts from a file of jobs; run it again and it goes on
    Batch(BatchArguments),
    /// Look at generations, wait for them, cancel, retry or erase them
    #[command(subcommand)]
    Generations(GenerationsCommand),
    /// Keep recordings of voices, look at them, erase them
    #[command(subcommand)]
    Samples(SamplesCommand),
    /// Say what was spent, by day and model
    Usage(UsageArguments),
    /// Carry on whatever is in the store, whoever submitted it
    Worker(WorkerArguments),
    /// Run Replicate's API on this machine, for tests
    Emulator(EmulatorArguments),
    /// Run the backend of an app that speaks: HTTP, with users and a web page
    Serve(Box<ServeArguments>),
    /// Users of the backend
    #[command(subcommand)]
    Users(UsersCommand),
    /// Say what is wrong with token, records and disk, and how to mend it
    Doctor(DoctorArguments),
}

#[derive(Debug, Args)]
pub(crate) struct SpeakArguments {
    /// A recording of the voice: 5 to 30 seconds of clear speech
    #[arg(long, value_name = "FILE")]
    pub(crate) sample: PathBuf,

    /// What to speak; `-` reads it from stdin
    pub(crate) text: Option<String>,

    /// A file with what to speak
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub(crate) script: Option<PathBuf>,

    /// The file to write, as .wav, .mp3, .opus or .flac [default: loqui-ID.wav]
    #[arg(short, long, value_name = "OUT.wav")]
    pub(crate) output: Option<PathBuf>,

    /// Who speaks: auto, replicate, offline or cog (auto: Replicate if a token is set, else offline)
    #[arg(long, default_value = "auto")]
    pub(crate) engine: String,

    /// Where a container with the model answers, for the engine cog
    #[arg(long, value_name = "URL", env = "LOQUI_COG_URL", hide_env_values = true)]
    pub(crate) cog_url: Option<String>,

    #[command(flatten)]
    pub(crate) options: SpeakFlags,

    /// Write subtitles too, as .srt or .vtt
    #[arg(long, value_name = "OUT.srt")]
    pub(crate) subtitles: Option<PathBuf>,

    /// Write what is known of it too: text, times, takes, seeds, cost
    #[arg(long, value_name = "OUT.json")]
    pub(crate) manifest: Option<PathBuf>,

    /// Speak every segment anew: the same as --reuse false
    #[arg(long, conflicts_with = "reuse")]
    pub(crate) anew: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Recordings, or folders of recordings
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Hold them against this model, too, for instance chatterbox-turbo
    #[arg(long)]
    pub(crate) model: Option<String>,

    /// Draw one recording: its sound, its speech, what is cut off, and the stretch that the model hears
    #[arg(long, value_name = "OUT.png")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EstimateArguments {
    /// What to speak; `-` reads it from stdin
    pub(crate) text: Option<String>,

    /// A file with what to speak
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub(crate) script: Option<PathBuf>,

    /// The model, for instance chatterbox-turbo
    #[arg(long)]
    pub(crate) model: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BatchArguments {
    /// One JSON object on each line: id, sample, script or `script_file`, out, and options; `-` reads stdin
    #[arg(value_name = "JOBS.jsonl")]
    pub(crate) jobs: PathBuf,

    /// How many generations run side by side
    #[arg(long, default_value = "8", value_name = "N")]
    pub(crate) concurrency: NonZeroUsize,

    /// Who speaks: auto, replicate, offline or cog (auto: Replicate if a token is set, else offline)
    #[arg(long, default_value = "auto")]
    pub(crate) engine: String,

    /// Where a container with the model answers, for the engine cog
    #[arg(long, value_name = "URL", env = "LOQUI_COG_URL", hide_env_values = true)]
    pub(crate) cog_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GenerationsCommand {
    /// All generations, newest first
    List {
        /// Only those that are PENDING, PROCESSING, COMPLETED or FAILED
        #[arg(long)]
        status: Option<String>,
        /// At most this many
        #[arg(long)]
        limit: Option<u32>,
    },
    /// One generation, with its segments
    Show {
        /// Its number
        id: i64,
    },
    /// Wait for a generation, going on with it if it was interrupted, and write its speech
    Wait {
        /// Its number
        id: i64,
        /// The file to write, as .wav, .mp3, .opus or .flac [default: loqui-ID.wav]
        #[arg(short, long, value_name = "OUT.wav")]
        output: Option<PathBuf>,
    },
    /// Stop a generation, here and at the provider
    Cancel {
        /// Its number
        id: i64,
    },
    /// Start a failed generation anew; segments that were good are kept
    Retry {
        /// Its number
        id: i64,
        /// The file to write, as .wav, .mp3, .opus or .flac [default: loqui-ID.wav]
        #[arg(short, long, value_name = "OUT.wav")]
        output: Option<PathBuf>,
    },
    /// Erase the words, takes and speech of a generation that has ended
    Erase {
        /// Its number
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SamplesCommand {
    /// All samples, newest first
    List {
        /// At most this many
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Keep a recording
    Add {
        /// A recording of the voice: 5 to 30 seconds of clear speech
        file: PathBuf,
        /// That the speaker has agreed, in words, for instance "I am the speaker"
        #[arg(long, value_name = "WORDS")]
        consent: Option<String>,
    },
    /// One sample, with what was found out about it
    Show {
        /// Its number
        id: i64,
    },
    /// Erase a recording; what was sent to the provider expires there within a day
    Erase {
        /// Its number
        id: i64,
        /// Erase all speech that was made with it, too
        #[arg(long)]
        speech: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UsageArguments {
    /// Only from this day on, as YYYY-MM-DD in UTC
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<String>,

    /// Only up to this day, which is included, as YYYY-MM-DD in UTC
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArguments {
    /// At most so many generations at a time
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) concurrency: u32,

    /// How long what is in hand may go on once it is asked to stop, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub(crate) grace: u64,

    /// For tests against an emulator: seconds after which a create without an answer counts as never made. Against the
    /// real platform anything but the default pays twice.
    #[arg(long, value_name = "SECONDS", hide = true)]
    pub(crate) settle: Option<f64>,

    /// For the control of the soak: a create whose answer was lost is never looked for, so it is paid again. Not in
    /// release builds.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true)]
    pub(crate) blind: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EmulatorArguments {
    /// Where the API listens; port 0 picks a free one
    #[arg(long, default_value = "127.0.0.1:8099")]
    pub(crate) addr: SocketAddr,

    /// What goes wrong, for instance `drop_after_accept` or `create_throttled:5@2*3%20` (value 5, after 2, 3 times, in 20 %
    /// of all cases), separated by commas
    #[arg(long, value_delimiter = ',', value_name = "FAULTS")]
    pub(crate) faults: Vec<String>,

    /// List what can go wrong, and exit
    #[arg(long)]
    pub(crate) list_faults: bool,

    /// Repeat the ids, the token and the chances of another run
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// How much faster than real time its clock goes: with 3600, an hour of retention is over in a second
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub(crate) time_scale: f64,

    /// Take only 6 predictions a minute, as with less than 5 dollars of credit
    #[arg(long)]
    pub(crate) low_credit: bool,

    /// A deployment and the model behind it (may be repeated)
    #[arg(long, value_name = "OWNER/NAME=OWNER/MODEL")]
    pub(crate) deployment: Vec<String>,

    /// Queue and run for as long as the real platform does
    #[arg(long)]
    pub(crate) realistic: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Where it listens; port 0 picks a free one [default: 127.0.0.1:8000]
    #[arg(long, env = "LOQUI_ADDR")]
    pub(crate) addr: Option<SocketAddr>,

    /// Make the user testuser with the password testpass123; on loopback addresses only
    #[arg(long)]
    pub(crate) demo_user: bool,

    /// A TOML file with settings; deploy/loqui.toml shows all
    #[arg(long, value_name = "FILE", env = "LOQUI_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Who speaks: auto, replicate, offline or cog (auto: Replicate if a token is set, else offline)
    #[arg(long, env = "LOQUI_ENGINE")]
    pub(crate) engine: Option<String>,

    /// Leave generations to `loqui worker` on the same records and audio; this process answers and listens
    #[arg(long, env = "LOQUI_LEAVE_TO_WORKERS", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) leave_to_workers: bool,

    /// Who may make users over HTTP [default: open on loopback addresses, else closed]
    #[arg(long, env = "LOQUI_REGISTRATION")]
    pub(crate) registration: Option<Registration>,

    /// The largest recording, in bytes [default: 10485760]
    #[arg(long, value_name = "BYTES", env = "LOQUI_MAX_UPLOAD_BYTES")]
    pub(crate) max_upload_bytes: Option<u64>,

    /// The longest script, in characters [default: 5000]
    #[arg(long, value_name = "N", env = "LOQUI_MAX_SCRIPT_CHARACTERS")]
    pub(crate) max_script_characters: Option<usize>,

    /// Proxies whose header X-Forwarded-For is believed (separated by commas)
    #[arg(long, value_delimiter = ',', value_name = "IP", env = "LOQUI_TRUSTED_PROXIES")]
    pub(crate) trusted_proxies: Vec<IpAddr>,

    /// How logs are written to stderr [default: text]
    #[arg(long, env = "LOQUI_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    #[arg(long, hide = true, env = "REPLICATE_API_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    #[arg(long, hide = true, env = "REPLICATE_BASE_URL")]
    pub(crate) base_url: Option<String>,

    #[arg(long, hide = true, env = "LOQUI_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,

    #[arg(long, hide = true, env = "LOQUI_STORAGE_URL")]
    pub(crate) storage_url: Option<String>,

    #[arg(long, hide = true, env = "LOQUI_JWT_SECRET", hide_env_values = true)]
    pub(crate) jwt_secret: Option<String>,

    #[arg(long, hide = true, env = "REPLICATE_WEBHOOK_SECRET", hide_env_values = true)]
    pub(crate) webhook_secret: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Make a user; the password is read from stdin
    Add {
        /// The name to sign in with
        username: String,
        /// An address
        #[arg(long)]
        email: Option<String>,
        /// Make an API key for a program too, and print it
        #[arg(long)]
        key: bool,
    },
    /// All users
    List,
    /// Let a user in no more; what is theirs stays
    Disable {
        /// The name they sign in with
        username: String,
    },
    /// Let a user in again
    Enable {
        /// The name they sign in with
        username: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Who is to speak: auto, replicate, offline or cog (auto: Replicate if a token is set, else offline)
    #[arg(long, default_value = "auto", env = "LOQUI_ENGINE")]
    pub(crate) engine: String,

    #[arg(long, hide = true, env = "LOQUI_COG_URL", hide_env_values = true)]
    pub(crate) cog_url: Option<String>,

    #[arg(long, hide = true, env = "REPLICATE_API_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    #[arg(long, hide = true, env = "REPLICATE_BASE_URL")]
    pub(crate) base_url: Option<String>,
}
