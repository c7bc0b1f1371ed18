//! Logs: one JSON line per thing that happened, to standard output, where Lambda collects it.

use tracing::Level;
use tracing_subscriber::{
    filter::Targets, fmt, layer::SubscriberExt as _, registry, util::SubscriberInitExt as _,
};

/// The crates whose lines are known to hold no secret, at any level.
const OURS: [&str; 12] = [
    "push_provisioning_client",
    "model",
    "runtime",
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
    let lines = fmt::layer().json().flatten_event(true).with_target(false);
    let _ = registry().with(lines).with(filter).try_init();
}

/// What others log below a warning is theirs: at `debug` the AWS SDK shows whole items, and HTTP libraries headers.
/// A setting that is neither a level nor a filter counts as none.
fn filter(setting: Option<&str>, sampled: bool) -> Targets {
    let setting = setting.filter(|setting| !setting.is_empty() && !sampled);
    let level = match setting.map(|setting| (setting.parse::<Level>(), setting.parse::<Targets>())) {
        Some((Ok(level), _)) => level,
        Some((_, Ok(filter))) => return filter,
        _ if sampled => Level::DEBUG,
        _ => Level::INFO,
    };
    Targets::new().with_default(level.min(Level::WARN)).with_targets(OURS.map(|name| (name, level)))
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

    /// What is logged of one of our own crates, and of somebody else's.
    fn levels(setting: Option<&str>, sampled: bool) -> (Option<Level>, Option<Level>) {
        let filter = filter(setting, sampled);
        let deepest = |target: &str| {
            let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
            levels.into_iter().find(|level| filter.would_enable(target, level))
        };
        assert_eq!(deepest("runtime::store"), deepest("enroll"));
        (deepest("enroll"), deepest("hyper"))
    }

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
        let ours_and_theirs = |ours, theirs| (Some(ours), Some(theirs));
        assert_eq!(levels(Some("debug"), false), ours_and_theirs(Level::DEBUG, Level::WARN));
        assert_eq!(levels(Some("error"), false), ours_and_theirs(Level::ERROR, Level::ERROR));
        for setting in [None, Some(""), Some("no=such=filter")] {
            assert_eq!(levels(setting, false), ours_and_theirs(Level::INFO, Level::WARN));
        }
        assert_eq!(levels(Some("info,hyper=debug"), false), ours_and_theirs(Level::INFO, Level::DEBUG));
        assert_eq!(levels(Some("off"), false), (None, None));
    }

    #[test]
    fn a_sample_logs_more_whatever_the_level_is() {
        for setting in [None, Some("error"), Some("info,hyper=debug")] {
            assert_eq!(levels(setting, true), (Some(Level::DEBUG), Some(Level::WARN)));
        }
        let of = |percent| (0..=u8::MAX).filter(|random| is_sampled(percent, *random)).count();
        assert_eq!([0, 1, 50, 100, 255].map(of), [0, 3, 128, 256, 256]);
    }
}
