//! The settings, and the problems that the functions report about them. Each problem becomes the row of its setting;
//! settings that belong to no other check come at the end.

use std::{fmt, str::FromStr};

use enroll::EnrollConfig;
use runtime::config::{
    ConfigError, Settings, SettingsReader,
    registry::{self, Presence, Setting},
};

use crate::report::Row;

/// The settings of all functions, and the problems that their readers found.
pub(super) struct Reading<'a> {
    settings: &'a Settings,
    problems: Vec<String>,
    /// Variables whose names resemble settings that are not set.
    misspellings: Vec<(&'a str, &'static str)>,
    /// Required settings that are not set, apart from those that are problems.
    unset: Vec<&'static str>,
    /// Settings of enrollment, if all of them could be read.
    pub(super) enroll: Option<EnrollConfig>,
}

impl<'a> Reading<'a> {
    /// Takes the problems that the functions reported. Other settings, such as those of tools, and names of tables and
    /// whatever else a deployment creates, are checked only if they are set.
    pub(super) fn new(settings: &'a Settings, mut problems: Vec<String>) -> Self {
        let enroll = EnrollConfig::from_settings(&mut settings.read());
        let mut reader = settings.read();
        registry::check_all(&mut reader);
        let misspellings = reader.misspellings().collect();
        if let ConfigError::Settings(others) = reader.problems() {
            problems.extend(others.into_iter().filter(|other| !problems.contains(other)).collect::<Vec<_>>());
        }
        let required = registry::definitions().filter(|definition| {
            definition.presence == Presence::Required && !definition.functions.is_empty()
        });
        let unset = required
            .map(|definition| definition.name)
            .filter(|name| text(settings, name).is_none())
            .filter(|name| !problems.iter().any(|problem| is_about(problem, name)))
            .collect();
        Self { settings, problems, misspellings, unset, enroll }
    }

    /// The text of a setting; `None` if it is not set.
    pub(super) fn raw<T>(&self, setting: &Setting<T>) -> Option<&'a str> {
        text(self.settings, setting.name())
    }

    /// A setting as the functions read it; `None` if it is not set or does not parse.
    pub(super) fn value<T: FromStr<Err: fmt::Display>>(&self, setting: &Setting<T>) -> Option<T> {
        self.settings.read().value(setting)
    }

    /// The functions' own reader, for readers of several settings; its problems are recorded already.
    pub(super) fn reader(&self) -> SettingsReader<'a> {
        self.settings.read()
    }

    /// The row of a setting with a problem.
    pub(super) fn problem_row<T>(&mut self, setting: &Setting<T>, remedy: &str) -> Option<Row> {
        let name = setting.name();
        let problem = self.problems.remove(self.problems.iter().position(|problem| is_about(problem, name))?);
        let what = problem.strip_prefix(name).unwrap_or_default().trim_start_matches([' ', ':']);
        Some(Row::wrong(name, what, remedy))
    }

    /// Settings that have no row `above`: those with problems, misspelled names, those without problems, and those that
    /// only a deployment has.
    pub(super) fn remaining_rows(&mut self, above: &[Row]) -> Vec<Row> {
        let misspellings = self.misspellings.iter().map(|(variable, setting)| {
            let found = format!("is no setting, and resembles {setting}, which is not set");
            Row::warning(*variable, found, format!("rename it, if {setting} is meant"))
        });
        let problems = std::mem::take(&mut self.problems);
        let mut rows: Vec<Row> =
            problems.iter().map(|problem| problem_row(problem)).chain(misspellings).collect();
        let has_row = |name: &str| above.iter().chain(&rows).any(|row| row.what == name);
        let others = registry::definitions().map(|definition| definition.name);
        let others = others.filter(|name| text(self.settings, name).is_some() && !has_row(name));
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            rows.push(Row::ok("other settings", format!("in the expected form: {}", others.join(", "))));
        }
        if !self.unset.is_empty() {
            let found =
                format!("not set, and required before the functions start: {}", self.unset.join(", "));
            rows.push(Row::skipped("settings of the deployment", found));
        }
        rows
    }
}

/// The row of a setting that no other check is about. The remedy is the description in `docs/configuration.md`.
fn problem_row(problem: &str) -> Row {
    let name = problem.split([' ', ':']).next().unwrap_or_default();
    let what = problem.strip_prefix(name).unwrap_or_default().trim_start_matches([' ', ':']);
    let mut entries = registry::SECTIONS.iter().flat_map(|section| section.settings);
    let entry = entries.find(|entry| entry.definition.name == name);
    let remedy = entry.map(|entry| format!("set it to: {}", entry.kind.replace('`', "")));
    Row::wrong(name, what, remedy.unwrap_or_else(|| "correct it".into()))
}

fn text<'a>(settings: &'a Settings, name: &str) -> Option<&'a str> {
    let variable = settings.iter().find(|(known, value)| *known == name && !value.is_empty());
    variable.map(|(_, value)| value)
}

fn is_about(problem: &str, name: &str) -> bool {
    problem.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':']))
}
