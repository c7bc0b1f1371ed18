//! The report, as Markdown and JSON.

use std::fmt;

use serde::Serialize;

use super::{
    budgets::float,
    cost::Cost,
    figures::{Figures, Percentiles, Times},
    journey::{Journey, Part, Step},
    soak::{Run, Soak, rsa_limit},
};
use crate::{
    machine::Machine,
    report::{self, Target},
};

/// The results of the benchmark.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(super) machine: Machine,
    pub(super) echo_start: Percentiles,
    pub(super) functions: Vec<Figures>,
    pub(super) soak: Soak,
    pub(super) journey: Journey,
    pub(super) cost: Cost,
    pub(super) targets: Vec<Target>,
    /// Counts without a target, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_checked: Option<String>,
}

impl report::Report for Report {
    fn targets(&self) -> &[Target] {
        &self.targets
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; the echo starts in {:.1} ms.\n", self.machine, self.echo_start.p50)?;
        writeln!(
            f,
            "| function | binary, zip, MB | start, p50 and longest, ms | first event, ms | warm, p50 and p99, ms | without upstreams, p50, ms | peak memory, MB | growth per event, kB |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        for Figures { function, binary_bytes, zip_bytes, times, .. } in &self.functions {
            let Times {
                start, first, warm, warm_without_upstreams, peak_megabytes, growth_kilobytes, ..
            } = times;
            let (binary, zip) = (float(*binary_bytes) / 1e6, float(*zip_bytes) / 1e6);
            writeln!(
                f,
                "| {function} | {binary:.1}, {zip:.2} | {:.1}, {:.1} | {:.1} | {:.2}, {:.2} | {:.2} | {peak_megabytes:.0} | {growth_kilobytes:.1} |",
                start.p50, start.longest, first.p50, warm.p50, warm.p99, warm_without_upstreams.p50
            )?;
        }
        chart(f, "from exec to the first poll for an event, ms", &self.functions, |it| it.times.start.p50)?;
        chart(f, "first event, ms", &self.functions, |it| it.times.first.p50)?;
        chart(f, "zip, MB", &self.functions, |it| float(it.zip_bytes) / 1e6)?;
        self.throttled(f)?;
        self.instructions(f)?;
        self.soak(f)?;
        self.steps(f)?;
        write!(f, "{}", self.cost)?;
        report::table(f, &self.targets)?;
        match &self.not_checked {
            Some(reason) => write!(f, "\nNOT CHECKED: {reason}"),
            None => Ok(()),
        }
    }
}

impl Report {
    fn throttled(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let throttled = self.functions.iter().filter_map(|it| Some((it.function, it.throttled.as_ref()?)));
        for (index, (function, figures)) in throttled.enumerate() {
            if index == 0 {
                writeln!(
                    f,
                    "\n| with 14 % of a vCPU | start, p50, ms | first event, p50, ms |\n|---|---|---|"
                )?;
            }
            writeln!(f, "| {function} | {:.0} | {:.0} |", figures.start.p50, figures.first.p50)?;
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

    fn soak(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Soak { enrollments, peak_megabytes, without_list, with_list, openssl } = &self.soak;
        writeln!(
            f,
            "\nTwice {enrollments} enrollments in one process: peak memory {peak_megabytes:.0} MB. Per second of CPU time:\n"
        )?;
        for (which, run) in [("without", without_list), ("with", with_list)] {
            let Run { enrollments_per_second, signatures, decryptions } = run;
            writeln!(
                f,
                "- {which} `cardsAsOf` {enrollments_per_second:.0} enrollments, each with {signatures:.1} signatures and {decryptions:.1} decryptions"
            )?;
        }
        let Some(openssl) = openssl else { return Ok(()) };
        for (avx512, signatures) in
            [("without", openssl.signatures_per_second), ("with", openssl.with_avx512)]
        {
            let limit = rsa_limit(signatures);
            writeln!(
                f,
                "- `openssl speed rsa2048` {signatures:.0} signatures {avx512} AVX-512: the limit by RSA is {limit:.0} enrollments, the ratio to it \
                 {:.2}, with `cardsAsOf` {:.2}",
                without_list.enrollments_per_second / limit,
                with_list.enrollments_per_second / limit
            )?;
        }
        Ok(())
    }

    fn steps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| step | function | DynamoDB requests | write units | read units | Token Connect | Processing | log bytes |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        let row = |f: &mut fmt::Formatter<'_>, names: &str, steps: &[&Step]| {
            let sum = |of: fn(&Step) -> f64| steps.iter().map(|step| of(step)).sum::<f64>();
            let requests: usize = steps.iter().map(|step| step.dynamodb.requests).sum();
            let token_connect: usize = steps.iter().map(|step| step.token_connect).sum();
            let processing: usize = steps.iter().map(|step| step.processing).sum();
            let (writes, reads) =
                (sum(|step| step.dynamodb.write_units), sum(|step| step.dynamodb.read_units));
            let log_bytes: u64 = steps.iter().map(|step| step.log_bytes).sum();
            writeln!(
                f,
                "| {names} | {requests} | {writes} | {reads} | {token_connect} | {processing} | {log_bytes} |"
            )
        };
        for step in &self.journey.steps {
            row(f, &format!("{} | {}", step.step, step.function), &[step])?;
        }
        for (name, part) in
            [("enrollment", Part::Enrollment), ("lists", Part::Lists), ("tokens", Part::Tokens)]
        {
            let of_part: Vec<_> = self.journey.steps.iter().filter(|step| step.part() == part).collect();
            row(f, &format!("**{name}** | "), &of_part)?;
        }
        Ok(())
    }
}

/// A bar chart in Mermaid.
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
