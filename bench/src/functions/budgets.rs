//! What the figures have to be.

use std::collections::BTreeMap;

use super::{
    figures::{Figures, Instructions},
    journey::Step,
    stamina::Stamina,
};
use crate::report::Target;

/// The one with two AWS clients.
const TWO_CLIENTS: &str = "fetch-assets";
const ENROLL: &str = "enroll";
/// How far an instruction count may be from the recorded one.
const TOLERANCE: f64 = 0.05;

/// Instruction counts by function.
pub(super) type Recorded = BTreeMap<String, Instructions>;

/// Sizes, shares and counts: the same on any machine of this kind, busy or not.
pub(super) fn counted(figures: &[Figures], echo_start: f64, recorded: Option<&Recorded>) -> Vec<Target> {
    let mut targets = Vec::new();
    for it in figures {
        let named = |what: &str| format!("{}: {what}", it.function);
        let (megabytes, s3) = if it.function == TWO_CLIENTS { (4.0, 1.0) } else { (3.0, 0.0) };
        targets.push(Target::below(named("zip, MB"), megabytes, float(it.zip_bytes) / 1e6));
        targets.push(Target::below(named("start, times that of an echo"), 3.0, it.start.p50 / echo_start));
        targets.push(Target::exactly(named("has the S3 client"), s3, f64::from(u8::from(it.has_s3))));
        let known = recorded.and_then(|recorded| recorded.get(it.function));
        if let (Some(now), Some(then)) = (it.instructions, known) {
            for (what, now, then) in [("start", now.start, then.start), ("warm", now.warm, then.warm)] {
                let named = |how: &str| named(&format!("{what}: instructions, {how}"));
                let share = float(now) / float(then);
                targets.push(Target::below(named("of those recorded"), 1.0 + TOLERANCE, share));
                if share < 1.0 - TOLERANCE {
                    // Good news that has to be recorded, or the next loss up to here would pass.
                    targets.push(Target::above(named("recorded too high"), 1.0 - TOLERANCE, share));
                }
            }
        }
    }
    targets
}

/// Times: they want a machine with nothing else to do.
pub(super) fn timed(figures: &[Figures]) -> Vec<Target> {
    let Some(enroll) = figures.iter().find(|it| it.function == ENROLL) else { return Vec::new() };
    vec![
        Target::below("first enrolment of a process, less Mastercard, ms", 60.0, enroll.first_own.p50),
        Target::below("later enrolments, less Mastercard, p50, ms", 5.0, enroll.warm_own.p50),
        Target::below("later enrolments, less Mastercard, p99, ms", 20.0, enroll.warm_own.p99),
    ]
}

/// What a thousand enrolments leave.
pub(super) fn lasting(stamina: &Stamina, counts_only: bool) -> Vec<Target> {
    let mut targets = vec![Target::below("memory after all enrolments, MB", 40.0, stamina.peak_megabytes)];
    if let (Some(allowed), false) = (stamina.allowed(), counts_only) {
        let share = stamina.enrollments_a_second / allowed;
        targets.push(Target::above("enrolments a second, of what RSA alone would allow", 0.6, share));
    }
    targets
}

/// What one enrolment consumes.
pub(super) fn consumed(steps: &[Step]) -> Vec<Target> {
    let of = |units: fn(&Step) -> f64| steps.iter().map(units).sum();
    vec![
        Target::below("one enrolment: write units", 16.0, of(|step| step.dynamodb.write_units)),
        Target::below("one enrolment: read units", 8.0, of(|step| step.dynamodb.read_units)),
    ]
}

#[expect(clippy::as_conversions, reason = "counts far below 2^53")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}
