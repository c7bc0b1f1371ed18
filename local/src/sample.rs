//! The sample bank app: its files, and a sample of the systems that a real bank has already: a login and the details of
//! its cards. It is not deployed.

mod login;

use std::sync::Arc;

use axum::Router;
use simulator::Simulator;

pub(crate) use login::CARDHOLDERS;

use crate::{
    identity::Identity,
    web::{self, CSS, File, SCRIPT},
};

const FILES: [File; 24] = [
    ("/", "text/html; charset=utf-8", include_str!("../sample-app/index.html")),
    ("/app/style.css", CSS, include_str!("../sample-app/style.css")),
    ("/app/icon.svg", "image/svg+xml", include_str!("../sample-app/icon.svg")),
    ("/app/texts.json", "application/json", include_str!("../sample-app/texts.json")),
    ("/app/account-holder.js", SCRIPT, include_str!("../sample-app/account-holder.js")),
    ("/app/api.js", SCRIPT, include_str!("../sample-app/api.js")),
    ("/app/app.js", SCRIPT, include_str!("../sample-app/app.js")),
    ("/app/bank.js", SCRIPT, include_str!("../sample-app/bank.js")),
    ("/app/card.js", SCRIPT, include_str!("../sample-app/card.js")),
    ("/app/dom.js", SCRIPT, include_str!("../sample-app/dom.js")),
    ("/app/mark.js", SCRIPT, include_str!("../sample-app/mark.js")),
    ("/app/outcome.js", SCRIPT, include_str!("../sample-app/outcome.js")),
    ("/app/pending-request.js", SCRIPT, include_str!("../sample-app/pending-request.js")),
    ("/app/places.js", SCRIPT, include_str!("../sample-app/places.js")),
    ("/app/platform.js", SCRIPT, include_str!("../sample-app/platform.js")),
    ("/app/texts.js", SCRIPT, include_str!("../sample-app/texts.js")),
    ("/app/waiting.js", SCRIPT, include_str!("../sample-app/waiting.js")),
    ("/app/views/card.js", SCRIPT, include_str!("../sample-app/views/card.js")),
    ("/app/views/cards.js", SCRIPT, include_str!("../sample-app/views/cards.js")),
    ("/app/views/enable.js", SCRIPT, include_str!("../sample-app/views/enable.js")),
    ("/app/views/follow.js", SCRIPT, include_str!("../sample-app/views/follow.js")),
    ("/app/views/login.js", SCRIPT, include_str!("../sample-app/views/login.js")),
    ("/app/views/problem.js", SCRIPT, include_str!("../sample-app/views/problem.js")),
    ("/app/views/token.js", SCRIPT, include_str!("../sample-app/views/token.js")),
];

/// State of the sample login.
#[derive(Clone)]
pub(crate) struct Bank {
    pub(crate) identity: Identity,
    pub(crate) simulator: Arc<Simulator>,
    /// Whether the server requires a second factor to enable a card.
    pub(crate) step_up: bool,
}

/// `GET /`, `/app/…`, `/sample/…`.
pub(crate) fn router(bank: Bank) -> Router {
    web::files(FILES).merge(login::router(bank))
}
