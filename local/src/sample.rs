//! The sample bank app: its files, and a sample of the systems that a real bank has already: a login and the details of
//! its cards. It is not deployed.

mod login;

use std::sync::Arc;

use axum::{Router, routing::get};
use simulator::Simulator;

pub(crate) use login::CARDHOLDERS;

use crate::{identity::Identity, web};

/// Path, media type and content of each file.
const FILES: [(&str, &str, &str); 12] = [
    ("/", "text/html; charset=utf-8", include_str!("../sample-app/index.html")),
    ("/app/style.css", "text/css; charset=utf-8", include_str!("../sample-app/style.css")),
    ("/app/icon.svg", "image/svg+xml", include_str!("../sample-app/icon.svg")),
    ("/app/texts.json", "application/json", include_str!("../sample-app/texts.json")),
    ("/app/api.js", SCRIPT, include_str!("../sample-app/api.js")),
    ("/app/bank.js", SCRIPT, include_str!("../sample-app/bank.js")),
    ("/app/outcome.js", SCRIPT, include_str!("../sample-app/outcome.js")),
    ("/app/pending-request.js", SCRIPT, include_str!("../sample-app/pending-request.js")),
    ("/app/texts.js", SCRIPT, include_str!("../sample-app/texts.js")),
    ("/app/views.js", SCRIPT, include_str!("../sample-app/views.js")),
    ("/app/app.js", SCRIPT, include_str!("../sample-app/app.js")),
    ("/app/dom.js", SCRIPT, include_str!("../sample-app/dom.js")),
];
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// State of the sample login.
#[derive(Clone)]
pub(crate) struct Bank {
    pub(crate) identity: Identity,
    pub(crate) simulator: Arc<Simulator>,
}

/// `GET /`, `/app/…`, `/sample/…`.
pub(crate) fn router(bank: Bank) -> Router {
    let files = FILES.into_iter().fold(Router::new(), |router, (path, media_type, content)| {
        router.route(path, get(async move || web::file(media_type, content)))
    });
    files.merge(login::router(bank))
}
