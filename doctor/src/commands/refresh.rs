//! `doctor refresh`: refreshes the catalog, and says what of it an operator has to decide or repeat.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use doctor::operate::{FetchReport, Operator};
use indicatif::ProgressBar;
use runtime::config::Settings;
use serde_json::json;
use sync_requestors::{ReceivedReport, RefreshOptions};

use super::{CommandError, print_json};

/// Interval between two frames of the spinner.
const TICK: Duration = Duration::from_millis(100);

/// `false` if Mastercard's response is not the catalog now, or a logo is still missing. The counts are on standard output; the rest is for
/// the person who runs it.
pub(crate) async fn refresh(
    settings: &Settings,
    options: &RefreshOptions,
    json: bool,
) -> Result<bool, CommandError> {
    let operator = Operator::connect(settings).await?;
    let bar = ProgressBar::new_spinner();
    bar.set_message("fetching token requestors from Mastercard");
    bar.enable_steady_tick(TICK);
    let synced = operator.sync_requestors(options).await?;
    // At once: the logos may fail.
    bar.suspend(|| print_sync(&synced, options, json))?;
    let total = fetch_logos(&operator, &bar).await?;
    bar.finish_and_clear();
    let missing = total.failed + total.remaining;
    if json {
        print_json(&json!({ "tokenRequestors": synced, "logos": total }))?;
    } else {
        writeln!(io::stdout(), "{} logos were fetched, {missing} are missing.", total.stored)?;
    }
    Ok(synced.is_applied() && missing == 0)
}

fn print_sync(synced: &ReceivedReport, options: &RefreshOptions, json: bool) -> io::Result<()> {
    if !json {
        writeln!(io::stdout(), "{synced}")?;
    }
    synced.findings(options).iter().try_for_each(|finding| writeln!(io::stderr(), "{finding}"))
}

/// In as many invocations as are needed, unless one stores nothing.
async fn fetch_logos(operator: &Operator, bar: &ProgressBar) -> Result<FetchReport, CommandError> {
    let mut total = FetchReport::default();
    loop {
        let FetchReport { stored, failed, remaining } = operator.fetch_assets().await?;
        total = FetchReport { stored: total.stored + stored, failed, remaining };
        bar.set_message(format!("{} logos fetched, {remaining} remaining", total.stored));
        if remaining == 0 || stored == 0 {
            return Ok(total);
        }
    }
}
