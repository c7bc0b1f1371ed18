//! The clients, made as the functions make them, and one signed call with each that changes nothing.

use std::time::Duration;

use mastercard::{
    Deadline, MastercardError, Processing, TokenConnect,
    card::{AccountRange, ClientId},
    token_connect::RANGES_A_CALL,
    token_requestor::TokenRequestorId,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime, TokenConnectSettings},
    telemetry,
};

use super::{
    Api,
    reading::{ACCOUNT_RANGES, Reading},
};
use crate::report::Row;

const PATIENCE: Duration = Duration::from_secs(20);
/// Asked for when nobody named a cardholder: the largest id there is.
const NOBODY: u64 = 9_223_372_036_854_775_807;

/// Token Connect's client and the row about it.
pub(super) async fn token_connect(host: &Runtime, healthy: bool) -> (Option<TokenConnect>, Row) {
    let made = match TokenConnectSettings::read(&mut host.settings.read()) {
        Some(settings) => Some(settings.connect(host).await),
        None => None,
    };
    made_or_not(Api::TokenConnect, made, healthy)
}

/// Processing's client and the row about it.
pub(super) async fn processing(host: &Runtime, healthy: bool) -> (Option<Processing>, Row) {
    let made = match ProcessingSettings::read(&mut host.settings.read()) {
        Some(settings) => Some(settings.connect(host).await),
        None => None,
    };
    made_or_not(Api::Processing, made, healthy)
}

/// A client that cannot be made is news only if no row above says why.
fn made_or_not<T>(api: Api, made: Option<Result<T, ConfigError>>, healthy: bool) -> (Option<T>, Row) {
    let what = format!("{}: client", api.name());
    match made {
        Some(Ok(client)) => (Some(client), Row::ok(what, "made as the functions make it")),
        Some(Err(error)) if healthy => {
            let told = telemetry::chain(&error);
            (None, Row::wrong(what, told, "correct it: the functions do not start with it"))
        }
        _ => (None, Row::skipped(what, "what is wrong above stands in its way")),
    }
}

fn operation(api: Api) -> String {
    match api {
        Api::TokenConnect => "Token Connect: getEligibleTokenRequestors".into(),
        Api::Processing => "Processing: getTokensByClient".into(),
    }
}

/// The call that was not made because nobody would have answered.
pub(super) fn unreached(api: Api) -> Row {
    Row::skipped(operation(api), "not reached, see above")
}

/// Steps 1 and 2, with as many of the configured ranges as one call takes.
pub(super) async fn get_eligible_token_requestors(
    client: Option<&TokenConnect>,
    reading: &Reading<'_>,
) -> Row {
    let what = operation(Api::TokenConnect);
    let ranges = reading.raw(ACCOUNT_RANGES).unwrap_or_default().split(',');
    let ranges: Vec<AccountRange> =
        ranges.filter_map(|entry| entry.trim().parse().ok()).take(RANGES_A_CALL).collect();
    let Some(client) = client.filter(|_| !ranges.is_empty()) else {
        return Row::skipped(what, "no client or no account range, see above");
    };
    let found = client.get_eligible_token_requestors(&ranges, Deadline::after(PATIENCE)).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return refused(what, &error),
    };
    let default: Option<TokenRequestorId> = reading.value("DEFAULT_TOKEN_REQUESTOR_ID");
    let known = found.iter().any(|requestor| Some(&requestor.token_requestor_id) == default.as_ref());
    let told = format!("{} token requestors", found.len());
    if found.is_empty() {
        Row::warning(what, told, "ask Mastercard whether the account ranges are enabled for Token Connect")
    } else if !known {
        let to_do = "ask Mastercard to enable the account ranges for it, or name another default";
        Row::warning(what, format!("{told}, the default one is not among them"), to_do)
    } else {
        Row::ok(what, format!("{told}, the default one among them"))
    }
}

/// The tip after step 4. An unknown cardholder is as good an answer as any: the call was signed, sent and read.
pub(super) async fn get_tokens_by_client(client: Option<&Processing>, id: Option<ClientId>) -> Row {
    let what = operation(Api::Processing);
    let Some(client) = client else { return Row::skipped(what, "no client, see above") };
    let asked = id.unwrap_or_else(|| NOBODY.into());
    match (client.get_tokens_by_client(asked, Deadline::after(PATIENCE)).await, id) {
        (Ok(tokens), Some(_)) => Row::ok(what, format!("{} tokens of this cardholder", tokens.len())),
        (Ok(_), None) => {
            Row::ok(what, "answered for a cardholder who does not exist (--client-id asks for another)")
        }
        (Err(error), _) => refused(what, &error),
    }
}

/// In the words of the client's own diagnosis. Where base strings differ is told by place and name, never by value.
fn refused(what: String, error: &MastercardError) -> Row {
    let diagnosis = error.diagnosis();
    let strings = error.refusal().and_then(|refusal| refusal.base_strings.as_ref());
    let strings = strings.map(|strings| format!("the gateway's base string and ours {strings}"));
    let meaning = Some(diagnosis.meaning.to_owned());
    Row::wrong(what, telemetry::chain(error), diagnosis.remedy).and([meaning, strings].into_iter().flatten())
}
