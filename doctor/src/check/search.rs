//! Steps 7 to 9 for one card: whether Processing finds it, and whether Token Connect will go on accepting its payload.

use std::time::Duration;

use mastercard::{
    Deadline, Processing,
    card::{CardContractId, ClientId},
};
use runtime::{
    config::{Runtime, SearchSettings, registry::DEFAULT_TOKEN_REQUESTOR_ID},
    telemetry,
};

use super::{calls::failed_call, reading::Reading};
use crate::{report::Row, trial_search::trial_search};

const WHAT: &str = "Processing: searchFundingAccounts";
const TIMEOUT: Duration = Duration::from_secs(20);

/// The search changes nothing, and nothing is pushed.
pub(super) async fn search_funding_accounts(
    client: Option<&Processing>,
    runtime: &Runtime,
    reading: &Reading<'_>,
    (client_id, card_contract_id): (ClientId, CardContractId),
) -> Row {
    let settings = SearchSettings::from_settings(&mut runtime.settings.read());
    let requestor = reading.value(&DEFAULT_TOKEN_REQUESTOR_ID);
    let (Some(client), Some(settings), Some(token_requestor_id)) = (client, settings, requestor) else {
        return Row::skipped(WHAT, "no client, or a setting is missing, see above");
    };
    let config = match settings.connect().await {
        Ok(config) => config,
        Err(error) => return Row::wrong(WHAT, telemetry::chain(&error), "see the setting above"),
    };
    let search = trial_search(card_contract_id, token_requestor_id);
    match client.search_funding_accounts(client_id, &search, &config, Deadline::after(TIMEOUT)).await {
        Ok(card) if card.has_oaep_hashing_algorithm() => {
            Row::ok(WHAT, "the encrypted card states its oaepHashingAlgorithm")
        }
        Ok(_) => Row::warning(
            WHAT,
            "the encrypted card has no oaepHashingAlgorithm: Token Connect rejects it from 1 April 2027",
            "ask Mastercard Processing when it will send oaepHashingAlgorithm, as configured at onboarding",
        ),
        Err(error) => failed_call(WHAT, &error),
    }
}
