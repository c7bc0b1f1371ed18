//! Logs: one JSON line per thing that happened, to standard output, where Lambda collects it.

use tracing::Level;
use tracing_subscriber::EnvFilter;

/// The crates whose lines are known to hold no secret, at any level.
const OURS: [&str; 10] = [
    "shared",
    "sync_requestors",
    "fetch_assets",
    "list_requestors",
    "list_cards",
    "enroll",
    "get_enrollment",
    "receive_notification",
    "receive_callback",
    "reconcile_enrollments",
];

/// Starts logging. `LOG_LEVEL` is a level (`info`) of our own crates, or a whole filter (`info,shared=debug`). Of
/// `LOG_DEBUG_PERCENT` in a hundred processes (0 by default) everything from `debug` on is logged.
pub fn init() {
    let variable = |wanted: &str| std::env::vars().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let percent = variable("LOG_DEBUG_PERCENT").and_then(|percent| percent.parse().ok()).unwrap_or(0);
    let [random, ..] = uuid::Uuid::new_v4().into_bytes();
    let filter = filter(variable("LOG_LEVEL").as_deref(), is_sampled(percent, random));
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(EnvFilter::builder().parse_lossy(filter))
        .with_target(false)
        .try_init();
}

/// What others log below a warning is theirs: at `debug` the AWS SDK shows whole items, and HTTP libraries headers.
fn filter(setting: Option<&str>, sampled: bool) -> String {
    let level = match setting.map(|setting| (setting, setting.parse::<Level>())) {
        Some((filter, Err(_))) if !filter.is_empty() && !sampled => return filter.to_owned(),
        Some((_, Ok(level))) if !sampled => level,
        _ if sampled => Level::DEBUG,
        _ => Level::INFO,
    };
    let others = level.min(Level::WARN);
    OURS.iter().fold(others.to_string(), |filter, name| format!("{filter},{name}={level}"))
}

/// Whether this process is one of so many in a hundred; `random` is any byte.
fn is_sampled(percent: u8, random: u8) -> bool {
    u16::from(random) * 100 < u16::from(percent.min(100)) * 256
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::Value;

    use super::*;

    /// In a process of its own, which is this one once more: logging starts once.
    #[test]
    fn a_process_logs_one_line_of_json_a_thing_from_the_level_on_that_is_set() {
        let logged = |level: &str, percent: &str| -> Vec<String> {
            let run = Command::new(std::env::current_exe().unwrap())
                .args([
                    "--ignored",
                    "--exact",
                    "telemetry::tests::a_process_that_logs",
                    "--nocapture",
                    "--quiet",
                ])
                .envs([("LOG_LEVEL", level), ("LOG_DEBUG_PERCENT", percent)])
                .output()
                .unwrap();
            let said = String::from_utf8(run.stdout).unwrap();
            let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.filter_map(|line| Some(line["message"].as_str()?.to_owned())).collect()
        };
        assert_eq!(logged("info", "0"), ["a card was pushed"]);
        assert_eq!(logged("debug", "0"), ["a push is tried", "a card was pushed"]);
        assert_eq!(logged("error", "100"), ["a push is tried", "a card was pushed"]);
        assert!(logged("error", "0").is_empty());
    }

    #[test]
    #[ignore = "the test above runs it"]
    fn a_process_that_logs() {
        init();
        tracing::debug!("a push is tried");
        tracing::info!("a card was pushed");
    }

    #[test]
    fn a_level_is_one_of_our_own_crates() {
        let debug = filter(Some("debug"), false);
        assert!(debug.starts_with("WARN,shared=DEBUG,") && debug.contains(",enroll=DEBUG"), "{debug}");
        assert!(filter(Some("error"), false).starts_with("ERROR,shared=ERROR,"));
        assert!(filter(None, false).starts_with("WARN,shared=INFO,"));
        assert!(filter(Some(""), false).starts_with("WARN,shared=INFO,"));
        assert_eq!(filter(Some("info,hyper=debug"), false), "info,hyper=debug");
    }

    #[test]
    fn a_sample_logs_more_whatever_the_level_is() {
        for setting in [None, Some("error"), Some("info,hyper=debug")] {
            assert!(filter(setting, true).starts_with("WARN,shared=DEBUG,"));
        }
        let of = |percent| (0..=u8::MAX).filter(|random| is_sampled(percent, *random)).count();
        assert_eq!([0, 1, 50, 100, 255].map(of), [0, 3, 128, 256, 256]);
    }
}
