//! The environment variables of a function.

use std::{collections::BTreeMap, fmt};

use super::Function;

/// Environment variables by name. `Debug` prints names only, because values may be secret.
#[derive(Clone, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
    function: Option<Function>,
}

impl FromIterator<(String, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self { variables: variables.into_iter().collect(), function: None }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Settings {
    /// The same variables for one function: reading a setting that is not registered for it becomes a problem.
    #[must_use]
    pub fn for_function(self, function: Function) -> Self {
        Self { function: Some(function), ..self }
    }

    /// All variables, for handing them to another process.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The function that reads them; `None` for tools and tests.
    pub(super) fn function(&self) -> Option<Function> {
        self.function
    }

    /// The text of a variable. An empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_do_not_print_their_values() {
        let settings: Settings = [("NAME".to_owned(), "value".to_owned())].into_iter().collect();
        let printed = format!("{settings:?}");
        assert!(printed.contains("NAME") && !printed.contains("value"));
    }
}
