//! The commands of support and operators: each runs one operation and prints its result.

mod erase;
mod redrive;
mod refresh;
pub(crate) mod tokens;

use std::{
    fmt::Display,
    io::{self, IsTerminal as _, Write},
    path::PathBuf,
};

use doctor::{
    audit::{AuditError, AuditQuery, AuditTrail},
    operate::{Catalog, OperateError},
    support::{ConsentRow, ExportReport, OpenError, Support, TokenError},
};
use indicatif::ProgressBar;
use jiff::Timestamp;
use model::enrollment::EnrollmentId;
use runtime::{
    config::{ConfigError, Settings},
    store::{StoreError, enrollments::QuarantineId},
};
use serde::Serialize;

pub(crate) use erase::erase;
pub(crate) use redrive::redrive;
pub(crate) use refresh::refresh;

/// A command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Settings(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Operate(#[from] OperateError),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("{} cannot be read", file.display())]
    KeyFile { file: PathBuf, source: io::Error },
    #[error("the output could not be written")]
    Output(#[from] io::Error),
    #[error("the output could not be written")]
    Json(#[from] serde_json::Error),
}

/// `false` if the enrollment does not exist.
pub(crate) async fn timeline(support: &Support, id: EnrollmentId, json: bool) -> Result<bool, CommandError> {
    let Some(timeline) = support.timeline(id).await? else {
        writeln!(io::stderr(), "There is no enrollment {id}.")?;
        return Ok(false);
    };
    if json {
        print_json(&timeline)?
    } else {
        writeln!(io::stdout(), "{timeline}")?
    }
    Ok(true)
}

pub(crate) async fn unmatched(support: &Support, retry: bool, json: bool) -> Result<(), CommandError> {
    if retry {
        let applied = support.retry_unmatched().await?;
        writeln!(io::stderr(), "{applied} of them match now.")?;
    }
    print_rows(&support.unmatched().await?, json, "notifications match no enrollment.")
}

pub(crate) async fn quarantined(support: &Support, json: bool) -> Result<(), CommandError> {
    print_rows(&support.quarantined().await?, json, "deliveries are in quarantine.")
}

/// Prints a line for each row and, for the person who runs it, how many there are; or all as JSON.
fn print_rows<T: Display + Serialize>(rows: &[T], json: bool, what: &str) -> Result<(), CommandError> {
    if json {
        return print_json(&rows);
    }
    let mut output = io::stdout().lock();
    for row in rows {
        writeln!(output, "{row}")?;
    }
    writeln!(io::stderr(), "{} {what}", rows.len())?;
    Ok(())
}

/// Always JSON. `false` if there is no such delivery.
pub(crate) async fn open_quarantined(
    support: &Support,
    id: &QuarantineId,
    key: &[u8],
) -> Result<bool, CommandError> {
    match support.open_quarantined(id, key).await? {
        Some(messages) => print_json(&messages).map(|()| true),
        None => is_not_quarantined(id),
    }
}

/// `false` if there is no such delivery.
pub(crate) async fn delete_quarantined(support: &Support, id: &QuarantineId) -> Result<bool, CommandError> {
    if support.delete_quarantined(id).await? { Ok(true) } else { is_not_quarantined(id) }
}

fn is_not_quarantined(id: &QuarantineId) -> Result<bool, CommandError> {
    writeln!(io::stderr(), "There is no delivery {id} in quarantine.")?;
    Ok(false)
}

/// Always JSON lines, for an auditor's program.
pub(crate) async fn consents(support: &Support, since: Timestamp) -> Result<(), CommandError> {
    let bar = ProgressBar::new_spinner();
    let write = |row: &ConsentRow| -> Result<(), CommandError> {
        let mut output = io::stdout().lock();
        serde_json::to_writer(&mut output, row)?;
        Ok(writeln!(output)?)
    };
    let progress = |ExportReport { enrollments, rows }| {
        bar.set_message(format!("{rows} consents of {enrollments} enrollments"));
        bar.tick();
    };
    let ExportReport { enrollments, rows } = support.consents(since, write, progress).await?;
    bar.finish_and_clear();
    writeln!(io::stderr(), "{rows} consents of {enrollments} enrollments.")?;
    Ok(())
}

pub(crate) async fn audit(settings: &Settings, query: &AuditQuery, json: bool) -> Result<(), CommandError> {
    let trail = AuditTrail::connect(settings).await?;
    let bar = ProgressBar::new_spinner();
    let progress = |objects| {
        bar.set_message(format!("{objects} objects read"));
        bar.tick();
    };
    let lines = trail.read(query, progress).await?;
    bar.finish_and_clear();
    print_rows(&lines, json, "lines.")
}

pub(crate) async fn changes(settings: Settings, json: bool) -> Result<(), CommandError> {
    let catalog = Catalog::read(settings).await??;
    if json { print_json(&catalog) } else { Ok(write!(io::stdout(), "{catalog}")?) }
}

/// The variable that names DynamoDB's endpoint.
pub(crate) const DYNAMODB: &str = "AWS_ENDPOINT_URL_DYNAMODB";
/// The variable that names Lambda's endpoint.
pub(crate) const LAMBDA: &str = "AWS_ENDPOINT_URL_LAMBDA";

/// Whether the user confirms the change. Not asked with `--yes`, or when `endpoint`, the variable that names the changed service's
/// endpoint, is `local` on this machine; without a terminal the answer is no.
pub(crate) fn is_confirmed(
    settings: &Settings,
    endpoint: &str,
    yes: bool,
    what: &str,
) -> Result<bool, CommandError> {
    let setting = |name| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
    let on_this_machine = setting(endpoint).is_some_and(|url| url.starts_with("http://127.0.0.1:"));
    if yes || on_this_machine {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        writeln!(io::stderr(), "This would {what}. Confirm it with --yes.")?;
        return Ok(false);
    }
    let place = setting("MASTERCARD_ENVIRONMENT")
        .unwrap_or_else(|| "an environment that the settings do not name".into());
    write!(io::stderr(), "This will {what} in {place}. Continue? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn print_json(value: &impl Serialize) -> Result<(), CommandError> {
    let mut output = io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value)?;
    Ok(writeln!(output)?)
}
