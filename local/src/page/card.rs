//! One token requestor on the page.

use askama::Template;
use mastercard::{
    card::AccountRange,
    token_requestor::{PushMethod, PushMethodKind, TokenRequestor},
};
use model::catalog::CatalogEntry;

use super::when::When;

#[derive(Template)]
#[template(path = "card.html")]
pub(super) struct Card<'a> {
    requestor: &'a TokenRequestor,
    picture: Option<&'a str>,
    initial: String,
    retired_at: Option<When>,
    quarantine: Option<(When, Vec<(String, String)>)>,
    methods: Vec<(String, Option<String>)>,
    ranges: &'a [AccountRange],
}

impl<'a> Card<'a> {
    pub(super) fn new(known: &'a CatalogEntry, picture: Option<&'a str>) -> Self {
        let requestor = &known.requestor;
        let name = requestor.consumer_facing_entity_name.trim();
        let doors = |methods: &[PushMethod]| methods.iter().map(|it| (kind(&it.kind), place(it))).collect();
        Self {
            requestor,
            picture,
            initial: name.chars().next().into_iter().flat_map(char::to_uppercase).collect(),
            retired_at: known.retired_at.map(When),
            quarantine: known.quarantine.as_ref().map(|it| (When(it.since), doors(&it.push_methods))),
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
        PushMethodKind::Other(word) => word.clone(),
    }
}

fn address(requestor: &TokenRequestor, kind: &PushMethodKind) -> Option<String> {
    requestor.available_push_methods.iter().find(|method| method.kind == *kind).map(place)
}

/// Where a method leads, without what only machines read.
fn place(method: &PushMethod) -> String {
    match method.uri.host_str() {
        Some(host) => format!("{}://{host}", method.uri.scheme()),
        None => method.uri.as_str().into(),
    }
}
