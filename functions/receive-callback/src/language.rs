//! The languages of the pages, with their texts. The cardholder may come from the bank's app or from its website, so the texts name neither.

use lambda_http::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// English, for browsers that prefer neither.
    English,
    /// German.
    German,
}

/// The texts of the pages.
pub(crate) struct Texts {
    /// The title of each page, and the link.
    pub(crate) back: &'static str,
    /// For a state that is unknown or has expired.
    pub(crate) unknown_state: &'static str,
    /// For an enrollment that could not be read.
    pub(crate) unreadable: &'static str,
}

const ENGLISH: Texts = Texts {
    back: "Back to your bank",
    unknown_state: "This page is no longer needed. Please go back to your bank to see your cards.",
    unreadable: "Something went wrong on our side, but nothing is lost. Please go back to your bank to see your cards.",
};

const GERMAN: Texts = Texts {
    back: "Zurück zu Ihrer Bank",
    unknown_state: "Diese Seite wird nicht mehr gebraucht. Bitte gehen Sie zurück zu Ihrer Bank, um Ihre Karten zu sehen.",
    unreadable: "Bei uns ist etwas schiefgegangen, aber nichts ist verloren. Bitte gehen Sie zurück zu Ihrer Bank, um Ihre Karten zu sehen.",
};

impl Language {
    /// The first language of `Accept-Language` that the pages have. Browsers send the preferred one first, so that weights
    /// need not be read.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        accepted.unwrap_or_default().split(',').find_map(Self::of_range).unwrap_or(Self::English)
    }

    /// The language of one range, such as `de-AT;q=0.8`.
    fn of_range(range: &str) -> Option<Self> {
        let language = range.split(['-', ';']).next().unwrap_or_default().trim();
        [Self::English, Self::German].into_iter().find(|known| known.code().eq_ignore_ascii_case(language))
    }

    /// Of HTML's `lang` and of `Content-Language`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its texts.
    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_of_the_browser_that_the_pages_have_is_chosen() {
        for (accepted, expected) in [
            ("de", Language::German),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("fr-CH, DE-ch;q=0.9, en;q=0.8", Language::German),
            ("en-GB,de;q=0.5", Language::English),
            ("fr,*;q=0.5", Language::English),
            ("den,deutsch", Language::English),
            ("", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{accepted:?}");
        }
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }
}
