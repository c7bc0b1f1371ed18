//! `doctor erase`: shows what is stored of one client, asks, and deletes it.

use std::io::{self, Write as _};

use doctor::support::{ErasureRecord, FoundData, Support};
use indicatif::ProgressBar;
use mastercard::card::ClientId;
use runtime::{config::Settings, store::enrollments::EraseError};

use super::{CommandError, DYNAMODB, is_confirmed};

/// `false` if it was refused or not everything was deleted. The records, before and after, are lines of JSON on standard output;
/// the rest is for the person who runs it.
pub(crate) async fn erase(settings: Settings, client: ClientId, yes: bool) -> Result<bool, CommandError> {
    let support = Support::connect(settings.clone()).await?;
    let found = find(&support, client).await?;
    writeln!(io::stderr(), "{found}")?;
    if found.is_empty() {
        return Ok(true);
    }
    if let Some(id) = found.live {
        writeln!(
            io::stderr(),
            "Nothing was deleted, because enrollment {id} is live. Repeat this when it has ended; `doctor timeline {id}` \
             shows its status."
        )?;
        return Ok(false);
    }
    if !is_confirmed(&settings, DYNAMODB, yes, &format!("delete all of this data of client {client}"))? {
        return Ok(false);
    }
    let (erasure, record) = support.start_erasure(&found).await?;
    print_line(&record)?;
    let (record, outcome) = support.erase(&found, &erasure).await;
    print_line(&record)?;
    match outcome {
        Ok(()) if found.unreadable().is_empty() => Ok(true),
        Ok(()) => {
            writeln!(
                io::stderr(),
                "Not everything was deleted: {} items cannot be read. Repeat this with the version of doctor that belongs to \
                 the deployed functions, or delete them in DynamoDB.",
                found.unreadable().len()
            )?;
            Ok(false)
        }
        Err(EraseError::Store(error)) => Err(error.into()),
        Err(error @ (EraseError::Live(_) | EraseError::Changed)) => {
            writeln!(io::stderr(), "Not everything was deleted: {error}. Repeat this.")?;
            Ok(false)
        }
    }
}

fn print_line(record: &ErasureRecord) -> Result<(), CommandError> {
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, record)?;
    Ok(writeln!(output)?)
}

async fn find(support: &Support, client: ClientId) -> Result<FoundData, CommandError> {
    let bar = ProgressBar::new_spinner();
    let progress = |scanned| {
        bar.set_message(format!("{scanned} items searched"));
        bar.tick();
    };
    let found = support.find_client(client, progress).await?;
    bar.finish_and_clear();
    Ok(found)
}
