//! `doctor redrive`: shows what the dead-letter queue has, asks, and invokes the functions of its events again.

use std::io::{self, Write as _};

use doctor::operate::{DeadLetters, ReceivedMessages, RedriveReport};
use indicatif::ProgressBar;
use runtime::config::Settings;

use super::{CommandError, LAMBDA, is_confirmed, print_json};

/// `false` if nobody confirmed. The counts are on standard output; the rest is for the person who runs it.
pub(crate) async fn redrive(settings: &Settings, yes: bool, json: bool) -> Result<bool, CommandError> {
    let queue = DeadLetters::connect(settings).await?;
    let received = queue.receive().await?;
    write!(io::stderr(), "{received}")?;
    if received.redrivable() + received.left() == 0 {
        writeln!(
            io::stderr(),
            "No message is visible. One that was received less than five minutes ago is hidden."
        )?;
    }
    if received.redrivable() > 0 && !is_confirmed(settings, LAMBDA, yes, "invoke these functions again")? {
        writeln!(io::stderr(), "The messages stay in the queue; they are hidden for five minutes.")?;
        return Ok(false);
    }
    let report = invoke(&queue, &received).await?;
    if json {
        print_json(&report)?;
        return Ok(true);
    }
    let RedriveReport { started, left } = report;
    writeln!(io::stdout(), "{started} functions were invoked again; {left} messages stay in the queue.")?;
    if left > 0 {
        writeln!(io::stderr(), "What to do about those that stay: docs/runbooks/dead-letters.md.")?;
    }
    Ok(true)
}

async fn invoke(queue: &DeadLetters, received: &ReceivedMessages) -> Result<RedriveReport, CommandError> {
    let bar = ProgressBar::new(count(received.redrivable()));
    let report = queue.redrive(received, |report| bar.set_position(count(report.started))).await?;
    bar.finish_and_clear();
    Ok(report)
}

fn count(events: usize) -> u64 {
    u64::try_from(events).unwrap_or(u64::MAX)
}
