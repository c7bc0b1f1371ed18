//! The definition of a setting: name, type, default, and the functions that may read it. The settings are in `registry`.

use std::{fmt, marker::PhantomData};

use super::Function;

/// A setting whose text parses as a `T`.
pub struct Setting<T> {
    definition: &'static Definition,
    value: PhantomData<fn() -> T>,
}

/// The definition of a setting, without its type.
#[derive(Debug)]
pub struct Definition {
    /// The environment variable.
    pub name: &'static str,
    /// What happens if it is absent or empty.
    pub presence: Presence,
    /// Whether it refers to a secret.
    pub secret: bool,
    /// Whether that secret must not hold anything else: who reads what else a secret holds could read this.
    pub own_secret: bool,
    /// The functions that may read it. Empty for settings of tools.
    pub functions: &'static [Function],
}

/// What happens when a setting is absent or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The function does not start.
    Required,
    /// This text is parsed instead.
    Default(&'static str),
    /// The function starts without it; the text describes the effect.
    Optional(&'static str),
}

impl<T> Setting<T> {
    pub(super) const fn new(definition: &'static Definition) -> Self {
        Self { definition, value: PhantomData }
    }

    /// Its definition.
    pub const fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// The environment variable.
    pub const fn name(&self) -> &'static str {
        self.definition.name
    }
}

impl<T> Clone for Setting<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Setting<T> {}

impl<T> fmt::Debug for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
