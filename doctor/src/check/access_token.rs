//! What the functions expect of the app's access tokens: the claim with the client id, the scopes, and the challenge of a step-up.

use runtime::config::{
    Environment,
    registry::{
        CLIENT_ID_CLAIM, READ_SCOPES, STEP_UP_ACR_VALUES, STEP_UP_MAX_AGE_MINUTES, STEP_UP_METHODS,
        TOKEN_WRITE_SCOPES, WRITE_SCOPES,
    },
};

use super::reading::Reading;
use crate::report::Row;

/// Claims that hold the app's id: `client_id` in RFC 9068, `azp` in OpenID Connect.
const APP_CLAIMS: [&str; 2] = ["client_id", "azp"];

pub(super) fn rows(reading: &mut Reading<'_>, environment: Environment) -> Vec<Row> {
    let claim = client_id_claim(reading, environment);
    claim.into_iter().chain(scopes(reading)).chain(step_up(reading)).collect()
}

/// `local`'s own login puts the cardholder's client id into `client_id`.
fn client_id_claim(reading: &mut Reading<'_>, environment: Environment) -> Option<Row> {
    let remedy = "set it to the claim with the cardholder's client id in Processing";
    if let Some(row) = reading.problem_row(&CLIENT_ID_CLAIM, remedy) {
        return Some(row);
    }
    let claim = reading.raw(&CLIENT_ID_CLAIM)?;
    if environment != Environment::Local && APP_CLAIMS.contains(&claim) {
        let finding = format!("{claim} usually is the app: all cardholders would be one client");
        return Some(Row::warning(CLIENT_ID_CLAIM.name(), finding, remedy));
    }
    Some(Row::ok(CLIENT_ID_CLAIM.name(), claim))
}

/// Who sets scopes for some requests rarely means that all others take any token of the login.
fn scopes(reading: &Reading<'_>) -> Option<Row> {
    let lists = [READ_SCOPES, WRITE_SCOPES, TOKEN_WRITE_SCOPES];
    let unset = match lists.map(|list| reading.raw(&list).is_some()) {
        [false, false, false] | [true, true, _] => return None,
        [false, ..] => READ_SCOPES.name(),
        [true, false, _] => WRITE_SCOPES.name(),
    };
    let finding = "not set, although other scopes are: its requests need none";
    Some(Row::warning(
        unset,
        finding,
        "set it too, or none of READ_SCOPES, WRITE_SCOPES and TOKEN_WRITE_SCOPES",
    ))
}

/// A challenge has no parameter for `amr`.
fn step_up(reading: &Reading<'_>) -> Option<Row> {
    let methods = reading.raw(&STEP_UP_METHODS)?;
    if reading.raw(&STEP_UP_ACR_VALUES).is_some() || reading.raw(&STEP_UP_MAX_AGE_MINUTES).is_some() {
        return Some(Row::ok(STEP_UP_METHODS.name(), methods));
    }
    let finding = "the app cannot know what to request from the login: a challenge names no methods";
    Some(Row::warning(
        STEP_UP_METHODS.name(),
        finding,
        "set STEP_UP_ACR_VALUES or STEP_UP_MAX_AGE_MINUTES too",
    ))
}
