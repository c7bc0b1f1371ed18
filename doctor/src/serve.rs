//! The desk's commands: what is asked of it, and how the answer is printed.

use std::io::{self, Write};

use doctor::desk::{ConsentRow, Desk, Exported};
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde::Serialize;
use shared::{config::ConfigError, enrollment::EnrollmentId, store::StoreError};

/// Why nothing, or not all, was printed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Settings(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the output could not be written")]
    Output(#[from] io::Error),
    #[error("the output could not be written")]
    Json(#[from] serde_json::Error),
}

/// `false` if there is no such enrolment.
pub(crate) async fn timeline(desk: &Desk, id: EnrollmentId, json: bool) -> Result<bool, ServeError> {
    let Some(story) = desk.story(id).await? else {
        writeln!(io::stderr(), "There is no enrolment {id}.")?;
        return Ok(false);
    };
    if json {
        pretty(&story)?
    } else {
        writeln!(io::stdout(), "{story}")?
    }
    Ok(true)
}

pub(crate) async fn unmatched(desk: &Desk, retry: bool, json: bool) -> Result<(), ServeError> {
    if retry {
        let applied = desk.retry_unmatched().await?;
        writeln!(io::stderr(), "{applied} of them match now.")?;
    }
    let unmatched = desk.unmatched().await?;
    if json {
        return pretty(&unmatched);
    }
    let mut output = io::stdout().lock();
    for row in &unmatched {
        writeln!(output, "{row}")?;
    }
    writeln!(io::stderr(), "{} notifications match no enrolment.", unmatched.len())?;
    Ok(())
}

/// JSON lines, whether asked for or not: there is no table that an auditor's program would read.
pub(crate) async fn consents(desk: &Desk, since: Timestamp) -> Result<(), ServeError> {
    let bar = ProgressBar::new_spinner();
    let write = |row: &ConsentRow| -> Result<(), ServeError> {
        let mut output = io::stdout().lock();
        serde_json::to_writer(&mut output, row)?;
        Ok(writeln!(output)?)
    };
    let progress = |Exported { enrollments, rows }| {
        bar.set_message(format!("{rows} consents of {enrollments} enrolments"));
        bar.tick();
    };
    let Exported { enrollments, rows } = desk.consents(since, write, progress).await?;
    bar.finish_and_clear();
    writeln!(io::stderr(), "{rows} consents of {enrollments} enrolments.")?;
    Ok(())
}

fn pretty(value: &impl Serialize) -> Result<(), ServeError> {
    let mut output = io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value)?;
    Ok(writeln!(output)?)
}
