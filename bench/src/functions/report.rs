//! The figures, as tables of Markdown for people and as JSON for programs.

use std::fmt;

use serde::Serialize;

use super::{
    budgets::float,
    figures::{Figures, Spread, Times},
    journey::Step,
    stamina::Stamina,
};
use crate::{
    machine::Machine,
    report::{self, Target},
};

/// Everything that was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(super) machine: Machine,
    pub(super) echo_start: Spread,
    pub(super) functions: Vec<Figures>,
    pub(super) stamina: Stamina,
    pub(super) steps: Vec<Step>,
    pub(super) targets: Vec<Target>,
}

impl report::Report for Report {
    fn targets(&self) -> &[Target] {
        &self.targets
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; an echo starts in {:.1} ms.\n", self.machine, self.echo_start.p50)?;
        writeln!(
            f,
            "| function | binary, zip, MB | start, p50 and longest, ms | first event, ms | warm, p50 and p99, ms | less waiting, p50, ms | peak memory, MB |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for Figures { function, binary_bytes, zip_bytes, times, .. } in &self.functions {
            let Times { start, first, warm, warm_alone, peak_megabytes, .. } = times;
            let (binary, zip) = (float(*binary_bytes) / 1e6, float(*zip_bytes) / 1e6);
            writeln!(
                f,
                "| {function} | {binary:.1}, {zip:.2} | {:.1}, {:.1} | {:.1} | {:.2}, {:.2} | {:.2} | {peak_megabytes:.0} |",
                start.p50, start.longest, first.p50, warm.p50, warm.p99, warm_alone.p50
            )?;
        }
        chart(f, "from exec to the first request for an event, ms", &self.functions, |it| {
            it.times.start.p50
        })?;
        chart(f, "first event, ms", &self.functions, |it| it.times.first.p50)?;
        chart(f, "zip, MB", &self.functions, |it| float(it.zip_bytes) / 1e6)?;
        self.held_back(f)?;
        self.instructions(f)?;
        self.stamina(f)?;
        self.steps(f)?;
        report::table(f, &self.targets)
    }
}

impl Report {
    fn held_back(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measured = self.functions.iter().filter_map(|it| Some((it.function, it.held_back.as_ref()?)));
        for (index, (function, held)) in measured.enumerate() {
            if index == 0 {
                writeln!(
                    f,
                    "\n| with 14 % of a processor | start, p50, ms | first event, p50, ms |\n|---|---|---|"
                )?;
            }
            writeln!(f, "| {function} | {:.0} | {:.0} |", held.start.p50, held.first.p50)?;
        }
        Ok(())
    }

    fn instructions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = self.functions.iter().filter_map(|it| Some((it.function, it.instructions?)));
        for (index, (function, count)) in counted.enumerate() {
            if index == 0 {
                writeln!(f, "\n| millions of instructions | start | warm event |\n|---|---|---|")?;
            }
            writeln!(f, "| {function} | {:.1} | {:.2} |", float(count.start) / 1e6, float(count.warm) / 1e6)?;
        }
        Ok(())
    }

    fn stamina(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stamina { enrollments, peak_megabytes, enrollments_a_second, signatures, decryptions, .. } =
            self.stamina;
        writeln!(
            f,
            "\n{enrollments} enrollments in one process: {peak_megabytes:.0} MB at most, {enrollments_a_second:.0} a second of a \
             processor's time, each with {signatures:.1} signatures and {decryptions:.1} decryptions."
        )?;
        let Some(openssl) = self.stamina.openssl else { return Ok(()) };
        for (how, signs) in [("without", openssl.signatures_a_second), ("with", openssl.with_avx512)] {
            let allowed = self.stamina.allowed(signs);
            writeln!(
                f,
                "`openssl speed rsa2048` signs {signs:.0} times a second {how} AVX-512: RSA alone would allow {allowed:.0} enrollments, \
                 {:.2} of that are done.",
                enrollments_a_second / allowed
            )?;
        }
        Ok(())
    }

    fn steps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| step | function | DynamoDB requests | write units | read units | Token Connect | Processing |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        let row = |f: &mut fmt::Formatter<'_>, names: &str, steps: &[&Step]| {
            let sum = |of: fn(&Step) -> f64| steps.iter().map(|step| of(step)).sum::<f64>();
            let requests: usize = steps.iter().map(|step| step.dynamodb.requests).sum();
            let token_connect: usize = steps.iter().map(|step| step.token_connect).sum();
            let processing: usize = steps.iter().map(|step| step.processing).sum();
            let (writes, reads) =
                (sum(|step| step.dynamodb.write_units), sum(|step| step.dynamodb.read_units));
            writeln!(f, "| {names} | {requests} | {writes} | {reads} | {token_connect} | {processing} |")
        };
        for step in &self.steps {
            row(f, &format!("{} | {}", step.step, step.function), &[step])?;
        }
        let (lists, enrollment): (Vec<_>, Vec<_>) = self.steps.iter().partition(|step| step.is_list());
        row(f, "**from the tap to the answer** | ", &enrollment)?;
        row(f, "**lists** | ", &lists)
    }
}

/// Bars, as Mermaid draws them in Markdown.
fn chart(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    all: &[Figures],
    value: fn(&Figures) -> f64,
) -> fmt::Result {
    let names: Vec<_> = all.iter().map(|it| it.function).collect();
    let bars: Vec<_> = all.iter().map(|it| format!("{:.1}", value(it))).collect();
    writeln!(
        f,
        "\n```mermaid\nxychart-beta horizontal\n    title \"{title}\"\n    x-axis [{}]",
        names.join(", ")
    )?;
    writeln!(f, "    bar [{}]\n```", bars.join(", "))
}
