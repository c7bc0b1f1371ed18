//! The commands of support and operators: what is asked, and how the answer is printed.

use std::{
    io::{self, IsTerminal as _, Write},
    time::Duration,
};

use doctor::{
    desk::{ConsentRow, Desk, Exported},
    operate::{Catalog, DeadLetters, Fetched, OperateError, Operator, Orders, Redriven},
};
use indicatif::ProgressBar;
use jiff::Timestamp;
use model::enrollment::EnrollmentId;
use runtime::{
    config::{ConfigError, Settings},
    store::StoreError,
};
use serde::Serialize;
use serde_json::json;

/// Why nothing, or not all, was printed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Settings(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Operate(#[from] OperateError),
    #[error("the output could not be written")]
    Output(#[from] io::Error),
    #[error("the output could not be written")]
    Json(#[from] serde_json::Error),
}

/// Between two pictures of a spinner.
const TICK: Duration = Duration::from_millis(100);

/// `false` if there is no such enrollment.
pub(crate) async fn timeline(desk: &Desk, id: EnrollmentId, json: bool) -> Result<bool, ServeError> {
    let Some(story) = desk.story(id).await? else {
        writeln!(io::stderr(), "There is no enrollment {id}.")?;
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
    writeln!(io::stderr(), "{} notifications match no enrollment.", unmatched.len())?;
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
        bar.set_message(format!("{rows} consents of {enrollments} enrollments"));
        bar.tick();
    };
    let Exported { enrollments, rows } = desk.consents(since, write, progress).await?;
    bar.finish_and_clear();
    writeln!(io::stderr(), "{rows} consents of {enrollments} enrollments.")?;
    Ok(())
}

/// `false` if a logo is missing afterwards.
pub(crate) async fn refresh(settings: &Settings, orders: &Orders, json: bool) -> Result<bool, ServeError> {
    let operator = Operator::connect(settings).await?;
    let bar = ProgressBar::new_spinner();
    bar.set_message("asking Mastercard for token requestors");
    bar.enable_steady_tick(TICK);
    let synced = operator.sync_requestors(orders).await?;
    let mut total = Fetched::default();
    loop {
        let Fetched { stored, failed, remaining } = operator.fetch_assets().await?;
        total = Fetched { stored: total.stored + stored, failed, remaining };
        bar.set_message(format!("{} logos fetched, {remaining} to come", total.stored));
        if remaining == 0 || stored == 0 {
            break;
        }
    }
    bar.finish_and_clear();
    if json {
        pretty(&json!({ "tokenRequestors": synced, "logos": total }))?;
    } else {
        let count = |name: &str| synced[name].as_array().map_or(0, Vec::len);
        let (new, changed, gone) = (count("added"), count("changed"), count("retired"));
        let Fetched { stored, failed, remaining } = total;
        let missing = failed + remaining;
        writeln!(
            io::stdout(),
            "Mastercard named {} token requestors: {new} new, {changed} changed, {gone} gone.\n\
             {stored} logos were fetched, {missing} are missing.",
            synced["requestors"]
        )?;
    }
    Ok(total.failed + total.remaining == 0)
}

pub(crate) async fn changes(settings: Settings, json: bool) -> Result<(), ServeError> {
    let catalog = Catalog::look(settings).await??;
    if json { pretty(&catalog) } else { Ok(write!(io::stdout(), "{catalog}")?) }
}

pub(crate) async fn redrive(settings: &Settings, json: bool) -> Result<(), ServeError> {
    let letters = DeadLetters::connect(settings).await?;
    let bar = ProgressBar::new(letters.count().await?);
    let redriven = letters.redrive(|done| bar.set_position(position(done))).await?;
    bar.finish_and_clear();
    if json {
        return pretty(&redriven);
    }
    let Redriven { started, left } = redriven;
    writeln!(io::stdout(), "{started} functions were started again; {left} messages name none and stay.")?;
    Ok(())
}

fn position(done: Redriven) -> u64 {
    u64::try_from(done.started + done.left).unwrap_or(u64::MAX)
}

/// Whether to go on. Asked unless nothing but `local` can be changed, or somebody said yes beforehand; who cannot be asked
/// has not said yes.
pub(crate) fn agreed(settings: &Settings, yes: bool, what: &str) -> Result<bool, ServeError> {
    let setting = |name| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
    let on_this_machine =
        setting("AWS_ENDPOINT_URL_LAMBDA").is_some_and(|url| url.starts_with("http://127.0.0.1:"));
    if yes || on_this_machine {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        writeln!(io::stderr(), "This would {what}. Say --yes.")?;
        return Ok(false);
    }
    let place = setting("MASTERCARD_ENVIRONMENT")
        .unwrap_or_else(|| "an environment that the settings do not name".into());
    write!(io::stderr(), "This will {what} in {place}. Go on? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn pretty(value: &impl Serialize) -> Result<(), ServeError> {
    let mut output = io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value)?;
    Ok(writeln!(output)?)
}
