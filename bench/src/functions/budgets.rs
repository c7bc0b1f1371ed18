//! What the figures have to be.

use super::{figures::Figures, recorded::Recorded, stamina::Stamina};
use crate::report::Target;

/// The one with two AWS clients.
const TWO_CLIENTS: &str = "fetch-assets";
const ENROLL: &str = "enroll";
/// How far an instruction count may be from the recorded one.
const TOLERANCE: f64 = 0.05;

/// Sizes and shares. A start that something else disturbs is compared with one that nothing does: where the machine may have other things
/// to do, twice as much is let pass, and instruction counts hold it.
pub(super) fn counted(figures: &[Figures], echo_start: f64, may_be_busy: bool) -> Vec<Target> {
    let times_an_echo = if may_be_busy { 6.0 } else { 3.0 };
    let mut targets = Vec::new();
    for it in figures {
        let named = |what: &str| format!("{}: {what}", it.function);
        let (megabytes, s3) = if it.function == TWO_CLIENTS { (4.0, 1.0) } else { (3.0, 0.0) };
        targets.push(Target::below(named("zip, MB"), megabytes, float(it.zip_bytes) / 1e6));
        targets.push(Target::below(
            named("start, times that of an echo"),
            times_an_echo,
            it.times.start.shortest / echo_start,
        ));
        targets.push(Target::exactly(named("has the S3 client"), s3, f64::from(u8::from(it.has_s3))));
    }
    targets
}

/// What was recorded may not grow; what shrank is to be recorded, or the next loss up to here would pass.
pub(super) fn unchanged(now: &Recorded, then: &Recorded) -> Vec<Target> {
    let mut targets = vec![
        Target::below(
            "one enrollment: write units, of those recorded",
            1.0,
            now.write_units / then.write_units,
        ),
        Target::below("one enrollment: read units, of those recorded", 1.0, now.read_units / then.read_units),
        Target::below(
            "the lists around it: read units, of those recorded",
            1.0,
            now.read_units_of_lists / then.read_units_of_lists,
        ),
    ];
    if now.made_and_run_by != then.made_and_run_by {
        return targets;
    }
    for (function, now) in &now.instructions {
        let Some(then) = then.instructions.get(function) else { continue };
        for (what, now, then) in [("start", now.start, then.start), ("warm", now.warm, then.warm)] {
            let share = float(now) / float(then);
            let named = format!("{function}: {what}, instructions of those recorded");
            targets.push(match share < 1.0 {
                true => Target::above(named, 1.0 - TOLERANCE, share),
                false => Target::below(named, 1.0 + TOLERANCE, share),
            });
        }
    }
    targets
}

/// Times: they want a machine with nothing else to do.
pub(super) fn timed(figures: &[Figures]) -> Vec<Target> {
    let Some(enroll) = figures.iter().find(|it| it.function == ENROLL) else { return Vec::new() };
    vec![
        Target::below("first enrollment of a process, less Mastercard, ms", 60.0, enroll.times.first_own.p50),
        Target::below("later enrollments, less Mastercard, p50, ms", 5.0, enroll.times.warm_own.p50),
        Target::below("later enrollments, less Mastercard, p99, ms", 20.0, enroll.times.warm_own.p99),
    ]
}

/// What a thousand enrollments leave.
pub(super) fn lasting(stamina: &Stamina, counts_only: bool) -> Vec<Target> {
    let mut targets = vec![Target::below("memory after all enrollments, MB", 40.0, stamina.peak_megabytes)];
    if let (Some(openssl), false) = (stamina.openssl, counts_only) {
        let share = stamina.enrollments_a_second / stamina.allowed(openssl.signatures_a_second);
        targets.push(Target::above("enrollments a second, of what RSA alone would allow", 0.6, share));
    }
    targets
}

/// What one enrollment consumes.
pub(super) fn consumed(now: &Recorded) -> Vec<Target> {
    vec![
        Target::below("one enrollment: write units", 16.0, now.write_units),
        Target::below("one enrollment: read units", 8.0, now.read_units),
    ]
}

#[expect(clippy::as_conversions, reason = "counts far below 2^53")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}
