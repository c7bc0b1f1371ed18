//! Base URLs against the environment that was named. Mastercard documents them per API; for MTF's Token Connect its
//! pages and its OpenAPI document disagree about the host, so both are taken.

use runtime::config::Environment;
use url::Url;

use super::{Api, reading::Reading};
use crate::report::Row;

/// What the functions may be told, to hold their base URLs against.
const NAMED: &str = "MASTERCARD_ENVIRONMENT";

fn documented(environment: Environment, api: Api) -> &'static [&'static str] {
    match (environment, api) {
        (Environment::Sandbox, Api::TokenConnect) => &["https://sandbox.api.mastercard.com/mdes"],
        (Environment::Mtf, Api::TokenConnect) => {
            &["https://api.mastercard.com/mdes/mtf", "https://sandbox.api.mastercard.com/mdes/mtf"]
        }
        (Environment::Production, Api::TokenConnect) => &["https://api.mastercard.com/mdes"],
        (Environment::Sandbox, Api::Processing) => {
            &["https://sandbox.api.mastercard.com/global-processing/digital"]
        }
        (Environment::Mtf, Api::Processing) => &["https://mtf.api.mastercard.com/global-processing/digital"],
        (Environment::Production, Api::Processing) => {
            &["https://api.mastercard.com/global-processing/digital"]
        }
        (Environment::Local, _) => &[],
    }
}

pub(super) fn rows(reading: &mut Reading<'_>, environment: Environment) -> Vec<Row> {
    let urls = Api::ALL.map(|api| row(reading, api, environment));
    urls.into_iter().chain([named(reading, environment)]).collect()
}

fn named(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let to_do = format!("set it to {environment}");
    if let Some(refused) = reading.refused(NAMED, &to_do) {
        return refused;
    }
    match reading.value::<Environment>(NAMED) {
        Some(named) if named == environment => Row::ok(NAMED, named.as_str()),
        Some(named) => Row::wrong(NAMED, format!("is {named}, but --env says {environment}"), to_do),
        None => Row::skipped(NAMED, "not set: the base URLs tell"),
    }
}

fn row(reading: &mut Reading<'_>, api: Api, environment: Environment) -> Row {
    let name = api.setting("URL");
    let known = documented(environment, api);
    let wanted = match known.first() {
        Some(documented) => format!("set it to {documented}"),
        None => "set it to the simulator's address, as `local --env-file` writes it".into(),
    };
    if let Some(refused) = reading.refused(&name, &wanted) {
        return refused;
    }
    let Some(url) = reading.value::<Url>(&name) else { return Row::skipped(name, "not set") };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Row::wrong(name, "holds a user name, a password or a query", wanted);
    }
    let shown = format!("{}{}", url.origin().ascii_serialization(), url.path());
    match Environment::of(&url) {
        Some(other) if other != environment => {
            let told = format!("{shown} is of {other}, but --env says {environment}");
            Row::wrong(name, told, format!("{wanted}, or name the other environment"))
        }
        Some(Environment::Local) => Row::ok(name, shown),
        Some(_) if known.contains(&url.as_str().trim_end_matches('/')) => Row::ok(name, shown),
        Some(_) => {
            Row::wrong(name, format!("{shown} is not the documented address of {environment}"), wanted)
        }
        None if environment == Environment::Local => {
            Row::wrong(name, format!("{shown} is not on this machine"), wanted)
        }
        None => Row::warning(
            name,
            format!("{shown} is no address that Mastercard documents"),
            format!("make sure of it (a region of its own, a gateway of yours?), else {wanted}"),
        ),
    }
}
