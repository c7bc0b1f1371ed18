//! Logs: one JSON line per thing that happened, to standard output, where Lambda collects it.

use tracing_subscriber::EnvFilter;

/// Starts logging; `LOG_LEVEL` is a level (`info`) or a filter (`info,shared=debug`).
pub fn init() {
    let filter = EnvFilter::builder()
        .with_env_var("LOG_LEVEL")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy();
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_target(false)
        .try_init();
}

/// The chain of causes of an error, for the one line that logs it.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(": ");
        told.push_str(&error.to_string());
        cause = error.source();
    }
    told
}

#[cfg(test)]
pub(crate) mod testing {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    /// What is logged meanwhile, on this thread, in the form that [`super::init`] gives it.
    pub(crate) fn logged(doing: impl FnOnce()) -> String {
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, doing);
        let bytes = std::mem::take(&mut *log.0.lock().unwrap());
        String::from_utf8(bytes).unwrap()
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
