//! The connection to a base URL: DNS, TCP, TLS, and the clock skew by the `Date` header of the response.
//!
//! Mastercard does not publish how old a timestamp may be; the limits here are conservative guesses.

use std::{io, time::Duration};

use jiff::{Timestamp, fmt::rfc2822};
use mastercard::Transport;
use model::clock::Clock;
use runtime::{config::Environment, telemetry};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use url::Url;

use super::Api;
use crate::report::Row;

const TIMEOUT: Duration = Duration::from_secs(5);
/// Clock skew in seconds that is accepted; `Date` has whole seconds.
const SMALL_SKEW: u64 = 30;
/// Clock skew in seconds above which Mastercard may reject a signature.
const LARGE_SKEW: u64 = 300;

/// Rows for each step, up to the first that fails.
pub(super) async fn rows(api: Api, url: &Url, transport: &Transport, clock: &Clock) -> Vec<Row> {
    let what = |step: &str| format!("{}: {step}", api.name());
    let mut rows = match uses_proxy(url) {
        true => vec![
            Row::skipped(what("DNS"), "the environment configures a proxy"),
            Row::skipped(what("TCP"), "the environment configures a proxy"),
        ],
        false => match connect(url, what).await {
            Ok(rows) => rows,
            Err(rows) => return rows,
        },
    };
    match transport.date(url, TIMEOUT).await {
        Ok(date) => {
            let tls = if url.scheme() == "https" {
                Row::ok(what("TLS"), "1.2 or newer, with a trusted certificate")
            } else {
                Row::skipped(what("TLS"), "plain http")
            };
            rows.extend([tls, clock_row(what("clock"), date.as_deref(), clock.now())]);
        }
        Err(error) => {
            let finding = telemetry::chain(&error);
            let remedy =
                "check for a proxy that intercepts TLS, missing root certificates, or an outdated base URL";
            rows.push(Row::wrong(what("TLS"), finding, remedy));
        }
    }
    rows
}

async fn connect(url: &Url, what: impl Fn(&str) -> String) -> Result<Vec<Row>, Vec<Row>> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(443);
    let remedy = "check the base URL, the name server and outgoing connections (firewall, proxy)";
    let addresses: Vec<_> = match with_timeout(lookup_host((host, port))).await {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Err(vec![Row::wrong(what("DNS"), error.to_string(), remedy)]),
    };
    let listed: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
    let dns = match listed.as_slice() {
        [address] if address == host => Row::ok(what("DNS"), format!("{host} is an IP address")),
        _ => Row::ok(what("DNS"), format!("{host} is {}", listed.join(", "))),
    };
    match with_timeout(TcpStream::connect(&addresses[..])).await {
        Ok(_) => Ok(vec![dns, Row::ok(what("TCP"), format!("port {port} is open"))]),
        Err(error) => Err(vec![dns, Row::wrong(what("TCP"), format!("port {port}: {error}"), remedy)]),
    }
}

async fn with_timeout<T>(operation: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(TIMEOUT, operation).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn clock_row(what: String, date: Option<&str>, now: Timestamp) -> Row {
    let Some(theirs) = date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok()) else {
        return Row::skipped(what, "the response had no Date header");
    };
    let ahead = now.as_second() - theirs.as_second();
    let direction = if ahead < 0 { "behind" } else { "ahead of" };
    let finding = format!("{} s {direction} the server's", ahead.unsigned_abs());
    let remedy = "synchronize the clock by NTP: Mastercard rejects signatures with a wrong timestamp";
    match ahead.unsigned_abs() {
        skew if skew <= SMALL_SKEW => Row::ok(what, finding),
        skew if skew <= LARGE_SKEW => Row::warning(what, finding, remedy),
        _ => Row::wrong(what, finding, remedy),
    }
}

/// Whether the HTTP client will use a proxy, which then resolves names and connects.
fn uses_proxy(url: &Url) -> bool {
    let variables = [format!("{}_proxy", url.scheme()), "all_proxy".to_owned()];
    let configures_proxy = |(name, value): (String, String)| {
        !value.is_empty() && variables.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    Environment::of(url) != Some(Environment::Local) && std::env::vars().any(configures_proxy)
}
