//! One function in a process of its own, as Lambda starts it, with a watch beside it.

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
    runtime_api::{RuntimeApi, Said},
};

/// Environment variables.
pub(crate) type Variables = Vec<(String, String)>;

/// A running function; ends when dropped.
pub(crate) struct Function {
    /// From the start of the process to the first request for an event.
    pub(crate) started: Duration,
    name: &'static str,
    runtime_api: RuntimeApi,
    process: Child,
    log: File,
}

/// An answer, and what it took.
pub(crate) struct Answered {
    pub(crate) answer: Value,
    /// From the event to the answer, without the start of the process.
    pub(crate) took: Duration,
}

impl Function {
    /// Starts it; it waits for its first event.
    pub(crate) async fn start(
        folder: &Path,
        name: &'static str,
        variables: &Variables,
    ) -> Result<Self, BenchError> {
        Self::start_under(&[], folder, name, variables).await
    }

    /// Starts it as the last argument of another program, that watches it or holds it back.
    pub(crate) async fn start_under(
        wrapper: &[OsString],
        folder: &Path,
        name: &'static str,
        variables: &Variables,
    ) -> Result<Self, BenchError> {
        let runtime_api = RuntimeApi::start().await?;
        let log = tempfile::tempfile();
        let log = log.map_err(|source| BenchError::File { what: "a temporary file".into(), source })?;
        let binary = folder.join(name);
        let own = [
            ("AWS_LAMBDA_RUNTIME_API", runtime_api.address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ];
        let began = Instant::now();
        let process = output(&log).and_then(|(stdout, stderr)| {
            let mut words = wrapper.iter().map(OsString::as_os_str).chain([binary.as_os_str()]);
            let mut command = Command::new(words.next().unwrap_or(OsStr::new("")));
            command
                .args(words)
                .env_clear()
                .envs(variables.iter().map(|(name, value)| (name, value)))
                .envs(own);
            command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).kill_on_drop(true).spawn()
        });
        let process = process.map_err(|source| BenchError::Binary { binary: binary.clone(), source })?;
        let mut function = Self { started: Duration::ZERO, name, runtime_api, process, log };
        match function.hear().await? {
            Said::Ready => Ok(Self { started: began.elapsed(), ..function }),
            Said::Answered(told) | Said::Failed(told) => Err(function.failed(&told)),
        }
    }

    /// One event, one answer.
    pub(crate) async fn invoke(&mut self, event: Value) -> Result<Answered, BenchError> {
        let began = Instant::now();
        self.runtime_api.send(event).await;
        let answer = match self.hear().await? {
            // That it waits again after the event before.
            Said::Ready => self.hear().await?,
            said => said,
        };
        match answer {
            Said::Answered(answer) => Ok(Answered { answer, took: began.elapsed() }),
            Said::Failed(told) => Err(self.failed(&told)),
            Said::Ready => Err(self.failed(&Value::Null)),
        }
    }

    /// The most main memory that the process ever held, in units of 1000 bytes.
    pub(crate) fn peak_kilobytes(&self) -> u32 {
        let peak = self.process.id().and_then(|id| machine::field(&format!("/proc/{id}/status"), "VmHWM"));
        peak.and_then(|size| machine::kilobytes(&size)).unwrap_or(u32::MAX)
    }

    /// How long it has kept a processor busy, in hundredths of a second.
    pub(crate) fn busy(&self) -> Option<Duration> {
        machine::busy(self.process.id()?)
    }

    /// Asks it to end, as Lambda does with SIGTERM, and waits until it has.
    pub(crate) async fn end(mut self) -> Result<ExitStatus, BenchError> {
        let ended = async |process: &mut Child| {
            let id = process.id().unwrap_or_default().to_string();
            Command::new("kill").arg(id).status().await?;
            process.wait().await
        };
        let ended = ended(&mut self.process).await;
        ended.map_err(|source| BenchError::Binary { binary: self.name.into(), source })
    }

    async fn hear(&mut self) -> Result<Said, BenchError> {
        tokio::select! {
            said = self.runtime_api.hear() => Ok(said),
            ended = self.process.wait() => {
                let status = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
                Err(BenchError::Ended { function: self.name, status, said: self.log() })
            }
        }
    }

    fn failed(&mut self, told: &Value) -> BenchError {
        BenchError::Failed { function: self.name, told: told.to_string(), said: self.log() }
    }

    /// What it logged, or nothing.
    fn log(&mut self) -> String {
        let mut said = String::new();
        let _ = self.log.rewind().and_then(|()| self.log.read_to_string(&mut said));
        said
    }
}

fn output(log: &File) -> std::io::Result<(Stdio, Stdio)> {
    Ok((log.try_clone()?.into(), log.try_clone()?.into()))
}
