//! The settings as the functions' own readers see them. Each problem that a reader notes becomes the row of the
//! setting it names; what no row asks for is told at the end.

use std::{collections::BTreeSet, fmt, str::FromStr};

use enroll::EnrollConfig;
use mastercard::card::AccountRange;
use runtime::config::{
    ConfigError, ProcessingSettings, SearchSettings, Settings, SettingsReader, TokenConnectSettings,
};

use crate::report::Row;

/// The list of [`AccountRange`]s, as `sync-requestors` reads it.
pub(super) const ACCOUNT_RANGES: &str = "ACCOUNT_RANGES";

pub(super) struct Reading<'a> {
    settings: &'a Settings,
    problems: Vec<String>,
    /// What enrollment goes by, if all of it could be read.
    pub(super) enroll: Option<EnrollConfig>,
}

impl<'a> Reading<'a> {
    /// Reads everything that has to do with Mastercard; stores and the app's own settings are not its business.
    pub(super) fn of(settings: &'a Settings) -> Self {
        let mut read = settings.read();
        let _ = TokenConnectSettings::read(&mut read);
        let _ = ProcessingSettings::read(&mut read);
        let _ = SearchSettings::read(&mut read);
        let _ = read.list::<AccountRange>(ACCOUNT_RANGES);
        let enroll = EnrollConfig::read(&mut read);
        let mut problems = match read.problems() {
            ConfigError::Settings(problems) => problems,
            other => vec![other.to_string()],
        };
        let mut told = BTreeSet::new();
        problems.retain(|problem| told.insert(problem.clone()));
        Self { settings, problems, enroll }
    }

    /// The text of a setting; `None` if it is not set.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let known = self.settings.iter().find(|(known, value)| *known == name && !value.is_empty());
        known.map(|(_, value)| value)
    }

    /// A setting as the functions read it; `None` if it is not set or does not parse.
    pub(super) fn value<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Option<T> {
        self.settings.read().required(name)
    }

    /// The functions' own reader, for what reads several settings; its problems are known already.
    pub(super) fn reader(&self) -> SettingsReader<'a> {
        self.settings.read()
    }

    /// `name=value` pairs as the functions read them.
    pub(super) fn pairs(&self, name: &str) -> Vec<(String, String)> {
        self.settings.read().pairs(name).unwrap_or_default()
    }

    /// The row of a setting that a reader refused.
    pub(super) fn refused(&mut self, name: &str, to_do: &str) -> Option<Row> {
        let names =
            |problem: &String| problem.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':']));
        let problem = self.problems.remove(self.problems.iter().position(names)?);
        let what = problem.strip_prefix(name).unwrap_or_default().trim_start_matches([' ', ':']);
        Some(Row::wrong(name, what, to_do))
    }

    /// Problems that no row asked for.
    pub(super) fn rest(&mut self) -> Vec<Row> {
        let rest = std::mem::take(&mut self.problems).into_iter();
        rest.map(|problem| Row::wrong("settings", problem, "correct it: the functions do not start with it"))
            .collect()
    }
}
