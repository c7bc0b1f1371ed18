//! Reads settings as the registry defines them, and collects all problems.

use std::{fmt, str::FromStr};

use super::{
    ConfigError, Function, Settings,
    misspelling::resembles,
    setting::{Definition, Presence, Setting},
};

/// Reads settings and collects problems. `None` always means that a problem was noted.
pub struct SettingsReader<'a> {
    settings: &'a Settings,
    problems: Vec<String>,
    /// Settings that were read and are absent; a variable with a similar name may be a misspelling.
    absent: Vec<&'static str>,
}

impl Settings {
    /// A reader, which collects problems until [`SettingsReader::finish`].
    pub fn read(&self) -> SettingsReader<'_> {
        SettingsReader { settings: self, problems: Vec::new(), absent: Vec::new() }
    }
}

impl<'a> SettingsReader<'a> {
    /// A setting or its default. Without a default it is a problem if the setting is absent, also if it is optional:
    /// callers use this when another setting requires it.
    pub fn value<T: FromStr<Err: fmt::Display>>(&mut self, setting: &Setting<T>) -> Option<T> {
        let definition = setting.definition();
        match (self.text(definition)?, definition.presence) {
            (Some(raw), _) => self.parse(setting, raw),
            (None, Presence::Default(raw)) => self.parse(setting, raw),
            (None, _) => {
                self.note(format!("{} is not set", definition.name));
                None
            }
        }
    }

    /// An optional setting; `Some(None)` if it is absent.
    pub fn optional<T: FromStr<Err: fmt::Display>>(&mut self, setting: &Setting<T>) -> Option<Option<T>> {
        match setting.definition().presence {
            Presence::Optional(_) if !self.is_set(setting) => Some(None),
            _ => self.value(setting).map(Some),
        }
    }

    /// The function whose settings are read; `None` for tools and tests.
    pub(super) fn function(&self) -> Option<Function> {
        self.settings.function()
    }

    /// Parses a setting if it is set, or else its default.
    pub(super) fn check<T: FromStr<Err: fmt::Display>>(&mut self, setting: &Setting<T>) {
        let has_default = matches!(setting.definition().presence, Presence::Default(_));
        if self.is_set(setting) || has_default {
            let _ = self.value(setting);
        }
    }

    /// Whether a setting is set and not empty.
    pub fn is_set<T>(&mut self, setting: &Setting<T>) -> bool {
        matches!(self.text(setting.definition()), Some(Some(_)))
    }

    /// The text of a setting; `None` without a problem if it is absent or not registered for this function.
    pub(super) fn peek<T>(&self, setting: &Setting<T>) -> Option<&'a str> {
        self.settings.text(setting.name()).filter(|_| self.is_registered(setting.definition()))
    }

    /// Notes a problem with a setting. Its value is not repeated.
    pub fn problem<T>(&mut self, setting: &Setting<T>, what: impl fmt::Display) {
        self.note(format!("{}: {what}", setting.name()));
    }

    /// All problems.
    pub fn problems(self) -> ConfigError {
        ConfigError::Settings(self.problems)
    }

    /// Returns `values` if no problem was noted, or else all problems. Logs a warning for each variable whose name resembles
    /// an absent setting.
    pub fn finish<T>(self, values: Option<T>) -> Result<T, ConfigError> {
        for (variable, setting) in self.misspellings() {
            tracing::warn!(
                event = "setting_misspelled",
                variable,
                setting,
                "unknown environment variable resembles a setting"
            );
        }
        match values {
            Some(values) if self.problems.is_empty() => Ok(values),
            _ => Err(self.problems()),
        }
    }

    /// Settings that were read and are absent or empty.
    pub fn absent(&self) -> &[&'static str] {
        &self.absent
    }

    /// Variables whose names resemble settings that were read and are absent: the variable and the setting.
    pub fn misspellings(&self) -> impl Iterator<Item = (&'a str, &'static str)> {
        let variables = self.settings.iter().filter(|(_, value)| !value.is_empty());
        variables.filter_map(|(variable, _)| {
            let setting = self.absent.iter().find(|setting| resembles(variable, setting))?;
            Some((variable, *setting))
        })
    }

    /// `None` if the function may not read it, `Some(None)` if it is absent.
    fn text(&mut self, definition: &'static Definition) -> Option<Option<&'a str>> {
        if !self.is_registered(definition) {
            let name = definition.name;
            self.note(format!("{name}: add the function to its entry in shared/runtime/src/config/registry"));
            return None;
        }
        let text = self.settings.text(definition.name);
        if text.is_none() && !self.absent.contains(&definition.name) {
            self.absent.push(definition.name);
        }
        Some(text)
    }

    fn is_registered(&self, definition: &Definition) -> bool {
        self.settings.function().is_none_or(|function| definition.functions.contains(&function))
    }

    fn parse<T: FromStr<Err: fmt::Display>>(&mut self, setting: &Setting<T>, raw: &str) -> Option<T> {
        if setting.definition().own_secret && raw.starts_with("arn:") && raw.contains('#') {
            self.problem(setting, "must be a secret that holds nothing else, without #key");
            return None;
        }
        raw.parse().map_err(|error| self.problem(setting, error)).ok()
    }

    fn note(&mut self, problem: String) {
        // Two readers may share a setting.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests;
