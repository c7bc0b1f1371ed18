//! The head of the pages behind the scenes: links to each of them, and to the same page in the other language.

use askama::Template;
use simulator::{Language, PageLanguage};
use url::form_urlencoded::Serializer;

use crate::language::Texts as _;

/// The icon's address, for pages that may load it.
pub(crate) const ICON: &str = "/app/icon.svg";

#[derive(Template)]
#[template(path = "navigation.html")]
pub(crate) struct Navigation {
    w: Language,
    /// Keeps the language in links, if the request asked for it.
    query: &'static str,
    icon: &'static str,
    pages: [(&'static str, &'static str); 3],
    current: &'static str,
    other_language: String,
}

impl Navigation {
    /// Of the page with this path, in the language of its request.
    pub(crate) fn new(page: PageLanguage, current: &'static str, icon: &'static str) -> Self {
        let w = page.language;
        Self {
            w,
            query: page.query(),
            icon,
            pages: [
                ("/live", "Live"),
                ("/support", w.text("Support")),
                ("/support/catalog", w.text("Catalog")),
            ],
            current,
            other_language: format!("{current}?lang={}", w.other().code()),
        }
    }

    /// The search is the same in the other language.
    pub(crate) fn with_search(mut self, find: &str) -> Self {
        let mut query = Serializer::new(String::new());
        query.append_pair("find", find).append_pair("lang", self.w.other().code());
        self.other_language = format!("{}?{}", self.current, query.finish());
        self
    }
}
