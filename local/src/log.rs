//! Logs go to standard error; standard output has the command's result only.

use std::io::{self, IsTerminal as _};

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::progress::Progress;

/// Logs warnings only, unless `LOG_LEVEL` is set.
pub(crate) fn quiet() {
    let log = tracing_subscriber::fmt().with_env_filter(filter(Level::WARN, &[]));
    let _ = log.with_writer(io::stderr).try_init();
}

/// On a terminal, progress bars with warnings above them; otherwise progress as log lines.
pub(crate) fn with_progress() {
    if io::stderr().is_terminal() {
        let progress = Progress::on_terminal();
        let log = tracing_subscriber::fmt::layer().with_writer(progress.writer());
        let log = log.with_filter(filter(Level::WARN, &[]));
        let bars = progress.with_filter(LevelFilter::INFO);
        let _ = tracing_subscriber::registry().with(log).with(bars).try_init();
    } else {
        let log = tracing_subscriber::fmt();
        let log = log.with_env_filter(filter(Level::WARN, &["sync_requestors=info", "fetch_assets=info"]));
        let _ = log.with_writer(io::stderr).try_init();
    }
}

/// The engines log failed conditions as warnings and requests at `info`, and the notification endpoint that this machine has no
/// second factor: only their errors are shown.
fn filter(default: Level, functions: &[&str]) -> EnvFilter {
    let filter = EnvFilter::builder().with_env_var("LOG_LEVEL").with_default_directive(default.into());
    let errors_only =
        ["dynoxide=error", "s3s=error", "s3s_fs=error", "receive_notification::authentication=error"];
    let directives = errors_only.iter().chain(functions).filter_map(|directive| directive.parse().ok());
    directives.fold(filter.from_env_lossy(), EnvFilter::add_directive)
}
