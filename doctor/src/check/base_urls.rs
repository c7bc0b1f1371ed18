//! Compares the base URLs with those that Mastercard documents for the environment. For Token Connect in MTF,
//! Mastercard's pages and its OpenAPI document name different hosts: both are accepted.

use runtime::config::{Environment, registry::MASTERCARD_ENVIRONMENT};

use super::{Api, reading::Reading};
use crate::report::Row;

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
    urls.into_iter().chain([environment_row(reading, environment)]).collect()
}

fn environment_row(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let name = MASTERCARD_ENVIRONMENT.name();
    let remedy = format!("set it to {environment}");
    if let Some(row) = reading.problem_row(&MASTERCARD_ENVIRONMENT, &remedy) {
        return row;
    }
    match reading.value(&MASTERCARD_ENVIRONMENT) {
        Some(named) if named == environment => Row::ok(name, named.as_str()),
        Some(named) => Row::wrong(name, format!("is {named}, but --env says {environment}"), remedy),
        None => Row::skipped(name, "not set: the base URLs decide"),
    }
}

fn row(reading: &mut Reading<'_>, api: Api, environment: Environment) -> Row {
    let name = api.url().name();
    let documented_urls = documented(environment, api);
    let remedy = match documented_urls.first() {
        Some(documented) => format!("set it to {documented}"),
        None => "set it to the simulator's address, as `local --env-file` writes it".into(),
    };
    if let Some(row) = reading.problem_row(&api.url(), &remedy) {
        return row;
    }
    let Some(url) = reading.value(&api.url()) else { return Row::skipped(name, "not set") };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Row::wrong(name, "contains a user name, a password or a query", remedy);
    }
    let shown = format!("{}{}", url.origin().ascii_serialization(), url.path());
    match Environment::of(&url) {
        Some(other) if other != environment => {
            let finding = format!("{shown} is of {other}, but --env says {environment}");
            Row::wrong(name, finding, format!("{remedy}, or give the other environment to --env"))
        }
        Some(Environment::Local) => Row::ok(name, shown),
        Some(_) if documented_urls.contains(&url.as_str().trim_end_matches('/')) => Row::ok(name, shown),
        Some(_) => {
            Row::wrong(name, format!("{shown} is not the documented address of {environment}"), remedy)
        }
        None if environment == Environment::Local => {
            Row::wrong(name, format!("{shown} is not on this machine"), remedy)
        }
        None => Row::warning(
            name,
            format!("{shown} is not documented by Mastercard"),
            format!("verify it (a regional host or your own gateway?), or {remedy}"),
        ),
    }
}
