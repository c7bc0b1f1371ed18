//! The page of the panel.

use std::sync::{Arc, PoisonError};

use askama::Template;
use url::Url;

use super::{
    menu,
    scenarios::{SCENARIOS, Scenario},
};
use crate::{
    control::sessions::SessionSummary,
    html,
    mastercard::Mastercard,
    notifications::{Delivery, NotificationPlan},
    operation::Operation,
    simulator::Simulator,
    world::token::Token,
};

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    links: Vec<(&'static str, Url)>,
    scenarios: [Scenario; 6],
    active: Option<&'static Scenario>,
    presets: [(&'static str, &'static str); 7],
    plan: NotificationPlan,
    deliveries: [(&'static str, &'static str, Delivery); 3],
    operations: [&'static str; 9],
    faults: Vec<(&'static str, &'static str)>,
    planned: Vec<String>,
    cards: Vec<(u64, String, String)>,
    tokens: Vec<(String, String)>,
    styles: Vec<(&'static str, &'static str, bool)>,
    sessions: Vec<SessionSummary>,
}

/// Renders the panel with the current state, and what to watch in the active scenario.
pub(super) fn render(mastercard: &Arc<Mastercard>, active: Option<&'static Scenario>) -> String {
    let simulator = Simulator::handle(Arc::clone(mastercard));
    let plan = mastercard.notifier.plan();
    let style = *mastercard.callback_style.lock().unwrap_or_else(PoisonError::into_inner);
    let cards = simulator.cards();
    let last_four =
        |masked: &str| masked.get(masked.len().saturating_sub(4)..).unwrap_or_default().to_owned();
    let mut sessions = simulator.sessions();
    sessions.sort_by_key(|session| session.id);
    let token_option = |token: &Token| {
        let (card, requestor) = (token.card_contract_id, &token.token_requestor_id);
        (
            format!("{card}/{requestor}"),
            format!("card contract {card} at {}: {:?}", token.wallet_name, token.status()),
        )
    };
    html::render(&Panel {
        links: mastercard.options.panel_links.clone(),
        scenarios: SCENARIOS,
        active,
        presets: menu::PRESETS,
        deliveries: [
            ("TAR", "tar", plan.tar.clone()),
            ("TCN", "tcn", plan.tcn.clone()),
            ("TVN", "tvn", plan.tvn.clone()),
        ],
        plan,
        operations: Operation::ALL.map(Operation::name),
        faults: menu::faults().into_iter().map(|(slug, label, _)| (slug, label)).collect(),
        planned: mastercard.faults.describe(),
        tokens: mastercard.records().tokens.iter().map(token_option).collect(),
        cards: cards.into_iter().map(|it| (it.card_contract_id, last_four(&it.masked), it.status)).collect(),
        styles: menu::STYLES.map(|(slug, label, option)| (slug, label, option == style)).into(),
        sessions,
    })
}
