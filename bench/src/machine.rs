//! The machine that the benchmarks run on.

use std::{fs, thread, time::Duration};

use serde::Serialize;

/// Processor and memory; figures are comparable only on the same machine.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    /// Main memory.
    gigabytes: f64,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let memory = field("/proc/meminfo", "MemTotal").and_then(|size| kilobytes(&size));
        Self {
            processor: processor(),
            cores: thread::available_parallelism().map_or(0, usize::from),
            gigabytes: memory.map_or(0.0, |kilobytes| f64::from(kilobytes) / 1e6),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { processor, cores, gigabytes } = self;
        write!(f, "{processor}, {cores} cores, {gigabytes:.0} GB")
    }
}

/// The model's name.
pub(crate) fn processor() -> String {
    field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into())
}

/// The first value of `name` in a file of `/proc` with lines `name: value`.
pub(crate) fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().into())
}

/// Parses `1234 kB`, which the kernel writes for 1234 · 1024 bytes; returns units of 1000 bytes.
pub(crate) fn kilobytes(size: &str) -> Option<u32> {
    let kibibytes: u64 = size.strip_suffix(" kB")?.trim().parse().ok()?;
    (kibibytes * 1024).div_ceil(1000).try_into().ok()
}

/// CPU time of a process, user and system, in steps of 10 ms.
pub(crate) fn cpu_time(id: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The process name, in brackets, may contain any character.
    let (_, fields) = text.rsplit_once(')')?;
    let hundredths = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Some(Duration::from_millis(hundredths.sum::<Result<u64, _>>().ok()? * 10))
}
