//! What is logged here: to standard error, so that what was asked for stays readable.

use std::io::{self, IsTerminal as _};

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::progress::Progress;

/// Warnings only, unless `LOG_LEVEL` asks for more.
pub(crate) fn quiet() {
    let log = tracing_subscriber::fmt().with_env_filter(filter(Level::WARN, &[]));
    let _ = log.with_writer(io::stderr).try_init();
}

/// On a terminal, bars for what is under way, and warnings above them; elsewhere, progress as lines.
pub(crate) fn with_progress() {
    if io::stderr().is_terminal() {
        let progress = Progress::on_terminal();
        let log = tracing_subscriber::fmt::layer().with_writer(progress.beside());
        let log = log.with_filter(filter(Level::WARN, &[]));
        let bars = progress.with_filter(LevelFilter::INFO);
        let _ = tracing_subscriber::registry().with(log).with(bars).try_init();
    } else {
        let log = tracing_subscriber::fmt();
        let log = log.with_env_filter(filter(Level::WARN, &["sync_requestors=info", "fetch_assets=info"]));
        let _ = log.with_writer(io::stderr).try_init();
    }
}

/// The engines call a condition that is not met a warning, and tell at `info` what was sent to them: they are heard from
/// `error` on only.
fn filter(default: Level, functions: &[&str]) -> EnvFilter {
    let filter = EnvFilter::builder().with_env_var("LOG_LEVEL").with_default_directive(default.into());
    let engines = ["dynoxide=error", "s3s=error", "s3s_fs=error"];
    let directives = engines.iter().chain(functions).filter_map(|directive| directive.parse().ok());
    directives.fold(filter.from_env_lossy(), EnvFilter::add_directive)
}
