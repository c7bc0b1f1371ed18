//! The languages of the pages: of the simulator's panel and of `local`'s. As with gettext, a text is written in English
//! where it is used, and each page has a table with its German. Codes, such as `TAR` and `APPROVED`, are the same in both.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query},
    http::{header, request::Parts},
};
use serde::Deserialize;

/// English texts with their German.
pub type German = &'static [(&'static str, &'static str)];

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, the default.
    English,
    /// German.
    German,
}

impl Language {
    /// The language that the query asks for, or else the first of the browser's (`Accept-Language`).
    #[must_use]
    pub fn choose(asked: Option<&str>, accepted: &str) -> Self {
        if asked.unwrap_or(accepted).to_ascii_lowercase().starts_with("de") {
            Self::German
        } else {
            Self::English
        }
    }

    /// Of HTML's `lang`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::German,
            Self::German => Self::English,
        }
    }

    /// Its own name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// A text in this language; in English if no table has its German.
    #[must_use]
    pub fn translate(self, english: &'static str, tables: &[German]) -> &'static str {
        let german = || tables.iter().copied().flatten().find(|(text, _)| *text == english);
        match self {
            Self::English => english,
            Self::German => german().map_or(english, |(_, german)| german),
        }
    }
}

/// The language of a request's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLanguage {
    /// The language.
    pub language: Language,
    /// Whether the query asked for it: then the page's links keep it.
    pub asked: bool,
}

impl PageLanguage {
    /// The query of links that keep the language: `?lang=de`, or nothing.
    #[must_use]
    pub fn query(self) -> &'static str {
        match self {
            Self { asked: false, .. } => "",
            Self { language: Language::English, .. } => "?lang=en",
            Self { language: Language::German, .. } => "?lang=de",
        }
    }
}

#[derive(Default, Deserialize)]
struct LanguageQuery {
    /// `en` or `de`; by default the browser's language.
    lang: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for PageLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Query(query) = Query::<LanguageQuery>::try_from_uri(&parts.uri).unwrap_or_default();
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        let language = Language::choose(query.lang.as_deref(), accepted.unwrap_or_default());
        Ok(Self { language, asked: query.lang.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_decides_before_the_first_language_of_the_browser() {
        assert_eq!(Language::choose(None, "de-AT,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(Language::choose(None, "en-GB,de;q=0.5"), Language::English);
        assert_eq!(Language::choose(Some("en"), "de"), Language::English);
    }
}
