//! One token requestor on the page.

use askama::Template;
use mastercard::{
    card::AccountRange,
    token_requestor::{PushMethod, PushMethodKind, TokenRequestor},
};
use model::catalog::CatalogEntry;
use simulator::Language;

use super::utc_time::UtcTime;
use crate::language::Texts as _;

#[derive(Template)]
#[template(path = "card.html")]
pub(super) struct Card<'a> {
    w: Language,
    requestor: &'a TokenRequestor,
    logo_url: Option<&'a str>,
    initial: String,
    retired_at: Option<UtcTime>,
    quarantine: Option<(UtcTime, Vec<(String, String)>)>,
    methods: Vec<(String, Option<String>)>,
    ranges: &'a [AccountRange],
}

impl<'a> Card<'a> {
    pub(super) fn new(entry: &'a CatalogEntry, logo_url: Option<&'a str>, w: Language) -> Self {
        let requestor = &entry.requestor;
        let name = requestor.consumer_facing_entity_name.trim();
        let describe =
            |methods: &[PushMethod]| methods.iter().map(|it| (kind(&it.kind), origin(it))).collect();
        Self {
            w,
            requestor,
            logo_url,
            initial: name.chars().next().into_iter().flat_map(char::to_uppercase).collect(),
            retired_at: entry.retired_at.map(|at| UtcTime(at, w)),
            quarantine: entry
                .quarantine
                .as_ref()
                .map(|it| (UtcTime(it.since, w), describe(&it.push_methods))),
            methods: requestor
                .supported_push_methods
                .iter()
                .map(|it| (kind(it), address(requestor, it)))
                .collect(),
            ranges: &requestor.enabled_account_ranges,
        }
    }
}

fn kind(kind: &PushMethodKind) -> String {
    match kind {
        PushMethodKind::Android => "Android".into(),
        PushMethodKind::Ios => "iOS".into(),
        PushMethodKind::Web => "Web".into(),
        PushMethodKind::Other(name) => name.clone(),
    }
}

fn address(requestor: &TokenRequestor, kind: &PushMethodKind) -> Option<String> {
    requestor.available_push_methods.iter().find(|method| method.kind == *kind).map(origin)
}

/// Scheme and host of a push method's URI.
fn origin(method: &PushMethod) -> String {
    match method.uri.host_str() {
        Some(host) => format!("{}://{host}", method.uri.scheme()),
        None => method.uri.as_str().into(),
    }
}
