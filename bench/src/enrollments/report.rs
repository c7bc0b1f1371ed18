//! The figures, and what they have to be.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{Arguments, COPIES, cardholder::Lived, evidence::Evidence};
use crate::{
    machine::Machine,
    report::{self, Target, count},
};

/// How much more memory the last third of the time may hold than the middle third.
const GROWTH: f64 = 1.1;
/// Errors that are told; the others are counted.
const TOLD: usize = 5;

/// Everything that was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    machine: Machine,
    cardholders: u64,
    seconds: f64,
    latency_milliseconds: u64,
    reading_seconds: u64,
    enabled: usize,
    enabled_per_second: f64,
    /// Of `POST /enrollments`, in milliseconds.
    tap: Spread,
    /// From the tap to the final answer without the cardholder's own time, in milliseconds.
    journey: Spread,
    /// Mean megabytes of each third of the time.
    memory: [f64; 3],
    /// Kilobytes of it for each enrollment between the middles of the last two thirds.
    growth: f64,
    targets: Vec<Target>,
    errors: Vec<String>,
}

/// Half were quicker, and 99 of 100.
#[derive(Debug, Serialize)]
struct Spread {
    p50: f64,
    p99: f64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let time = times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
            time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
        };
        Self { p50: at(50), p99: at(99) }
    }
}

impl Report {
    pub(super) fn new(
        machine: Machine,
        arguments: &Arguments,
        took: Duration,
        lived: Lived,
        evidence: &Evidence,
        memory: &[f64],
        between: usize,
    ) -> Self {
        let enabled = lived.journeys.len();
        let memory = thirds(memory);
        let [_, middle, last] = memory;
        let settled = lived.begun.saturating_sub(lived.deleted);
        let targets = vec![
            Target::exactly("errors", 0.0, count(lived.errors.len())),
            Target::exactly("enrollments seen ENABLED, of those begun", count(lived.begun), count(enabled)),
            Target::exactly("pushes", count(lived.begun), count(evidence.pushes)),
            // A TAR and a TCN for each, and a TVN for each token that was deleted.
            Target::exactly(
                "notifications acknowledged",
                f64::from(COPIES) * count(2 * lived.begun + lived.deleted),
                count(evidence.acknowledged),
            ),
            Target::exactly("tokens made", count(lived.begun), count(evidence.tokens)),
            Target::exactly("cards with two live tokens", 0.0, count(evidence.doubled)),
            Target::exactly("enrollments with a notification applied twice", 0.0, count(lived.repeated)),
            Target::exactly(
                "listed as ENABLED in the end",
                count(settled),
                count(evidence.listed("ENABLED")),
            ),
            Target::exactly(
                "listed as DEACTIVATED in the end",
                count(lived.deleted),
                count(evidence.listed("DEACTIVATED")),
            ),
            Target::exactly("listed in the end", count(lived.begun), count(evidence.listed.values().sum())),
            Target::below("memory, last third over middle third", GROWTH, last / middle),
        ];
        Self {
            machine,
            cardholders: arguments.cardholders,
            seconds: took.as_secs_f64(),
            latency_milliseconds: arguments.latency_ms,
            reading_seconds: arguments.reading_seconds,
            enabled,
            enabled_per_second: count(enabled) / took.as_secs_f64(),
            tap: Spread::of(lived.taps),
            journey: Spread::of(lived.journeys),
            memory,
            growth: (last - middle) * 1e3 / count(between),
            targets,
            errors: lived.errors,
        }
    }
}

/// The mean of each third; not a number of what is not there.
fn thirds(samples: &[f64]) -> [f64; 3] {
    let third = samples.len() / 3;
    let (first, rest) = samples.split_at(third);
    let (middle, last) = rest.split_at(third);
    [first, middle, last].map(|part| part.iter().sum::<f64>() / count(part.len()))
}

impl report::Report for Report {
    fn targets(&self) -> &[Target] {
        &self.targets
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, cardholders, latency_milliseconds, reading_seconds, .. } = self;
        let (tap, journey, [first, middle, last]) = (&self.tap, &self.journey, &self.memory);
        writeln!(
            f,
            "{machine}; {cardholders} cardholders who read for {reading_seconds} s; Mastercard answers after {latency_milliseconds} ms.\n"
        )?;
        writeln!(f, "| figure | |\n|---|---|")?;
        writeln!(f, "| enrollments, in {:.0} s | {} |", self.seconds, self.enabled)?;
        writeln!(f, "| enrollments a second | {:.1} |", self.enabled_per_second)?;
        writeln!(f, "| `POST /enrollments`, p50 and p99 | {:.0} ms, {:.0} ms |", tap.p50, tap.p99)?;
        writeln!(
            f,
            "| from the tap to the final answer, without reading, p50 and p99 | {:.0} ms, {:.0} ms |",
            journey.p50, journey.p99
        )?;
        writeln!(
            f,
            "| memory of everything, by thirds of the time | {first:.0}, {middle:.0}, {last:.0} MB |"
        )?;
        writeln!(
            f,
            "| its growth from the middle to the last third, for each enrollment | {:.0} kB |",
            self.growth
        )?;
        report::table(f, &self.targets)?;
        for error in self.errors.iter().take(TOLD) {
            writeln!(f, "\n{error}")?;
        }
        Ok(())
    }
}
