//! The way to a base URL: name, connection, TLS, and by the `Date` of the answer how far the clocks are apart.
//!
//! Mastercard does not publish how old a timestamp may be; the limits here are guesses on the careful side.

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

const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds apart that nobody minds; `Date` has whole seconds.
const NEAR: u64 = 30;
/// Seconds apart from which a signature may be refused.
const FAR: u64 = 300;

/// Ends at the first thing that is wrong.
pub(super) async fn rows(api: Api, url: &Url, transport: &Transport, clock: &Clock) -> Vec<Row> {
    let what = |step: &str| format!("{}: {step}", api.name());
    let mut rows = match proxied(url) {
        true => vec![
            Row::skipped(what("DNS"), "the environment names a proxy"),
            Row::skipped(what("TCP"), "the same"),
        ],
        false => match connect(url, what).await {
            Ok(rows) => rows,
            Err(rows) => return rows,
        },
    };
    match transport.date(url, PATIENCE).await {
        Ok(date) => {
            let tls = if url.scheme() == "https" {
                Row::ok(what("TLS"), "1.2 or newer, with a certificate that is trusted here")
            } else {
                Row::skipped(what("TLS"), "plain http")
            };
            rows.extend([tls, compared(what("clock"), date.as_deref(), clock.now())]);
        }
        Err(error) => {
            let told = telemetry::chain(&error);
            let to_do =
                "check for a proxy that opens TLS, an incomplete set of root certificates, or an old address";
            rows.push(Row::wrong(what("TLS"), told, to_do));
        }
    }
    rows
}

async fn connect(url: &Url, what: impl Fn(&str) -> String) -> Result<Vec<Row>, Vec<Row>> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(443);
    let to_do = "check the base URL, the name server and the way out (firewall, proxy)";
    let addresses: Vec<_> = match within(lookup_host((host, port))).await {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Err(vec![Row::wrong(what("DNS"), error.to_string(), to_do)]),
    };
    let listed: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
    let named = match listed.as_slice() {
        [address] if address == host => Row::ok(what("DNS"), format!("{host} needs no name server")),
        _ => Row::ok(what("DNS"), format!("{host} is {}", listed.join(", "))),
    };
    match within(TcpStream::connect(&addresses[..])).await {
        Ok(_) => Ok(vec![named, Row::ok(what("TCP"), format!("port {port} is open"))]),
        Err(error) => Err(vec![named, Row::wrong(what("TCP"), format!("port {port}: {error}"), to_do)]),
    }
}

async fn within<T>(attempt: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, attempt).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn compared(what: String, date: Option<&str>, now: Timestamp) -> Row {
    let Some(theirs) = date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok()) else {
        return Row::skipped(what, "the answer had no Date");
    };
    let ahead = now.as_second() - theirs.as_second();
    let direction = if ahead < 0 { "behind" } else { "ahead of" };
    let told = format!("{} s {direction} the server's", ahead.unsigned_abs());
    let to_do = "set the clock by NTP: signatures carry the time, and one that is off is refused";
    match ahead.unsigned_abs() {
        apart if apart <= NEAR => Row::ok(what, told),
        apart if apart <= FAR => Row::warning(what, told, to_do),
        _ => Row::wrong(what, told, to_do),
    }
}

/// Whether the HTTP client will ask a proxy: then names and connections are the proxy's business.
fn proxied(url: &Url) -> bool {
    let variables = [format!("{}_proxy", url.scheme()), "all_proxy".to_owned()];
    let named = |(name, value): (String, String)| {
        !value.is_empty() && variables.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    Environment::of(url) != Some(Environment::Local) && std::env::vars().any(named)
}
