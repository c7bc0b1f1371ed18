//! Logs: one line of JSON per event, to standard output, from which Lambda collects them. See `docs/logging.md`.

mod json_lines;
mod xray;

use std::{
    io::{self, Write as _},
    str::FromStr,
};

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, registry, util::SubscriberInitExt as _,
};

use json_lines::JsonLines;
use xray::XRay;

use crate::config::{
    InRange, InvalidValue, Settings, SettingsReader, Switch,
    registry::{LOG_DEBUG_PERCENT, LOG_LEVEL, XRAY_CALLS},
};

/// The crates whose lines hold no secret, at any level.
const OURS: [&str; 13] = [
    "push_provisioning_client",
    "model",
    "runtime",
    "sync_requestors",
    "fetch_assets",
    "list_requestors",
    "list_cards",
    "manage_tokens",
    "enroll",
    "get_enrollment",
    "receive_notification",
    "receive_callback",
    "reconcile_enrollments",
];

/// The value of `LOG_LEVEL`.
#[derive(Clone, Debug, PartialEq)]
pub enum LogFilter {
    /// The level of this workspace's crates. Others log at most warnings: their lines below that level, such as items of the
    /// AWS SDK and headers of HTTP libraries, may contain secrets.
    Level(Level),
    /// Levels by crate or module, such as `info,runtime=debug`.
    Targets(Targets),
}

impl FromStr for LogFilter {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        const INVALID: InvalidValue = InvalidValue("must be a level, or levels such as info,runtime=debug");
        // `Targets` would parse any word as the name of a crate, and log nothing of the others.
        let is_level = |level: &str| !level.is_empty() && level.parse::<LevelFilter>().is_ok();
        let is_directive = |part: &str| is_level(part.rsplit_once('=').map_or(part, |(_, level)| level));
        match raw.parse() {
            Ok(level) => Ok(Self::Level(level)),
            Err(_) if raw.split(',').all(is_directive) => raw.parse().map(Self::Targets).map_err(|_| INVALID),
            Err(_) => Err(INVALID),
        }
    }
}

/// Starts logging; `service` is the function's name. `LOG_DEBUG_PERCENT` of the processes log everything from `debug` on,
/// the others by `LOG_LEVEL`. Invalid values count as absent here;
/// [`Runtime::read_settings`](crate::config::Runtime::read_settings) reports them.
pub fn init(service: &'static str, settings: &Settings) {
    let (setting, percent, xray_calls) = read_settings(&mut settings.read());
    let [random, ..] = uuid::Uuid::new_v4().into_bytes();
    let filter = filter(setting, is_sampled(percent.map_or(0, InRange::get), random));
    let write = |line: &[u8]| {
        let _ = io::stdout().lock().write_all(line);
    };
    let lines = JsonLines { service, write };
    let xray = match (xray_calls, settings.text("AWS_XRAY_DAEMON_ADDRESS")) {
        (Some(Switch::On), Some(daemon)) => XRay::connect(daemon).ok(),
        _ => None,
    };
    let _ = match xray {
        // A filter for each layer, since X-Ray needs spans that are not logged.
        Some(xray) => {
            let xray = xray.with_filter(XRay::filter());
            registry().with(lines.with_filter(filter)).with(xray).try_init()
        }
        None => registry().with(lines).with(filter).try_init(),
    };
}

/// Reads the settings of logging.
pub(crate) fn read_settings(
    settings: &mut SettingsReader<'_>,
) -> (Option<LogFilter>, Option<InRange<0, 100>>, Option<Switch>) {
    (settings.value(&LOG_LEVEL), settings.value(&LOG_DEBUG_PERCENT), settings.value(&XRAY_CALLS))
}

/// The filter of a process. A sampled one logs everything of this workspace's crates from `debug` on.
fn filter(setting: Option<LogFilter>, sampled: bool) -> Targets {
    let level = match setting {
        _ if sampled => Level::DEBUG,
        Some(LogFilter::Targets(targets)) => return targets,
        Some(LogFilter::Level(level)) => level,
        None => Level::INFO,
    };
    Targets::new().with_default(level.min(Level::WARN)).with_targets(OURS.map(|name| (name, level)))
}

