//! The targets of the benchmark.

use super::{
    figures::Figures,
    journey::{Part, Step},
    recorded::RecordedCounts,
    soak::{Soak, rsa_limit},
};
use crate::report::Target;

/// The function with two AWS clients.
const TWO_CLIENTS: &str = "fetch-assets";
const ENROLL: &str = "enroll";
const MANAGE_TOKENS: &str = "manage-tokens";
/// Largest accepted relative difference between an instruction count and its recorded value.
const TOLERANCE: f64 = 0.05;

/// Targets for sizes and startup times. Times depend on the load of the machine: with `counts_only`, instruction counts are the check
/// of a start.
pub(super) fn size_targets(figures: &[Figures], echo_start: f64, counts_only: bool) -> Vec<Target> {
    let mut targets = Vec::new();
    for it in figures {
        let name = |what: &str| format!("{}: {what}", it.function);
        let (megabytes, s3) = match it.function {
            // Each has Mozilla's root certificates, 0.05 MB, which reading the platform's at each start would save.
            TWO_CLIENTS => (4.1, 1.0),
            // Two clients of Mastercard, Unicode's tables for composing names, step-up and limits.
            ENROLL => (3.3, 0.0),
            // Signs and encrypts for Processing, with step-up and the table of enrollments.
            MANAGE_TOKENS => (3.2, 0.0),
            _ => (3.1, 0.0),
        };
        targets.push(Target::below(name("zip, MB"), megabytes, float(it.zip_bytes) / 1e6));
        if !counts_only {
            let factor = it.times.start.shortest / echo_start;
            targets.push(Target::below(name("start, factor over the echo"), 3.0, factor));
        }
        targets.push(Target::exactly(name("has the S3 client"), s3, f64::from(u8::from(it.has_s3))));
    }
    targets
}

/// Targets against the baseline. A count that shrank must be recorded, so that it cannot grow back unnoticed.
pub(super) fn regression_targets(current: &RecordedCounts, baseline: &RecordedCounts) -> Vec<Target> {
    let units = [
        ("one enrollment: write units", current.write_units, baseline.write_units),
        ("one enrollment: read units", current.read_units, baseline.read_units),
        ("lists before and after: read units", current.read_units_of_lists, baseline.read_units_of_lists),
        ("changes of a token: write units", current.write_units_of_tokens, baseline.write_units_of_tokens),
        ("changes of a token: read units", current.read_units_of_tokens, baseline.read_units_of_tokens),
    ];
    let ratio = |(name, current, baseline)| {
        Target::below(format!("{name}, ratio to recorded"), 1.0, current / baseline)
    };
    let mut targets: Vec<_> = units.into_iter().map(ratio).collect();
    if current.compiler_and_processor != baseline.compiler_and_processor {
        return targets;
    }
    for (function, current) in &current.instructions {
        let Some(baseline) = baseline.instructions.get(function) else { continue };
        for (event, current, baseline) in
            [("start", current.start, baseline.start), ("warm", current.warm, baseline.warm)]
        {
            let ratio = float(current) / float(baseline);
            let name = format!("{function}: {event}, ratio to recorded instructions");
            targets.push(match ratio < 1.0 {
                true => Target::above(name, 1.0 - TOLERANCE, ratio),
                false => Target::below(name, 1.0 + TOLERANCE, ratio),
            });
        }
    }
    targets
}

/// Which counts have no target here, and why; `None` if all have one.
pub(super) fn not_checked(current: &RecordedCounts, baseline: Option<&RecordedCounts>) -> Option<String> {
    let Some(baseline) = baseline else { return Some("counts: bench/recorded.json is missing".into()) };
    let [here, recorded] = [current, baseline].map(|counts| &counts.compiler_and_processor);
    if current.instructions.is_empty() {
        Some("instruction counts: valgrind is missing".into())
    } else if here != recorded {
        Some(format!("instruction counts: those in bench/recorded.json are of {recorded}; here: {here}"))
    } else {
        None
    }
}

/// Targets for latency; they need an idle machine.
pub(super) fn latency_targets(figures: &[Figures]) -> Vec<Target> {
    let Some(enroll) = figures.iter().find(|it| it.function == ENROLL) else { return Vec::new() };
    vec![
        Target::below(
            "first enrollment of a process, without Mastercard, ms",
            60.0,
            enroll.times.first_without_mastercard.p50,
        ),
        Target::below(
            "later enrollments, without Mastercard, p50, ms",
            5.0,
            enroll.times.warm_without_mastercard.p50,
        ),
        Target::below(
            "later enrollments, without Mastercard, p99, ms",
            20.0,
            enroll.times.warm_without_mastercard.p99,
        ),
    ]
}

/// The target for what an enrollment and the lists around it leave in the memory of the functions' processes; `None` unless all of them
/// were measured.
pub(super) fn growth_target(figures: &[Figures], steps: &[Step]) -> Option<Target> {
    let of_enrollment = steps.iter().filter(|step| step.part() != Part::Tokens);
    let growth = of_enrollment.map(|step| {
        let figures = figures.iter().find(|it| it.function == step.function);
        figures.map(|it| it.times.growth_kilobytes)
    });
    let kilobytes = growth.sum::<Option<f64>>()?;
    Some(Target::below("memory growth per enrollment in all functions, kB", 3.0, kilobytes))
}

/// Targets of the soak test.
pub(super) fn soak_targets(soak: &Soak, counts_only: bool) -> Vec<Target> {
    let mut targets = vec![Target::below("memory after all enrollments, MB", 40.0, soak.peak_megabytes)];
    let [without, with] = [&soak.without_list, &soak.with_list].map(|run| run.enrollments_per_second);
    let calls = [("", 3.0, &soak.without_list), (" with `cardsAsOf`", 2.0, &soak.with_list)];
    targets.extend(calls.map(|(which, limit, run)| {
        Target::below(format!("calls of Mastercard for an enrollment{which}"), limit, run.signatures)
    }));
    if counts_only {
        return targets;
    }
    targets.push(Target::below("CPU time of an enrollment with `cardsAsOf`, ratio", 0.75, without / with));
    if let Some(openssl) = soak.openssl {
        let limit = rsa_limit(openssl.signatures_per_second);
        targets.extend([
            Target::above("enrollments per second, ratio to the limit by RSA", 0.6, without / limit),
            Target::above("the same with `cardsAsOf`", 0.7, with / limit),
        ]);
    }
    targets
}

/// Targets for the capacity units of one enrollment.
pub(super) fn capacity_targets(current: &RecordedCounts) -> Vec<Target> {
    vec![
        Target::below("one enrollment: write units", 12.0, current.write_units),
        Target::below("one enrollment: read units", 7.0, current.read_units),
    ]
}

#[expect(clippy::as_conversions, reason = "counts far below 2^53")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}
