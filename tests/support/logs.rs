//! The logs of all tests: every line is searched for secrets when it is written, and a line with a secret ends the whole run.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Mutex, Once, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use tracing_subscriber::EnvFilter;

use super::leaks::leak;

/// The workspace's crates at DEBUG, libraries at INFO.
const FILTER: &str = "info,push_provisioning_client=debug,model=debug,runtime=debug,local=debug,simulator=debug,\
    sync_requestors=debug,fetch_assets=debug,list_requestors=debug,list_cards=debug,manage_tokens=debug,enroll=debug,\
    get_enrollment=debug,receive_notification=debug,receive_callback=debug,reconcile_enrollments=debug";

/// How many lines were logged with each event code. Their other fields are searched for secrets and not kept.
static EVENTS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// Installs the subscriber, once per process.
pub(crate) fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let subscriber = tracing_subscriber::fmt().json().with_env_filter(EnvFilter::new(FILTER));
        let subscriber = subscriber.with_span_list(true).with_writer(|| LogChecker).try_init();
        subscriber.expect("the only subscriber of the test process");
    });
}

/// Whether a line with this event code is logged by any test within half a minute: some follow the response.
pub(crate) async fn is_logged(code: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if EVENTS.lock().unwrap_or_else(PoisonError::into_inner).contains_key(code) {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many lines were searched so far.
pub(crate) fn lines() -> usize {
    EVENTS.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
}

/// Receives each log line, and ends the process if it has a secret.
struct LogChecker;

impl Write for LogChecker {
    /// One event at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let event: Value = serde_json::from_str(&text).unwrap_or_default();
        if let Some(leak) = leak(&text) {
            let target = event["target"].as_str().unwrap_or("unknown");
            // Directly to stderr: libtest captures the print macros, and the process exits here.
            let written = writeln!(io::stderr(), "{target} logged {} in {}", leak.kind, leak.field);
            std::process::exit(if written.is_ok() { 70 } else { 71 });
        }
        let code = event["fields"]["event"].as_str().unwrap_or_default().to_owned();
        *EVENTS.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
