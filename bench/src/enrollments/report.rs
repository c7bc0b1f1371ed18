//! The report and the targets.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{
    Arguments, COPIES, observed_counts::ObservedCounts, results::UserResults, token_changes::TokenChanges,
};
use crate::{
    machine::Machine,
    report::{self, Target, count},
};

/// Largest accepted ratio of the memory in the last third of the time to the middle third.
const MAX_MEMORY_GROWTH: f64 = 1.1;
/// Largest accepted growth per enrollment in a run of [`LONG`], in units of 1000 bytes.
const MAX_GROWTH_KB: f64 = 3.0;
/// A run that shows whether memory goes on growing, in seconds.
const LONG: u64 = 600;
/// Most seconds for [`MANY_CHANGES`] notifications of changed tokens.
const MAX_SECONDS_OF_CHANGES: f64 = 300.0;
const MANY_CHANGES: usize = 20_000;
/// Errors printed; the others are only counted.
const PRINTED_ERRORS: usize = 5;

/// The results of the load test.
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
    /// Durations of `POST /enrollments`, in milliseconds.
    enroll: Percentiles,
    /// From `POST /enrollments` to the final status without the reading time, in milliseconds.
    journey: Percentiles,
    /// Mean memory of each third of the time, in megabytes.
    memory: [f64; 3],
    /// Growth of memory per enrollment, from the middle third to the last third, in units of 1000 bytes.
    memory_growth_kb: f64,
    /// Share of a core while nothing happens afterwards.
    idle: f64,
    /// Changes of tokens after the enrollments.
    token_changes: usize,
    /// Seconds until the last notification of these changes was answered.
    token_changes_seconds: f64,
    targets: Vec<Target>,
    errors: Vec<String>,
}

/// The percentiles 50 and 99.
#[derive(Debug, Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
}

impl Percentiles {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let time = times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
            time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
        };
        Self { p50: at(50), p99: at(99) }
    }
}

/// What was measured of the process.
pub(super) struct Measured {
    pub(super) duration: Duration,
    /// Once a second, in megabytes.
    pub(super) memory: Vec<f64>,
    /// Enrollments that ended between the middle of the middle third of the samples and that of the last one.
    pub(super) enrollments_between: usize,
    pub(super) token_changes: TokenChanges,
    /// Share of a core while nothing happens afterwards.
    pub(super) idle: f64,
}

impl Report {
    pub(super) fn new(
        machine: Machine,
        arguments: &Arguments,
        results: UserResults,
        observed: &ObservedCounts,
        measured: &Measured,
    ) -> Self {
        let Measured { token_changes, .. } = measured;
        let enabled = results.journey_durations.len();
        let enabled_per_second = count(enabled) / measured.duration.as_secs_f64();
        let enroll = Percentiles::of(results.enroll_durations);
        let memory = thirds(&measured.memory);
        let [_, middle, last] = memory;
        let memory_growth_kb = (last - middle) * 1e3 / count(measured.enrollments_between);
        let remaining = results.started.saturating_sub(results.deleted);
        let mut targets = vec![
            Target::exactly("errors", 0.0, count(results.errors.len())),
            Target::exactly(
                "enrollments with status ENABLED, of those started",
                count(results.started),
                count(enabled),
            ),
            Target::exactly("pushes", count(results.started), count(observed.pushes)),
            // A TAR and a TCN for each enrollment, and a TVN for each deleted or changed token.
            Target::exactly(
                "notifications acknowledged",
                f64::from(COPIES) * count(2 * results.started + results.deleted + token_changes.made),
                count(observed.acknowledged),
            ),
            Target::exactly("tokens created", count(results.started), count(observed.tokens)),
            Target::exactly("cards with two live tokens", 0.0, count(observed.cards_with_two_tokens)),
            Target::exactly("enrollments with a notification applied twice", 0.0, count(results.repeated)),
            Target::exactly(
                "listed as ENABLED at the end",
                count(remaining),
                count(observed.listed("ENABLED")),
            ),
            Target::exactly(
                "listed as DEACTIVATED at the end",
                count(results.deleted),
                count(observed.listed("DEACTIVATED")),
            ),
            Target::exactly(
                "listed at the end",
                count(results.started),
                count(observed.listed.values().sum()),
            ),
            Target::below("memory, last third over middle third", MAX_MEMORY_GROWTH, last / middle),
            Target::below("`POST /enrollments`, p99, ms", 1_500.0, enroll.p99),
            Target::below("idle afterwards, share of a core", 0.02, measured.idle),
        ];
        targets.extend(
            arguments
                .at_least
                .map(|limit| Target::above("enrollments per second", limit, enabled_per_second)),
        );
        if arguments.seconds >= LONG {
            let name = "memory growth per enrollment, kB";
            targets.push(Target::below(name, MAX_GROWTH_KB, memory_growth_kb));
        }
        if token_changes.made >= MANY_CHANGES {
            let name = "notifications of changed tokens, seconds";
            targets.push(Target::below(name, MAX_SECONDS_OF_CHANGES, token_changes.duration.as_secs_f64()));
        }
        Self {
            machine,
            cardholders: arguments.cardholders,
            seconds: measured.duration.as_secs_f64(),
            latency_milliseconds: arguments.latency_ms,
            reading_seconds: arguments.reading_seconds,
            enabled,
            enabled_per_second,
            enroll,
            journey: Percentiles::of(results.journey_durations),
            memory,
            memory_growth_kb,
            idle: measured.idle,
            token_changes: token_changes.made,
            token_changes_seconds: token_changes.duration.as_secs_f64(),
            targets,
            errors: results.errors,
        }
    }
}

/// The mean of each third; NaN without samples.
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
        let (enroll, journey, [first, middle, last]) = (&self.enroll, &self.journey, &self.memory);
        writeln!(
            f,
            "{machine}; {cardholders} cardholders, reading time {reading_seconds} s, latency of Mastercard {latency_milliseconds} ms.\n"
        )?;
        writeln!(f, "| figure | |\n|---|---|")?;
        writeln!(f, "| enrollments, in {:.0} s | {} |", self.seconds, self.enabled)?;
        writeln!(f, "| enrollments per second | {:.1} |", self.enabled_per_second)?;
        writeln!(f, "| `POST /enrollments`, p50 and p99 | {:.0} ms, {:.0} ms |", enroll.p50, enroll.p99)?;
        writeln!(
            f,
            "| enrollment to final status, without reading, p50 and p99 | {:.0} ms, {:.0} ms |",
            journey.p50, journey.p99
        )?;
        writeln!(
            f,
            "| memory of the process, by thirds of the time | {first:.0}, {middle:.0}, {last:.0} MB |"
        )?;
        writeln!(
            f,
            "| memory growth per enrollment, from the middle to the last third | {:.0} kB |",
            self.memory_growth_kb
        )?;
        writeln!(f, "| idle afterwards, share of a core | {:.1} % |", 100.0 * self.idle)?;
        if self.token_changes > 0 {
            writeln!(
                f,
                "| notifications of changed tokens, {COPIES} times each | {} in {:.0} s |",
                self.token_changes, self.token_changes_seconds
            )?;
        }
        report::table(f, &self.targets)?;
        for error in self.errors.iter().take(PRINTED_ERRORS) {
            writeln!(f, "\n{error}")?;
        }
        Ok(())
    }
}
