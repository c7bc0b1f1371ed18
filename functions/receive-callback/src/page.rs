//! The pages of the returning browser: a redirect with a link to tap, and pages without a link. None of them has the bank's name or design.

use lambda_http::{
    Body, Response,
    http::{StatusCode, header, response::Builder},
};
use runtime::http::Problem;

use crate::language::Language;

/// Why a page has no link.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoLink {
    /// The state is unknown or has expired.
    UnknownState,
    /// The enrollment could not be read.
    Unreadable,
}

impl NoLink {
    fn status(self) -> StatusCode {
        match self {
            Self::UnknownState => StatusCode::NOT_FOUND,
            Self::Unreadable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn text(self, language: Language) -> &'static str {
        match self {
            Self::UnknownState => language.texts().unknown_state,
            Self::Unreadable => language.texts().unreadable,
        }
    }
}

/// 303 to a link. Browsers block some automatic ways to an app, so the page has the link to tap, too.
pub(crate) fn redirect(link: &str, language: Language) -> Result<Response<Body>, Problem> {
    let href = link.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let content = format!("<p><a href=\"{href}\">{}</a></p>", language.texts().back);
    let response = Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, link);
    page(response, language, &content)
}

/// A page that says to go back to the bank. It contains no data and no link.
pub(crate) fn without_link(reason: NoLink, language: Language) -> Result<Response<Body>, Problem> {
    let content = format!("<p>{}</p>", reason.text(language));
    page(Response::builder().status(reason.status()), language, &content)
}

fn page(response: Builder, language: Language, content: &str) -> Result<Response<Body>, Problem> {
    // Without a style of its own, since it is no bank's: the browser's, in light or dark.
    let head = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <meta name=\"color-scheme\" content=\"light dark\">";
    let (code, title) = (language.code(), language.texts().back);
    let page = format!("<!doctype html><html lang=\"{code}\">{head}<title>{title}</title>{content}</html>");
    response
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_LANGUAGE, code)
        .header(header::VARY, "accept-language")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::Text(page))
        .map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_does_not_follow_the_redirect_shows_a_link_to_the_app() {
        let link = "bankapp://click-to-pay?a='><script>&enrollmentId=1&outcome=completed";
        let response = redirect(link, Language::English).unwrap();
        assert_eq!(response.headers()[header::LOCATION], link);
        assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], "default-src 'none'");
        let Body::Text(page) = response.body() else { panic!("no page") };
        let href = page.split("<a href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(href.replace("&lt;", "<").replace("&amp;", "&"), link);
        assert!(!page.contains("<script"), "{page}");
    }
}
