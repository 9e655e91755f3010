//! The log, on stderr. `RUST_LOG` sets the filter.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::output;
use crate::settings::LogFormat;

/// Starts the log of a command. Without `--verbose` or `RUST_LOG`, nothing is logged.
pub(crate) fn for_command(verbose: u8) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::OFF.into());
    let filter = match verbose {
        0 => filter.from_env_lossy(),
        1 => filter.parse_lossy("loqui_core=info,loqui=info"),
        _ => filter.parse_lossy("loqui_core=debug,loqui=debug"),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(output::shows_colours(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .init();
}

/// Starts the log of the server: requests and events by default. `RUST_LOG` replaces this filter.
pub(crate) fn for_server(verbose: u8, format: LogFormat) {
    let default = if verbose > 0 {
        "loqui_core=debug,loqui=debug,warn"
    } else {
        "loqui_core=info,loqui=info,warn"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(output::shows_colours(&std::io::stderr()))
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
        LogFormat::Text => subscriber.init(),
    }
}
