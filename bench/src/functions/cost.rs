//! What AWS charges for a million enrollments, from the counts of the journey. The audit trail is not included.

use std::fmt;

use serde::Serialize;

use super::{
    budgets::float,
    figures::Figures,
    journey::{Journey, Part, Step},
};
use crate::report::{Target, count};

/// Prices in US dollars of us-east-1, on demand, by the price list of November 2024. Those per request are for a million of them.
mod price {
    pub(super) const WRITE_UNITS: f64 = 0.625;
    pub(super) const READ_UNITS: f64 = 0.125;
    /// A GB-month of the table, and of its point-in-time recovery.
    pub(super) const STORAGE: f64 = 0.25 + 0.20;
    pub(super) const INVOCATIONS: f64 = 0.20;
    /// A million GB-seconds on arm64.
    pub(super) const COMPUTE: f64 = 13.33;
    pub(super) const API_REQUESTS: f64 = 1.00;
    pub(super) const EDGE_REQUESTS: f64 = 1.00 + 0.60;
    /// A GB of log lines.
    pub(super) const LOG: f64 = 0.50;
    pub(super) const PIPED_EVENTS: f64 = 0.40 + 1.00;
}

/// Memory of a function, in GB.
const MEMORY: f64 = 0.25;
/// The part of a processor that a function with that memory has.
const CPU_SHARE: f64 = 0.145;
/// Assumed waiting times for AWS and Mastercard, in seconds: they are not known outside an account.
const DYNAMODB_WAIT: f64 = 0.005;
const MASTERCARD_WAIT: f64 = 0.4;
/// Bytes of API Gateway's access log line, as `infra/template.yaml` formats it.
const ACCESS_LOG_BYTES: f64 = 300.0;
/// Items of an enrollment with their indexes, in bytes: `docs/scale.md`.
const STORED_BYTES: f64 = 2_000.0;
/// Limits of the usual sums, with `EdgeFor=all` and with `EdgeFor=public`.
const LIMITS: [f64; 2] = [38.0, 32.0];

/// Dollars for a million enrollments.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cost {
    /// With the template's defaults, and an app that does not list the cards after an enrollment, whose status it knows.
    usual: Sum,
    /// With `StatusEvents=all`, and an app that lists the cards again.
    most: Sum,
}

/// What some steps and events cost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sum {
    lines: Vec<Line>,
    /// CloudFront and WAF before the API of the app (`EdgeFor=all`), and before the callback only (`EdgeFor=public`).
    edge: [Line; 2],
}

#[derive(Debug, Serialize)]
struct Line {
    part: &'static str,
    arithmetic: String,
    dollars: f64,
}

impl Cost {
    /// The cost of the enrollment and of the lists before it, and of those after it.
    pub(super) fn of(journey: &Journey, functions: &[Figures]) -> Self {
        let steps: Vec<_> = journey.steps.iter().filter(|step| step.part() != Part::Tokens).collect();
        let most = Sum::of(&steps, journey.status_changes, functions);
        let steps: Vec<_> = steps.into_iter().filter(|step| !step.is_second_list()).collect();
        Self { usual: Sum::of(&steps, journey.outcomes, functions), most }
    }

    /// The targets for the usual sums. A run with only some functions does not know the time of the others.
    pub(super) fn targets(&self, has_all_functions: bool) -> impl Iterator<Item = Target> {
        let sums = self.usual.edge.iter().zip(LIMITS).filter(move |_| has_all_functions);
        sums.map(|(edge, limit)| {
            let name = format!("a million enrollments with {}, USD", edge.part);
            Target::below(name, limit, self.usual.dollars() + edge.dollars)
        })
    }
}

