//! The HTML page: search form and search result.

mod enrollment;
mod list;

use askama::Template;
use jiff::Timestamp;
use model::{catalog::Snapshot, enrollment::Enrollment};
use simulator::{Language, PageLanguage};

use super::{
    lane::Lane,
    search::{SearchResult, Unmatched},
};
use crate::{
    language::Texts as _,
    navigation::{ICON, Navigation},
};
use enrollment::EnrollmentView;
use list::{EnrollmentLine, NotificationLine, requestor_name};

#[derive(Template)]
#[template(path = "support.html")]
struct Page<'a> {
    query: &'a str,
    w: Language,
    navigation: Navigation,
    /// Keeps the language in links, if the query asked for it.
    suffix: String,
    asked: bool,
    heading: String,
    enrollments: Option<Vec<EnrollmentLine>>,
    enrollment: Option<EnrollmentView>,
    not_found: bool,
    unmatched: Option<Vec<NotificationLine>>,
    lanes: [Lane; 5],
}

pub(super) fn render(
    query: &str,
    result: &SearchResult,
    unmatched: &[Unmatched],
    snapshot: &Snapshot,
    now: Timestamp,
    page: PageLanguage,
) -> Result<String, askama::Error> {
    let PageLanguage { language, asked } = page;
    let lines = |all: &[Enrollment]| {
        Some(all.iter().map(|enrollment| EnrollmentLine::new(enrollment, snapshot, now)).collect())
    };
    let mut page = Page {
        query,
        w: language,
        navigation: Navigation::new(page, "/support", ICON).with_search(query),
        suffix: if asked { format!("&lang={}", language.code()) } else { String::new() },
        asked,
        heading: language.text("Nothing found").into(),
        enrollments: None,
        enrollment: None,
        not_found: false,
        unmatched: None,
        lanes: Lane::ALL,
    };
    match result {
        SearchResult::Latest(all) => {
            page.heading = language.text("Latest enrollments").into();
            page.enrollments = lines(all);
            let notifications = unmatched.iter().map(|it| NotificationLine::new(it, snapshot, language));
            page.unmatched = Some(notifications.collect());
        }
        SearchResult::OfCard(card, all) => {
            page.heading = format!("{} {card}", language.text("Card contract"));
            page.enrollments = lines(all);
        }
        SearchResult::OfClient(client, all) => {
            page.heading = format!("{} {client}", language.text("Client"));
            page.enrollments = lines(all);
        }
        SearchResult::Enrollment(enrollment) => {
            let requestor = requestor_name(&enrollment.token_requestor_id, snapshot);
            page.heading = format!(
                "{} {} {} {requestor}",
                language.text("Card contract"),
                enrollment.card_contract_id,
                language.text("at")
            );
            page.enrollment = Some(EnrollmentView::new(enrollment, &requestor, now, language));
        }
        SearchResult::NotFound => page.not_found = true,
    }
    page.render()
}
