//! The texts of the pages in the reader's language: a text is written in English where it is used; its German is in a table
//! here.

mod catalog;
mod live;
mod shared;
mod support;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use simulator::Language;

/// The texts of `local`'s pages.
pub(crate) trait Texts {
    /// A text in this language.
    fn text(self, english: &'static str) -> &'static str;
    /// Day and month: `5 January`.
    fn day(self, at: Timestamp) -> String;
}

impl Texts for Language {
    fn text(self, english: &'static str) -> &'static str {
        self.translate(english, &[shared::GERMAN, support::GERMAN, catalog::GERMAN, live::GERMAN])
    }

    fn day(self, at: Timestamp) -> String {
        match self {
            Self::English => at.strftime("%-d %B").to_string(),
            Self::German => {
                let month = at.strftime("%-m").to_string().parse::<usize>().unwrap_or_default();
                let name = shared::MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default();
                format!("{}. {name}", at.strftime("%-d"))
            }
        }
    }
}