impl Sum {
    fn of(steps: &[&Step], events: usize, functions: &[Figures]) -> Self {
        let sum = |of: fn(&Step) -> f64| steps.iter().map(|step| of(step)).sum::<f64>();
        let requests = count(steps.len());
        let (writes, reads) = (sum(|step| step.dynamodb.write_units), sum(|step| step.dynamodb.read_units));
        let seconds: f64 = steps.iter().map(|step| billed_seconds(step, functions)).sum();
        let log_bytes = sum(|step| float(step.log_bytes)) + requests * ACCESS_LOG_BYTES;
        let events = count(events);
        let line = |part, arithmetic, dollars| Line { part, arithmetic, dollars };
        Self {
            lines: vec![
                line(
                    "DynamoDB",
                    format!(
                        "{writes} M writes × {}, {reads} M reads × {}",
                        price::WRITE_UNITS,
                        price::READ_UNITS
                    ),
                    writes * price::WRITE_UNITS + reads * price::READ_UNITS,
                ),
                line(
                    "DynamoDB, storage for a month",
                    format!("{:.0} GB × {}, with point-in-time recovery", STORED_BYTES / 1e3, price::STORAGE),
                    STORED_BYTES / 1e3 * price::STORAGE,
                ),
                line(
                    "Lambda",
                    format!(
                        "{requests} M invocations × {}; {seconds:.2} M s × {MEMORY} GB × {}",
                        price::INVOCATIONS,
                        price::COMPUTE
                    ),
                    requests * price::INVOCATIONS + seconds * MEMORY * price::COMPUTE,
                ),
                line(
                    "API Gateway",
                    format!("{requests} M × {:.2}", price::API_REQUESTS),
                    requests * price::API_REQUESTS,
                ),
                line(
                    "logs",
                    format!("{:.1} GB × {:.2}", log_bytes / 1e3, price::LOG),
                    log_bytes / 1e3 * price::LOG,
                ),
                line(
                    "pipe and bus",
                    format!("{events} M events × {:.2}", price::PIPED_EVENTS),
                    events * price::PIPED_EVENTS,
                ),
            ],
            edge: [
                edge("EdgeFor=all", steps, |step| step.function != "receive-notification"),
                edge("EdgeFor=public", steps, |step| step.function == "receive-callback"),
            ],
        }
    }

    /// Dollars without CloudFront and WAF.
    fn dollars(&self) -> f64 {
        self.lines.iter().map(|line| line.dollars).sum()
    }
}

/// CloudFront and WAF for the requests that they are in front of.
fn edge(part: &'static str, steps: &[&Step], is_behind: fn(&Step) -> bool) -> Line {
    let requests = steps.iter().filter(|step| is_behind(step)).count();
    let dollars = count(requests) * price::EDGE_REQUESTS;
    Line { part, arithmetic: format!("{requests} M × {:.2}", price::EDGE_REQUESTS), dollars }
}

/// How long Lambda charges for a warm event: its measured processor time at the function's share, and the assumed waiting times.
fn billed_seconds(step: &Step, functions: &[Figures]) -> f64 {
    let measured = functions.iter().find(|it| it.function == step.function);
    let working = measured.map_or(0.0, |it| it.times.warm_without_upstreams.p50 / 1e3);
    let mastercard = count(step.token_connect + step.processing);
    working / CPU_SHARE + count(step.dynamodb.requests) * DYNAMODB_WAIT + mastercard * MASTERCARD_WAIT
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { usual, most } = self;
        writeln!(f, "\n| a million enrollments | arithmetic | USD |\n|---|---|---|")?;
        for Line { part, arithmetic, dollars } in &usual.lines {
            writeln!(f, "| {part} | {arithmetic} | {dollars:.1} |")?;
        }
        writeln!(f, "| **together, without CloudFront and WAF** | | **{:.0}** |", usual.dollars())?;
        for (Line { part, arithmetic, dollars }, of_most) in usual.edge.iter().zip(&most.edge) {
            writeln!(f, "| CloudFront and WAF, `{part}` | {arithmetic} | {dollars:.1} |")?;
            writeln!(f, "| **together with `{part}`** | | **{:.0}** |", usual.dollars() + dollars)?;
            let sum = most.dollars() + of_most.dollars;
            writeln!(
                f,
                "| the same with `StatusEvents=all` and an app that lists the cards again | | {sum:.0} |"
            )?;
        }
        Ok(())
    }
}
