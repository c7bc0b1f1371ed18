//! The AWS CLI, with the caller's own profile and rights. It gets secrets as files, never as arguments.

use std::{io, process::Command};

use serde_json::Value;

/// A command of the AWS CLI failed.
#[derive(Debug, thiserror::Error)]
pub enum AwsCliError {
    /// The CLI could not be started.
    #[error("the AWS CLI could not be started")]
    Start(#[source] io::Error),
    /// The command failed; the message is the CLI's own.
    #[error("aws {command}: {message}")]
    Failed {
        /// Service and operation.
        command: String,
        /// The CLI's message.
        message: String,
    },
    /// The output is not JSON.
    #[error("aws {command}: the output is not JSON")]
    Output {
        /// Service and operation.
        command: String,
        /// Where it is not.
        source: serde_json::Error,
    },
}

/// Runs `aws <arguments> --region <region> --output json`. Without output the result is `null`.
pub(crate) fn run(
    region: &str,
    arguments: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Value, AwsCliError> {
    let arguments: Vec<String> = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
    let command = || arguments.iter().take(2).map(String::as_str).collect::<Vec<_>>().join(" ");
    let output = Command::new("aws")
        .args(&arguments)
        .args(["--region", region, "--output", "json"])
        .output()
        .map_err(AwsCliError::Start)?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(AwsCliError::Failed { command: command(), message });
    }
    // `deploy` writes progress, whatever the format.
    if output.stdout.trim_ascii().is_empty()
        || arguments.get(1).is_some_and(|operation| operation == "deploy")
    {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|source| AwsCliError::Output { command: command(), source })
}
