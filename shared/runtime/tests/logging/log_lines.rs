//! Finds the log lines in the sources of `shared/` and `functions/`, with patterns: `tracing::info!(event = "…", …)`
//! and `failed("…", …)`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use regex_lite::Regex;

/// All lines with one event code: one level, and the fields of each.
#[derive(Default)]
pub(crate) struct LogEvent {
    pub(crate) level: String,
    pub(crate) fields: BTreeSet<String>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The first group of each match.
pub(crate) fn captures(text: &str, pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// The log lines by event code.
pub(crate) fn events() -> BTreeMap<String, LogEvent> {
    let mut events = BTreeMap::<String, LogEvent>::new();
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (level, arguments) in lines(text) {
            let code = captures(&arguments, r#"^\s*event = "([a-z_]+)""#).concat();
            let path = file.display();
            assert!(
                !code.is_empty(),
                "{path}: begin the line with `event = \"…\"` and a code of docs/logging.md: {arguments}"
            );
            let event = events.entry(code.clone()).or_default();
            assert!(event.level.is_empty() || event.level == level, "{path}: `{code}` has two levels");
            event.level = level;
            event.fields.extend(fields(&arguments));
        }
    }
    events
}

/// All sources except tests and `invocation.rs`, where `failed` gets the event from its callers.
fn sources() -> Vec<PathBuf> {
    let mut folders: Vec<_> = ["shared", "functions"].map(|folder| root().join(folder)).into();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy();
            match () {
                () if ["tests", "tests.rs", "invocation.rs", "examples"].contains(&&*name) => {}
                () if entry.is_dir() => folders.push(entry),
                () if name.ends_with(".rs") => files.push(entry),
                () => {}
            }
        }
    }
    files
}

/// Level and arguments of each log line.
fn lines(text: &str) -> Vec<(String, String)> {
    let start = Regex::new(r#"tracing::(trace|debug|info|warn|error)!\(|\bfailed\(\s*"([a-z_]+)""#).unwrap();
    let lines = start.captures_iter(text).map(|found| match found.get(1) {
        Some(level) => (level.as_str().to_uppercase(), arguments(&text[found.get(0).unwrap().end()..])),
        None => ("ERROR".into(), format!(r#"event = "{}", retryable, cause = error"#, &found[2])),
    });
    lines.collect()
}

/// The text before the bracket that closes the call.
fn arguments(text: &str) -> String {
    let (mut depth, mut quoted, mut previous) = (1, false, ' ');
    let end = text.find(|character| {
        match character {
            '"' if previous != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        previous = character;
        depth == 0
    });
    text[..end.expect("a closing bracket")].to_owned()
}

/// The names of the fields: `name = value`, `%name` or `name`; the message is not one of them.
fn fields(arguments: &str) -> BTreeSet<String> {
    let (mut depth, mut quoted, mut parts) = (0, false, vec![String::new()]);
    for character in arguments.chars() {
        match character {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        match character {
            ',' if depth == 0 && !quoted => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(character),
        }
    }
    let parts =
        parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty() && !part.starts_with('"'));
    let names =
        parts.map(|part| part.split(" = ").next().unwrap_or(part).trim_start_matches(['%', '?']).to_owned());
    names.filter(|name| name != "event").collect()
}
