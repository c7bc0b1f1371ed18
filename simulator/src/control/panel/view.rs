//! The page of the panel.

use std::sync::{Arc, PoisonError};

use askama::Template;
use url::Url;
use uuid::Uuid;

use super::{
    german::GERMAN,
    menu,
    scenarios::{SCENARIOS, Scenario},
};
use crate::{
    click_to_pay::{session::Session, texts::Texts},
    html,
    language::{Language, PageLanguage},
    mastercard::Mastercard,
    notifications::{Delivery, NotificationPlan},
    operation::Operation,
    simulator::Simulator,
    world::token::Token,
};

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    w: PageLanguage,
    ribbon: &'static str,
    links: Vec<(&'static str, Url)>,
    scenarios: [ScenarioView; 6],
    active: Option<ScenarioView>,
    presets: [(&'static str, &'static str); 7],
    plan: NotificationPlan,
    deliveries: [(&'static str, &'static str, Delivery); 3],
    operations: [&'static str; 9],
    faults: Vec<(&'static str, &'static str)>,
    planned: Vec<String>,
    cards: Vec<(u64, String, String)>,
    tokens: Vec<(String, String)>,
    styles: Vec<(&'static str, &'static str, bool)>,
    sessions: Vec<(Uuid, String)>,
}

/// A scenario in the page's language.
struct ScenarioView {
    slug: &'static str,
    title: &'static str,
    watch: &'static str,
    is_active: bool,
}

impl Panel {
    fn text(&self, english: &'static str) -> &'static str {
        text(self.w.language, english)
    }
}

/// A text of the panel in a language.
pub(super) fn text(language: Language, english: &'static str) -> &'static str {
    language.translate(english, &[GERMAN])
}

/// Renders the panel with the current state, and the scenario that was set last.
pub(super) fn render(
    mastercard: &Arc<Mastercard>,
    active: Option<&'static Scenario>,
    w: PageLanguage,
) -> String {
    let text = |english| text(w.language, english);
    let texts = Texts::of(Some(w.language.code()));
    let simulator = Simulator::handle(Arc::clone(mastercard));
    let plan = mastercard.notifier.plan();
    let style = *mastercard.callback_style.lock().unwrap_or_else(PoisonError::into_inner);
    let last_four =
        |masked: &str| masked.get(masked.len().saturating_sub(4)..).unwrap_or_default().to_owned();
    let scenario = |it: &Scenario| ScenarioView {
        slug: it.slug,
        title: text(it.title),
        watch: text(it.watch),
        is_active: active.is_some_and(|active| active.slug == it.slug),
    };
    let token_option = |token: &Token| {
        let (card, requestor) = (token.card_contract_id, &token.token_requestor_id);
        let [contract, at] = ["Card contract", "at"].map(text);
        (
            format!("{card}/{requestor}"),
            format!("{contract} {card} {at} {}: {:?}", token.wallet_name, token.status()),
        )
    };
    let session = |session: &Session| {
        (session.id, format!("{}: {}", session.requestor_name, (texts.headline)(session.headline())))
    };
    let mut sessions: Vec<_> = mastercard.sessions.lock().iter().map(|(_, it)| session(it)).collect();
    sessions.sort();
    let cards = simulator.cards().into_iter();
    let cards = cards.map(|it| (it.card_contract_id, last_four(&it.masked), it.status)).collect();
    html::render(&Panel {
        w,
        ribbon: texts.ribbon,
        links: mastercard.options.panel_links.iter().map(|(name, url)| (text(*name), link(url, w))).collect(),
        scenarios: SCENARIOS.each_ref().map(scenario),
        active: active.map(scenario),
        presets: menu::PRESETS.map(|(slug, label)| (slug, text(label))),
        deliveries: [
            ("TAR", "tar", plan.tar.clone()),
            ("TCN", "tcn", plan.tcn.clone()),
            ("TVN", "tvn", plan.tvn.clone()),
        ],
        plan,
        operations: Operation::ALL.map(Operation::name),
        faults: menu::faults().into_iter().map(|(slug, label, _)| (slug, text(label))).collect(),
        planned: mastercard.faults.describe(),
        tokens: mastercard.records().tokens.iter().map(token_option).collect(),
        cards,
        styles: menu::STYLES.map(|(slug, label, option)| (slug, text(label), option == style)).into(),
        sessions,
    })
}

/// The address of another page, which keeps the language that was asked for.
fn link(url: &Url, w: PageLanguage) -> Url {
    let mut url = url.clone();
    if w.asked {
        url.query_pairs_mut().append_pair("lang", w.language.code());
    }
    url
}
