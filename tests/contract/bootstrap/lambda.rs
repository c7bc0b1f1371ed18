//! One function in a child process, with a Runtime API.

use std::{
    env,
    fs::File,
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::OnceLock,
    time::Duration,
};

use lambda_simulator::{InvocationStatus, Simulator, SimulatorPhase};
use local::World;
use serde_json::Value;
use tokio::process::Child;

use crate::support::leaks::leak;

/// How long a binary may take to start, to respond or to exit.
const TIMEOUT: Duration = Duration::from_secs(30);

/// All ten functions, with the settings that each requires.
pub(super) const FUNCTIONS: [(&str, &[&str]); 10] = [
    ("sync-requestors", &["TOKEN_REQUESTORS_TABLE", "TOKEN_CONNECT_URL", "ACCOUNT_RANGES"]),
    ("fetch-assets", &["TOKEN_REQUESTORS_TABLE", "LOGO_BUCKET", "TOKEN_CONNECT_SIGNING_KEY"]),
    ("list-requestors", &["TOKEN_REQUESTORS_TABLE", "LOGO_BASE_URL", "ACCOUNT_RANGES"]),
    ("list-cards", &["ENROLLMENTS_TABLE", "CLIENT_ID_CLAIM", "PROCESSING_DECRYPTION_KEY"]),
    ("manage-tokens", &["ENROLLMENTS_TABLE", "CLIENT_ID_CLAIM", "LOGO_BASE_URL", "PROCESSING_SIGNING_KEY"]),
    ("enroll", &["ENROLLMENTS_TABLE", "CLIENT_ID_CLAIM", "CALLBACK_BASE_URL", "APP_LINKS"]),
    ("get-enrollment", &["ENROLLMENTS_TABLE", "CLIENT_ID_CLAIM", "ACCOUNT_RANGES"]),
    ("receive-notification", &["ENROLLMENTS_TABLE", "ACCOUNT_RANGES", "NOTIFICATION_CLIENT_SUBJECTS"]),
    ("receive-callback", &["ENROLLMENTS_TABLE", "APP_LINKS"]),
    ("reconcile-enrollments", &["ENROLLMENTS_TABLE", "PROCESSING_CONSUMER_KEY"]),
];

/// A running function.
pub(super) struct Lambda {
    function: &'static str,
    runtime_api: Simulator,
    process: Child,
    log: File,
}

/// The error that the function reported instead of a response.
#[derive(Debug, PartialEq)]
pub(super) struct FunctionError {
    pub(super) error_type: String,
    pub(super) error_message: String,
}

impl Lambda {
    /// Starts it with the world's settings, until it requests its first event.
    pub(super) async fn start(function: &'static str, world: &World) -> Self {
        Self::start_with(function, world, &[]).await
    }

    /// Starts it with changes to the world's settings, until it requests its first event.
    pub(super) async fn start_with(
        function: &'static str,
        world: &World,
        changes: &[(String, String)],
    ) -> Self {
        let changes: Vec<_> = changes.iter().map(|(name, value)| (&**name, &**value)).collect();
        let mut lambda = Self::spawn(function, world, |_| false, &changes).await;
        let exit = {
            let ready = async || lambda.runtime_api.phase().await == SimulatorPhase::Ready;
            let started = lambda.runtime_api.wait_for(ready, TIMEOUT);
            tokio::select! {
                started = started => { started.unwrap(); None }
                exit = lambda.process.wait() => Some(exit.unwrap()),
            }
        };
        match exit {
            None => lambda,
            Some(exit) => panic!("{function} ended with {exit}: {}", lambda.stop()),
        }
    }

    /// Starts it without some of its settings and with changes to others: it exits with an error before it requests an
    /// event.
    pub(super) async fn start_fails(
        function: &'static str,
        world: &World,
        without: impl Fn(&str) -> bool,
        changes: &[(&str, &str)],
    ) -> String {
        let mut lambda = Self::spawn(function, world, without, changes).await;
        let exit: ExitStatus = tokio::time::timeout(TIMEOUT, lambda.process.wait()).await.unwrap().unwrap();
        assert!(!exit.success(), "{function} ended without an error");
        assert_eq!(
            lambda.runtime_api.phase().await,
            SimulatorPhase::Initializing,
            "{function} requested an event"
        );
        lambda.stop()
    }

    async fn spawn(
        function: &'static str,
        world: &World,
        without: impl Fn(&str) -> bool,
        changes: &[(&str, &str)],
    ) -> Self {
        let build = Simulator::builder().function_name(function).invocation_timeout(TIMEOUT).build();
        let runtime_api = build.await.unwrap();
        let binary = tokio::task::spawn_blocking(binaries).await.unwrap().join(function);
        let log = tempfile::tempfile().unwrap();
        let settings = world.settings();
        let settings = settings.iter().filter(|(name, _)| !without(name));
        let process = tokio::process::Command::new(binary)
            .env_clear()
            .envs(runtime_api.lambda_env_vars())
            .envs(world.aws_variables())
            .envs(settings)
            .envs(changes.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log.try_clone().unwrap())
            .kill_on_drop(true)
            .spawn();
        Self { function, runtime_api, process: process.unwrap(), log }
    }

    /// Sends one event. Returns its response, or the error that the function reported.
    pub(super) async fn invoke(&self, event: Value) -> Result<Value, FunctionError> {
        let id = self.runtime_api.enqueue_payload(event).await;
        let state = async || self.runtime_api.get_invocation_state(&id).await.unwrap();
        let done = async || {
            !matches!(state().await.status, InvocationStatus::Pending | InvocationStatus::InProgress)
        };
        let waited = self.runtime_api.wait_for(done, TIMEOUT).await;
        waited.unwrap_or_else(|error| panic!("{}: {error}", self.function));
        let state = state().await;
        match (state.response, state.error) {
            (Some(response), _) => Ok(response.payload),
            (None, Some(error)) => {
                Err(FunctionError { error_type: error.error_type, error_message: error.error_message })
            }
            (None, None) => panic!("{}: neither a response nor an error", self.function),
        }
    }

    /// Status and JSON body of a response to API Gateway.
    pub(super) async fn invoke_http(&self, event: Value) -> (u64, Value) {
        let response = self.invoke(event).await.unwrap();
        let body = response["body"].as_str().map(|body| serde_json::from_str(body).unwrap_or_default());
        (response["statusCode"].as_u64().unwrap(), body.unwrap_or_default())
    }

    /// Stops it. Returns its log, after a check that it has no secret.
    pub(super) fn stop(mut self) -> String {
        let _ = self.process.start_kill();
        let mut message = String::new();
        self.log.rewind().unwrap();
        self.log.read_to_string(&mut message).unwrap();
        for line in message.lines() {
            assert_eq!(leak(line), None, "in the log of {}", self.function);
        }
        message
    }
}

/// The folder of the binaries, next to this test binary, after Cargo has built them. The packages are selected so that Cargo
/// uses the features of this test binary, and has nothing to do if they are up to date.
fn binaries() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--locked", "--bins", "--tests"]);
    cargo
        .args(["--package", "tests"])
        .args(FUNCTIONS.iter().flat_map(|(function, _)| ["--package", function]));
    cargo.arg("--target-dir").arg(folder.parent().unwrap());
    let profile = folder.file_name().and_then(|name| name.to_str()).unwrap();
    cargo.args(["--profile", if profile == "debug" { "dev" } else { profile }]);
    // Some build scripts run again when these change, and Cargo set them for this test.
    for (name, _) in
        env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
    {
        cargo.env_remove(name);
    }
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    folder.to_owned()
}
