//! Signals that end a program, for commands that have to clean up first.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// The work has no result.
#[derive(Debug, thiserror::Error)]
pub enum InterruptionError {
    /// The signals cannot be received. The work was not started.
    #[error("signals cannot be received")]
    Signals(#[from] io::Error),
    /// Ctrl-C, the end of the terminal, or a request to terminate came first.
    #[error("stopped by a signal")]
    Stopped,
}

/// The work's result. If SIGINT, SIGTERM or SIGHUP comes first, the work is dropped with all that it holds; otherwise these signals would end
/// the process and drop nothing.
///
/// # Errors
/// When a signal came first, or signals cannot be received.
pub async fn unless_stopped<T>(work: impl Future<Output = T>) -> Result<T, InterruptionError> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        biased;
        _ = interrupt.recv() => Err(InterruptionError::Stopped),
        _ = terminate.recv() => Err(InterruptionError::Stopped),
        _ = hangup.recv() => Err(InterruptionError::Stopped),
        result = work => Ok(result),
    }
}
