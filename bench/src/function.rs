//! A function in a separate process, started as Lambda does, with its durations.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{Read as _, Seek as _},
    path::Path,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{
    error::BenchError,
    machine,
    runtime_api::{RuntimeApi, RuntimeCall},
};

/// Environment variables.
pub(crate) type Variables = Vec<(String, String)>;

/// A running function; killed when dropped.
pub(crate) struct Function {
    /// From the start of the process to its first poll for an event.
    pub(crate) startup: Duration,
    name: &'static str,
    runtime_api: RuntimeApi,
    process: Child,
    log: File,
}

/// The response to an event and its duration.
pub(crate) struct Invocation {
    pub(crate) response: Value,
    /// From the event to the response, without the startup of the process.
    pub(crate) duration: Duration,
}

impl Function {
    /// Starts a function and waits until it polls for its first event.
    pub(crate) async fn start(
        folder: &Path,
        name: &'static str,
        variables: &Variables,
    ) -> Result<Self, BenchError> {
        Self::start_under(&[], folder, name, variables).await
    }

    /// Starts a function as the last argument of `wrapper`, a program that profiles or throttles it.
    pub(crate) async fn start_under(
        wrapper: &[OsString],
        folder: &Path,
        name: &'static str,
        variables: &Variables,
    ) -> Result<Self, BenchError> {
        let runtime_api = RuntimeApi::start().await?;
        let log = tempfile::tempfile();
        let log = log.map_err(|source| BenchError::File { file: "a temporary file".into(), source })?;
        let binary = folder.join(name);
        let runtime_variables = [
            ("AWS_LAMBDA_RUNTIME_API", runtime_api.address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ];
        let started_at = Instant::now();
        let process = output(&log).and_then(|(stdout, stderr)| {
            let mut arguments = wrapper.iter().map(OsString::as_os_str).chain([binary.as_os_str()]);
            let mut command = Command::new(arguments.next().unwrap_or(OsStr::new("")));
            command
                .args(arguments)
                .env_clear()
                .envs(variables.iter().map(|(name, value)| (name, value)))
                .envs(runtime_variables);
            command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).kill_on_drop(true).spawn()
        });
        let process = process.map_err(|source| BenchError::Binary { binary: binary.clone(), source })?;
        let mut function = Self { startup: Duration::ZERO, name, runtime_api, process, log };
        match function.next_request().await? {
            RuntimeCall::Ready => Ok(Self { startup: started_at.elapsed(), ..function }),
            RuntimeCall::Response(body) | RuntimeCall::Error(body) => Err(function.failed(&body)),
        }
    }

    /// Sends an event and waits for its response.
    pub(crate) async fn invoke(&mut self, event: Value) -> Result<Invocation, BenchError> {
        let started_at = Instant::now();
        self.runtime_api.send(event).await;
        let request = match self.next_request().await? {
            // The poll after the previous event.
            RuntimeCall::Ready => self.next_request().await?,
            request => request,
        };
        match request {
            RuntimeCall::Response(response) => Ok(Invocation { response, duration: started_at.elapsed() }),
            RuntimeCall::Error(body) => Err(self.failed(&body)),
            RuntimeCall::Ready => Err(self.failed(&Value::Null)),
        }
    }

    /// Peak resident memory of the process, in kB (1000 bytes); `u32::MAX` if it cannot be read.
    pub(crate) fn peak_kb(&self) -> u32 {
        self.memory_kb("VmHWM").unwrap_or(u32::MAX)
    }

    /// Resident memory of the process, in kB (1000 bytes); `None` if it cannot be read.
    pub(crate) fn resident_kb(&self) -> Option<u32> {
        self.memory_kb("VmRSS")
    }

    fn memory_kb(&self, field: &str) -> Option<u32> {
        let size = self.process.id().and_then(|id| machine::field(&format!("/proc/{id}/status"), field));
        machine::kilobytes(&size?)
    }

    /// Bytes of the log so far; 0 if it cannot be read.
    pub(crate) fn log_bytes(&self) -> u64 {
        self.log.metadata().map_or(0, |log| log.len())
    }

    /// CPU time of the process, in steps of 10 ms.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        machine::cpu_time(self.process.id()?)
    }

    /// Sends SIGTERM, as Lambda does, and waits until the process exits.
    pub(crate) async fn stop(mut self) -> Result<ExitStatus, BenchError> {
        let stop = async |process: &mut Child| {
            let id = process.id().unwrap_or_default().to_string();
            Command::new("kill").arg(id).status().await?;
            process.wait().await
        };
        stop(&mut self.process)
            .await
            .map_err(|source| BenchError::Binary { binary: self.name.into(), source })
    }

    async fn next_request(&mut self) -> Result<RuntimeCall, BenchError> {
        tokio::select! {
            request = self.runtime_api.next_request() => Ok(request),
            status = self.process.wait() => {
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                Err(BenchError::Exited { function: self.name, status, log: self.log() })
            }
        }
    }

    fn failed(&mut self, error: &Value) -> BenchError {
        BenchError::Failed { function: self.name, error: error.to_string(), log: self.log() }
    }

    /// The log so far; empty if it cannot be read.
    fn log(&mut self) -> String {
        let mut log = String::new();
        let _ = self.log.rewind().and_then(|()| self.log.read_to_string(&mut log));
        log
    }
}

fn output(log: &File) -> std::io::Result<(Stdio, Stdio)> {
    Ok((log.try_clone()?.into(), log.try_clone()?.into()))
}
