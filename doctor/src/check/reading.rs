//! The settings, read by the functions' own readers. Each problem that a reader records becomes the row of its setting;
//! problems that belong to no other check become rows at the end.

use std::{fmt, str::FromStr};

use enroll::EnrollConfig;
use runtime::config::{
    ConfigError, ProcessingSettings, SearchSettings, Settings, SettingsReader, TokenConnectSettings,
    registry::{self, ACCOUNT_RANGES, Presence, Setting},
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
    /// Reads every setting of every function. Settings about Mastercard are required. Names of tables and other settings
    /// that a deployment creates are checked only if they are set.
    pub(super) fn new(settings: &'a Settings) -> Self {
        let mut reader = settings.read();
        let _ = TokenConnectSettings::from_settings(&mut reader);
        let _ = ProcessingSettings::from_settings(&mut reader);
        let _ = SearchSettings::from_settings(&mut reader);
        let _ = reader.value(&ACCOUNT_RANGES);
        let enroll = EnrollConfig::from_settings(&mut reader);
        registry::check_all(&mut reader);
        let misspellings = reader.misspellings().collect();
        let problems = match reader.problems() {
            ConfigError::Settings(problems) => problems,
            other => vec![other.to_string()],
        };
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

    /// Problems that belong to no other check, misspelled names, and settings that only a deployment has.
    pub(super) fn remaining_rows(&mut self) -> Vec<Row> {
        let misspellings = self.misspellings.iter().map(|(variable, setting)| {
            let found = format!("is no setting, and resembles {setting}, which is not set");
            Row::warning(*variable, found, format!("rename it, if {setting} is meant"))
        });
        let problems = std::mem::take(&mut self.problems).into_iter();
        let problems = problems
            .map(|problem| Row::wrong("settings", problem, "correct it: the functions do not start with it"));
        let mut rows: Vec<Row> = problems.chain(misspellings).collect();
        if !self.unset.is_empty() {
            let found =
                format!("not set, and required before the functions start: {}", self.unset.join(", "));
            rows.push(Row::skipped("settings of the deployment", found));
        }
        rows
    }
}

fn text<'a>(settings: &'a Settings, name: &str) -> Option<&'a str> {
    let variable = settings.iter().find(|(known, value)| *known == name && !value.is_empty());
    variable.map(|(_, value)| value)
}

fn is_about(problem: &str, name: &str) -> bool {
    problem.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':']))
}
