//! Where cardholders are sent, and where they come back: redirect origins, the callback address and the app's links.

use mastercard::token_requestor::TokenRequestorId;
use runtime::config::Environment;
use url::Url;

use super::reading::Reading;
use crate::report::Row;

/// Mastercard's limit of `callbackURL`, and a sensible one for links of ours.
const LONGEST: usize = 256;
const CALLBACK: &str = "CALLBACK_BASE_URL";
const LINKS: &str = "APP_LINKS";
const ORIGINS: &str = "ALLOWED_REDIRECT_ORIGINS";
const DEFAULT: &str = "DEFAULT_TOKEN_REQUESTOR_ID";
const VALIDITY: &str = "RECEIPTS_VALIDITY_MINUTES";
/// Schemes that name no app and no page.
const NOWHERE: [&str; 6] = ["about", "blob", "data", "file", "javascript", "vbscript"];

pub(super) fn rows(reading: &mut Reading<'_>, environment: Environment) -> Vec<Row> {
    vec![
        callback(reading, environment),
        app_links(reading, environment),
        default_requestor(reading),
        origins(reading, environment),
        reading
            .refused(VALIDITY, "give 5 to 15, or leave it out for 15")
            .unwrap_or_else(|| Row::ok(VALIDITY, reading.raw(VALIDITY).unwrap_or("15, by default"))),
    ]
}

fn callback(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let to_do = "give the public address of receive-callback, for example https://bank.example/callback";
    if let Some(refused) = reading.refused(CALLBACK, to_do) {
        return refused;
    }
    let Some(url) = reading.value::<Url>(CALLBACK) else { return Row::skipped(CALLBACK, "not set") };
    if let Some(told) = unfit_for_browsers(&url, environment) {
        return Row::wrong(CALLBACK, told, to_do);
    }
    let state = reading.enroll.as_ref().and_then(|terms| Some((terms, terms.new_state().ok()?)));
    let length = state.map_or(url.as_str().len(), |(terms, state)| terms.callback_url(&state).len());
    if length > LONGEST {
        let told = format!("{length} characters with the state; Mastercard takes {LONGEST}");
        return Row::wrong(CALLBACK, told, to_do);
    }
    Row::ok(CALLBACK, format!("{length} of {LONGEST} characters with the state"))
}

fn app_links(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let to_do = "give id=URL pairs, each https or a scheme of your app";
    if let Some(refused) = reading.refused(LINKS, to_do) {
        return refused;
    }
    let links = reading.pairs(LINKS);
    let unfit = links.iter().find_map(|(id, link)| {
        let told = unfit_link(&link.parse().ok()?, environment)?;
        Some(format!("{id}: {told}"))
    });
    match unfit {
        Some(told) => Row::wrong(LINKS, told, to_do),
        None => {
            let ids: Vec<&str> = links.iter().map(|(id, _)| id.as_str()).collect();
            Row::ok(LINKS, ids.join(", "))
        }
    }
}

fn unfit_link(link: &Url, environment: Environment) -> Option<String> {
    match link.scheme() {
        "http" | "https" => unfit_for_browsers(link, environment),
        scheme if NOWHERE.contains(&scheme) => Some(format!("{scheme}: leads to no app and no page")),
        _ => None,
    }
    .or_else(|| (link.as_str().len() > LONGEST).then(|| format!("longer than {LONGEST} characters")))
}

fn unfit_for_browsers(url: &Url, environment: Environment) -> Option<String> {
    match ((environment == Environment::Local), url.scheme()) {
        (true, "http" | "https") => None,
        (false, "https") if Environment::of(url) == Some(Environment::Local) => {
            Some("is on this machine".into())
        }
        (false, "https") => None,
        (_, scheme) => Some(format!("{scheme}, where https is needed")),
    }
}

fn default_requestor(reading: &mut Reading<'_>) -> Row {
    let to_do = "give eleven digits; Click to Pay is 50123197928";
    if let Some(refused) = reading.refused(DEFAULT, to_do) {
        return refused;
    }
    let Some(id) = reading.value::<TokenRequestorId>(DEFAULT) else {
        return Row::skipped(DEFAULT, "not set");
    };
    Row::ok(DEFAULT, id.to_string())
}

fn origins(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let to_do = "give <token requestor id>=<scheme://host[:port]> pairs, one for each place that its push methods lead to";
    if let Some(refused) = reading.refused(ORIGINS, to_do) {
        return refused;
    }
    let origins = reading.pairs(ORIGINS);
    let plain = |origin: &String| !(environment == Environment::Local) && origin.starts_with("http:");
    if let Some((id, _)) = origins.iter().find(|(_, origin)| plain(origin)) {
        return Row::wrong(ORIGINS, format!("{id}: http, where https is needed"), to_do);
    }
    let default = reading.raw(DEFAULT).unwrap_or_default();
    if !origins.iter().any(|(id, _)| id == default) {
        return Row::warning(
            ORIGINS,
            "none for the default token requestor: it cannot be redirected to",
            to_do,
        );
    }
    let sandbox = |origin: &String| origin.contains("//sandbox.");
    if environment == Environment::Production && origins.iter().any(|(_, origin)| sandbox(origin)) {
        return Row::warning(ORIGINS, "one of them is of the sandbox", "remove it before cardholders come");
    }
    Row::ok(ORIGINS, format!("{} in all", origins.len()))
}