/// Whether this process is among `percent` of all; `random` is any byte.
fn is_sampled(percent: u16, random: u8) -> bool {
    u16::from(random) * 100 < percent.min(100) * 256
}

/// An error and its sources, outermost first, as one text: the value of the field `cause`.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::{Arc, LazyLock, Mutex};

    use tracing::Dispatch;
    use tracing_subscriber::{layer::SubscriberExt as _, registry};

    use super::JsonLines;

    /// A subscriber that no thread uses and that always exists. Beside a single subscriber, `tracing` asks only the thread that
    /// comes to an event's code first whether the event is wanted; if another test's thread does, the answer is no for all.
    static SECOND_SUBSCRIBER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(registry()));

    /// The lines that `action` logs on this thread, in the format of [`super::init`].
    pub(crate) fn logged(action: impl FnOnce()) -> String {
        LazyLock::force(&SECOND_SUBSCRIBER);
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        let write = move |line: &[u8]| lines.lock().unwrap().extend_from_slice(line);
        tracing::subscriber::with_default(registry().with(JsonLines { service: "test", write }), action);
        let bytes = std::mem::take(&mut *log.lock().unwrap());
        String::from_utf8(bytes).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::Value;

    use super::*;
    use crate::config::{Runtime, registry::LOGO_BUCKET};

    /// The least severe level that is logged of this workspace's crates, and of a library.
    fn levels(setting: Option<&str>, sampled: bool) -> (Option<Level>, Option<Level>) {
        let filter = filter(setting.and_then(|setting| setting.parse().ok()), sampled);
        let deepest = |target: &str| {
            let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
            levels.into_iter().find(|level| filter.would_enable(target, level))
        };
        assert_eq!(deepest("runtime::store"), deepest("enroll"));
        (deepest("enroll"), deepest("hyper"))
    }

    /// In a child process, because logging starts once in a process.
    #[test]
    fn a_process_logs_one_line_of_json_per_event_from_the_configured_level_on() {
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
            let output = String::from_utf8(run.stdout).unwrap();
            let lines = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.filter_map(|line| Some(line["message"].as_str()?.to_owned())).collect()
        };
        assert_eq!(logged("info", "0"), ["card pushed"]);
        assert_eq!(logged("debug", "0"), ["push attempted", "card pushed"]);
        assert_eq!(logged("error", "100"), ["push attempted", "card pushed"]);
        assert!(logged("error", "0").is_empty());
    }

    #[test]
    #[ignore = "the test above runs it"]
    fn a_process_that_logs() {
        init("test", &std::env::vars().collect());
        tracing::debug!("push attempted");
        tracing::info!("card pushed");
    }

    #[test]
    fn a_level_applies_to_the_crates_of_this_workspace() {
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
    fn an_invalid_level_is_reported_with_the_other_problems_at_init() {
        let runtime = |level: &str| {
            let settings = [("LOG_LEVEL", level), ("LOG_DEBUG_PERCENT", "101"), ("LOGO_BUCKET", "")];
            let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let aws = aws_types::SdkConfig::builder().build();
            Runtime::new(settings.into_iter().collect(), aws, model::clock::Clock::default())
        };
        for level in ["inof", "info,runtime=verbose", "runtime", "info,", "no=such=filter"] {
            let read = runtime(level).read_settings(|settings| settings.value(&LOGO_BUCKET));
            assert_eq!(
                read.unwrap_err().to_string(),
                "settings: LOG_LEVEL: must be a level, or levels such as info,runtime=debug; \
                 LOG_DEBUG_PERCENT: must be 0 to 100; LOGO_BUCKET is not set"
            );
            assert!(runtime(level).read_settings(|_| Some(())).is_err(), "{level} alone stops init");
        }
    }

    #[test]
    fn a_sampled_process_logs_at_debug_with_any_configured_level() {
        for setting in [None, Some("error"), Some("info,hyper=debug")] {
            assert_eq!(levels(setting, true), (Some(Level::DEBUG), Some(Level::WARN)));
        }
        let of = |percent| (0..=u8::MAX).filter(|random| is_sampled(percent, *random)).count();
        assert_eq!([0, 1, 50, 100, 255].map(of), [0, 3, 128, 256, 256]);
    }
}
