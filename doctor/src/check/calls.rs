//! Creates the clients as the functions do, and makes one signed read-only call with each key set.

use std::time::Duration;

use mastercard::{
    Deadline, MastercardError, Processing, TokenConnect, Upstream,
    card::{AccountRange, ClientId},
    token_connect::{EligibleTokenRequestors, MAX_RANGES_PER_CALL},
    token_requestor::TokenRequestorId,
};
use runtime::{
    config::{
        ConfigError, ProcessingSettings, Runtime, TokenConnectSettings,
        registry::{ACCOUNT_RANGES, DEFAULT_TOKEN_REQUESTOR_ID},
    },
    telemetry,
};

use super::{Api, key_sets::KeySet, reading::Reading};
use crate::report::{Row, Verdict};

const TIMEOUT: Duration = Duration::from_secs(20);
/// Read without `--client-id`: the largest client id, which does not exist.
const UNKNOWN_CLIENT_ID: u64 = 9_223_372_036_854_775_807;

const UNKNOWN_CLIENT: &str = "answered for a client id that does not exist (--client-id reads another)";
/// The client says only of how many; this program writes no log.
const UNREADABLE_REMEDY: &str = "ask Mastercard what changed; when sync-requestors refreshes the catalog, its log event \
    response_fields_unreadable names the fields";

/// Token Connect's client; `None` if a setting is wrong.
pub(super) async fn token_connect(runtime: &Runtime) -> Option<Result<TokenConnect, ConfigError>> {
    let settings = TokenConnectSettings::from_settings(&mut runtime.settings.read())?;
    Some(settings.connect(runtime).await)
}

/// Processing's client; `None` if a setting is wrong.
pub(super) async fn processing(runtime: &Runtime) -> Option<Result<Processing, ConfigError>> {
    let settings = ProcessingSettings::from_settings(&mut runtime.settings.read())?;
    Some(settings.connect(runtime).await)
}

/// A client that cannot be created is reported only if no row above gives the reason.
pub(super) fn client_row<T>(api: Api, client: Option<&Result<T, ConfigError>>, healthy: bool) -> Row {
    let what = client_name(api);
    match client {
        Some(Ok(_)) => Row::ok(what, "created as the functions create it"),
        Some(Err(error)) if healthy => {
            let finding = telemetry::chain(error);
            Row::wrong(what, finding, "correct it: the functions do not start with it")
        }
        _ => Row::skipped(what, "needs the settings that are wrong above"),
    }
}

/// The row of an API's client.
pub(super) fn client_name(api: Api) -> String {
    format!("{}: client", api.name())
}

fn operation(api: Api) -> &'static str {
    match api {
        Api::TokenConnect => "Token Connect: getEligibleTokenRequestors",
        Api::Processing => "Processing: getTokensByClient",
    }
}

/// The row of a call that was not made because of the rows about base URL, connection and clock.
pub(super) fn not_made(api: Api, key_set: KeySet) -> Row {
    Row::skipped(key_set.row_name(operation(api)), "not made, because of what is wrong above")
}

/// One call that is signed with this key set and with no other.
pub(super) async fn signed_call(
    runtime: &Runtime,
    api: Api,
    key_set: KeySet,
    reading: &Reading<'_>,
    client_id: Option<ClientId>,
) -> Row {
    let what = key_set.row_name(operation(api));
    let runtime = runtime.with_settings(key_set.alone(api, &runtime.settings));
    let row = match api {
        Api::TokenConnect => match token_connect(&runtime).await {
            Some(Ok(client)) => get_eligible_token_requestors(what, &client, reading).await,
            _ => return no_client(what),
        },
        Api::Processing => match processing(&runtime).await {
            Some(Ok(client)) => get_tokens_by_client(what, &client, client_id).await,
            _ => return no_client(what),
        },
    };
    match row.verdict {
        Verdict::Skipped => row,
        _ => row.with_findings(key_set.description(api)),
    }
}

fn no_client(what: String) -> Row {
    Row::skipped(what, "needs settings that are wrong above")
}

/// Steps 1 and 2, with as many of the configured account ranges as one call takes.
async fn get_eligible_token_requestors(what: String, client: &TokenConnect, reading: &Reading<'_>) -> Row {
    let ranges = reading.raw(&ACCOUNT_RANGES).unwrap_or_default().split(',');
    let ranges: Vec<AccountRange> =
        ranges.filter_map(|entry| entry.trim().parse().ok()).take(MAX_RANGES_PER_CALL).collect();
    if ranges.is_empty() {
        return Row::skipped(what, "no account range, see above");
    }
    let response = client.get_eligible_token_requestors(&ranges, Deadline::after(TIMEOUT)).await;
    let EligibleTokenRequestors { token_requestors: requestors, unreadable } = match response {
        Ok(eligible) => eligible,
        Err(error) => return failed_call(what, &error),
    };
    let default: Option<TokenRequestorId> = reading.value(&DEFAULT_TOKEN_REQUESTOR_ID);
    let has_default =
        requestors.iter().any(|requestor| Some(&requestor.token_requestor_id) == default.as_ref());
    let count = format!("{} token requestors", requestors.len());
    if unreadable > 0 {
        let found = format!("{count}; of {unreadable} some fields could not be read");
        Row::warning(what, found, UNREADABLE_REMEDY)
    } else if requestors.is_empty() {
        Row::warning(what, count, "ask Mastercard whether the account ranges are enabled for Token Connect")
    } else if !has_default {
        let remedy = "ask Mastercard to enable the account ranges for it, or name another default";
        Row::warning(what, format!("{count}, the default one is not among them"), remedy)
    } else {
        Row::ok(what, format!("{count}, the default one among them"))
    }
}

/// The tip after step 4. The response that an invented client id is unknown is a success: the call was signed, sent and
/// parsed.
async fn get_tokens_by_client(what: String, client: &Processing, id: Option<ClientId>) -> Row {
    let client_id = id.unwrap_or_else(|| UNKNOWN_CLIENT_ID.into());
    match (client.get_tokens_by_client(client_id, Deadline::after(TIMEOUT)).await, id) {
        (Ok(tokens), Some(_)) => Row::ok(what, format!("{} tokens of this cardholder", tokens.len())),
        (Ok(_), None) => Row::ok(what, UNKNOWN_CLIENT),
        (Err(error), None) if is_not_found(&error) => Row::ok(what, UNKNOWN_CLIENT),
        (Err(error), Some(_)) if is_not_found(&error) => Row::warning(
            what,
            "Processing does not know this client id",
            "use the id of a client of this environment",
        ),
        (Err(error), _) => failed_call(what, &error),
    }
}

/// Processing's own 404, not that of the gateway or the network.
fn is_not_found(error: &MastercardError) -> bool {
    error.status() == Some(404) && error.upstream() == Some(Upstream::Processing)
}

/// The row of a failed call, from the client's diagnosis. A difference between base strings is shown by position and
/// parameter name, never by value.
pub(super) fn failed_call(what: impl Into<String>, error: &MastercardError) -> Row {
    let diagnosis = error.diagnosis();
    let strings = error.api_error().and_then(|error| error.base_strings.as_ref());
    let strings = strings.map(|strings| format!("the gateway's base string and ours {strings}"));
    let meaning = Some(diagnosis.meaning.to_owned());
    Row::wrong(what, telemetry::chain(error), diagnosis.remedy)
        .with_findings([meaning, strings].into_iter().flatten())
}
