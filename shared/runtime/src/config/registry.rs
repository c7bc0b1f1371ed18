//! The registry of settings: each environment variable that this project reads, defined once. The reader, `local`,
//! `doctor check` and `docs/configuration.md` take names, types, defaults and functions from here;
//! `.ci/check-template` compares the page with `infra/template.yaml`.
//!
//! To add a setting, add an entry to the file of its section and regenerate the page as its first line says.

mod bank;
mod catalog;
mod doctor;
mod enrollment;
mod mastercard;
mod notification;
mod processing;
mod token_connect;

use std::{fmt, marker::PhantomData};

use super::{Function, SettingsReader};

pub use self::mastercard::*;
pub use bank::*;
pub use catalog::*;
pub use doctor::*;
pub use enrollment::*;
pub use notification::*;
pub use processing::*;
pub use token_connect::*;

/// A setting whose text parses as a `T`.
pub struct Setting<T> {
    definition: &'static Definition,
    value: PhantomData<fn() -> T>,
}

/// What is known of a setting, whatever its type.
#[derive(Debug)]
pub struct Definition {
    /// The environment variable.
    pub name: &'static str,
    /// The form of its values, in Markdown.
    pub kind: &'static str,
    /// What happens without it.
    pub presence: Presence,
    /// Whether it refers to a secret.
    pub secret: bool,
    /// The functions that may read it. Empty for settings of tools.
    pub functions: &'static [Function],
    /// What it is for, in Markdown.
    pub meaning: &'static str,
}

/// What happens when a setting is absent or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The function does not start.
    Required,
    /// This text is parsed in its place.
    Default(&'static str),
    /// The function starts without it; the text describes the effect.
    Optional(&'static str),
}

/// Settings that belong together: one table of the page.
#[derive(Debug)]
pub struct Section {
    /// The heading of the table.
    pub title: &'static str,
    /// Its settings, in the order of the page.
    pub settings: &'static [&'static Definition],
    check: fn(&mut SettingsReader<'_>),
}

/// All sections, in the order of the page.
pub const SECTIONS: &[Section] = &[
    self::mastercard::SECTION,
    token_connect::SECTION,
    processing::SECTION,
    bank::SECTION,
    catalog::SECTION,
    enrollment::SECTION,
    notification::SECTION,
    doctor::SECTION,
];

/// All settings.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    SECTIONS.iter().flat_map(|section| section.settings).copied()
}

/// Parses every setting that is there, and every default; the reader holds the problems.
pub fn check_all(read: &mut SettingsReader<'_>) {
    SECTIONS.iter().for_each(|section| (section.check)(read));
}

impl<T> Setting<T> {
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

/// Defines the settings of one section: a [`Setting`] constant for each, and `SECTION`.
macro_rules! section {
    ($title:literal; $($name:ident: $type:ty {
        kind: $kind:literal,
        presence: $presence:expr,
        secret: $secret:literal,
        functions: $functions:expr,
        meaning: $meaning:literal,
    })*) => {
        $(
            #[doc = $meaning]
            pub const $name: $crate::config::registry::Setting<$type> = $crate::config::registry::Setting {
                definition: &$crate::config::registry::Definition {
                    name: stringify!($name),
                    kind: $kind,
                    presence: $presence,
                    secret: $secret,
                    functions: $functions,
                    meaning: $meaning,
                },
                value: std::marker::PhantomData,
            };
        )*

        pub(super) const SECTION: $crate::config::registry::Section = $crate::config::registry::Section {
            title: $title,
            settings: &[$($name.definition()),*],
            check: |read| { $(read.check(&$name);)* },
        };
    };
}
use section;

#[cfg(test)]
mod tests;
