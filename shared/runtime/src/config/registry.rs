//! The registry of settings: each setting of this project, an environment variable, defined once. The reader, `local`,
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

use super::SettingsReader;

pub use self::mastercard::*;
pub use bank::*;
pub use catalog::*;
pub use doctor::*;
pub use enrollment::*;
pub use notification::*;
pub use processing::*;
pub use token_connect::*;

pub use super::setting::{Definition, Presence, Setting};

/// Settings that belong together: one table of `docs/configuration.md`.
#[derive(Debug)]
pub struct Section {
    /// The heading of the table.
    pub title: &'static str,
    /// Its settings, in the order of the page.
    pub settings: &'static [Entry],
    check: fn(&mut SettingsReader<'_>),
}

/// A row of the page. Its texts are not part of the definition, so that the functions do not contain them.
#[derive(Debug)]
pub struct Entry {
    /// Name, default and functions.
    pub definition: &'static Definition,
    /// Description of the values, in Markdown.
    pub kind: &'static str,
    /// The purpose, in Markdown.
    pub meaning: &'static str,
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
    SECTIONS.iter().flat_map(|section| section.settings).map(|entry| entry.definition)
}

/// Parses every setting that is set, and every default. The reader collects the problems.
pub fn check_all(settings: &mut SettingsReader<'_>) {
    SECTIONS.iter().for_each(|section| (section.check)(settings));
}

/// Defines the settings of one section: a [`Setting`] constant for each, and `SECTION`.
macro_rules! section {
    ($title:literal; $($name:ident: $type:ty {
        kind: $kind:literal,
        presence: $presence:expr,
        secret: $secret:literal,
        $(own_secret: $own_secret:literal,)?
        functions: $functions:expr,
        meaning: $meaning:literal,
    })*) => {
        $(
            #[doc = $meaning]
            pub const $name: $crate::config::setting::Setting<$type> =
                $crate::config::setting::Setting::new(&$crate::config::setting::Definition {
                    name: stringify!($name),
                    presence: $presence,
                    secret: $secret,
                    own_secret: const { false $(|| $own_secret)? },
                    functions: $functions,
                });
        )*

        pub(super) const SECTION: $crate::config::registry::Section = $crate::config::registry::Section {
            title: $title,
            settings: &[$($crate::config::registry::Entry {
                definition: $name.definition(),
                kind: $kind,
                meaning: $meaning,
            }),*],
            check: |reader| { $(reader.check(&$name);)* },
        };
    };
}
use section;

#[cfg(test)]
mod tests;
