//! The URLs that cardholders' browsers follow: redirect origins, the callback URL and the app links.

use jiff::Timestamp;
use model::enrollment::EnrollmentId;
use runtime::{
    config::{
        Environment, Pairs,
        registry::{
            ALLOWED_REDIRECT_ORIGINS, APP_LINKS, CALLBACK_BASE_URL, DEFAULT_TOKEN_REQUESTOR_ID,
            RECEIPTS_VALIDITY_MINUTES,
        },
    },
    store::enrollments::{SECRET_BYTES, callback_state},
};
use url::Url;

use super::reading::Reading;
use crate::report::Row;

/// Mastercard's limit for `callbackURL`, in characters; used for app links too.
const MAX_LENGTH: usize = 256;
const CALLBACK: &str = CALLBACK_BASE_URL.name();
const LINKS: &str = APP_LINKS.name();
const ORIGINS: &str = ALLOWED_REDIRECT_ORIGINS.name();
const DEFAULT: &str = DEFAULT_TOKEN_REQUESTOR_ID.name();
const VALIDITY: &str = RECEIPTS_VALIDITY_MINUTES.name();
/// Schemes that open neither an app nor a page.
const UNUSABLE_SCHEMES: [&str; 6] = ["about", "blob", "data", "file", "javascript", "vbscript"];

pub(super) fn rows(reading: &mut Reading<'_>, environment: Environment) -> Vec<Row> {
    vec![
        callback(reading, environment),
        app_links(reading, environment),
        default_requestor(reading),
        origins(reading, environment),
        reading
            .problem_row(&RECEIPTS_VALIDITY_MINUTES, "set it to 5 to 15, or leave it unset for 15")
            .unwrap_or_else(|| {
                Row::ok(VALIDITY, reading.raw(&RECEIPTS_VALIDITY_MINUTES).unwrap_or("15, by default"))
            }),
    ]
}

fn callback(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let remedy = "set it to the public URL of receive-callback, for example https://bank.example/callback";
    if let Some(row) = reading.problem_row(&CALLBACK_BASE_URL, remedy) {
        return row;
    }
    let Some(url) = reading.value(&CALLBACK_BASE_URL) else { return Row::skipped(CALLBACK, "not set") };
    if let Some(finding) = browser_url_problem(&url, environment) {
        return Row::wrong(CALLBACK, finding, remedy);
    }
    let state = callback_state(EnrollmentId::new(Timestamp::UNIX_EPOCH), [0; SECRET_BYTES]);
    let config = reading.enroll.as_ref();
    let length = config.map_or(url.as_str().len(), |config| config.callback_url(&state).len());
    if length > MAX_LENGTH {
        let finding = format!("{length} characters with the state; Mastercard accepts {MAX_LENGTH}");
        return Row::wrong(CALLBACK, finding, remedy);
    }
    Row::ok(CALLBACK, format!("{length} of {MAX_LENGTH} characters with the state"))
}

fn app_links(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let remedy = "set it to id=URL pairs, each with https or your app's scheme";
    if let Some(row) = reading.problem_row(&APP_LINKS, remedy) {
        return row;
    }
    let Some(links) = reading.value(&APP_LINKS) else { return Row::skipped(LINKS, "not set") };
    let problem =
        links.iter().find_map(|(id, link)| Some(format!("{id}: {}", app_link_problem(link, environment)?)));
    match problem {
        Some(problem) => Row::wrong(LINKS, problem, remedy),
        None => {
            let ids: Vec<&str> = links.iter().map(|(id, _)| id).collect();
            Row::ok(LINKS, ids.join(", "))
        }
    }
}

fn app_link_problem(link: &Url, environment: Environment) -> Option<String> {
    match link.scheme() {
        "http" | "https" => browser_url_problem(link, environment),
        scheme if UNUSABLE_SCHEMES.contains(&scheme) => {
            Some(format!("{scheme}: opens neither an app nor a page"))
        }
        _ => None,
    }
    .or_else(|| (link.as_str().len() > MAX_LENGTH).then(|| format!("longer than {MAX_LENGTH} characters")))
}

fn browser_url_problem(url: &Url, environment: Environment) -> Option<String> {
    match (environment == Environment::Local, url.scheme()) {
        (true, "http" | "https") => None,
        (false, "https") if Environment::of(url) == Some(Environment::Local) => {
            Some("is on this machine".into())
        }
        (false, "https") => None,
        (_, scheme) => Some(format!("{scheme}, but https is needed")),
    }
}

fn default_requestor(reading: &mut Reading<'_>) -> Row {
    let remedy = "set it to eleven digits; Click to Pay is 50123197928";
    if let Some(row) = reading.problem_row(&DEFAULT_TOKEN_REQUESTOR_ID, remedy) {
        return row;
    }
    let Some(id) = reading.value(&DEFAULT_TOKEN_REQUESTOR_ID) else {
        return Row::skipped(DEFAULT, "not set");
    };
    Row::ok(DEFAULT, id.to_string())
}

fn origins(reading: &mut Reading<'_>, environment: Environment) -> Row {
    let remedy = "set it to <token requestor id>=<scheme://host[:port]> pairs, one for each origin of its push methods";
    if let Some(row) = reading.problem_row(&ALLOWED_REDIRECT_ORIGINS, remedy) {
        return row;
    }
    let Some(Pairs(origins)) = reading.value(&ALLOWED_REDIRECT_ORIGINS) else {
        return Row::skipped(ORIGINS, "not set");
    };
    let plain = |origin: &String| environment != Environment::Local && origin.starts_with("http:");
    if let Some((id, _)) = origins.iter().find(|(_, origin)| plain(origin)) {
        return Row::wrong(ORIGINS, format!("{id}: http, but https is needed"), remedy);
    }
    let default = reading.raw(&DEFAULT_TOKEN_REQUESTOR_ID).unwrap_or_default();
    if !origins.iter().any(|(id, _)| id == default) {
        return Row::warning(
            ORIGINS,
            "none for the default token requestor: cardholders cannot be redirected to it",
            remedy,
        );
    }
    let sandbox = |origin: &String| origin.contains("//sandbox.");
    if environment == Environment::Production && origins.iter().any(|(_, origin)| sandbox(origin)) {
        return Row::warning(ORIGINS, "one of them is of the sandbox", "remove it in production");
    }
    Row::ok(ORIGINS, format!("{} origins", origins.len()))
}
