//! The page of the 25 steps: shows each exchange between app, server and Mastercard as it happens.

pub(crate) mod journal;
mod play;
pub(crate) mod recording;

use std::{convert::Infallible, sync::Arc};

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Response, StatusCode},
    response::sse::{Event, Sse},
    routing::{get, post},
};
use futures_util::{Stream, StreamExt as _, stream};
use simulator::{Exchange, Language, PageLanguage, Simulator};
use tokio::{
    runtime::Handle,
    sync::broadcast::{Receiver, error::RecvError},
};
use url::Url;

use crate::{
    functions::Functions,
    identity::Identity,
    language::Texts as _,
    navigation::{ICON, Navigation},
    shutdown::Shutdown,
    web::{self, CSS, File, HTML, SCRIPT},
};
use journal::Journal;
use recording::{Recorded, Recording};

const FILES: [File; 5] = [
    ("/live/style.css", CSS, include_str!("../live/style.css")),
    ("/live/live.js", SCRIPT, include_str!("../live/live.js")),
    ("/live/diagram.js", SCRIPT, include_str!("../live/diagram.js")),
    ("/live/steps.js", SCRIPT, include_str!("../live/steps.js")),
    ("/live/texts.js", SCRIPT, include_str!("../live/texts.js")),
];

#[derive(Template)]
#[template(path = "live.html")]
struct Page {
    w: Language,
    navigation: Navigation,
}

/// Sources of the exchanges, and the parts that a journey needs.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) journal: Journal,
    pub(crate) simulator: Arc<Simulator>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) identity: Identity,
    pub(crate) base_url: Url,
    pub(crate) shutdown: Shutdown,
    pub(crate) recorded: Recorded,
}

impl Live {
    /// Starts to record all exchanges.
    pub(crate) fn record(&self) -> Recording {
        self.recorded.record([self.simulator.subscribe(), self.journal.subscribe()])
    }
}

/// `GET /live`, `GET /live/exchanges` (server-sent events), `GET /live/recorded`, `POST /live/journey`.
pub(crate) fn router(live: Live) -> Router {
    let live = Router::new()
        .route("/live", get(page))
        .route("/live/exchanges", get(exchanges))
        .route("/live/recorded", get(async |State(live): State<Live>| recorded(&live)))
        .route("/live/journey", post(journey))
        .with_state(live);
    web::files(FILES).merge(live)
}

async fn page(page: PageLanguage) -> Response<Body> {
    let html = Page { w: page.language, navigation: Navigation::new(page, "/live", ICON) };
    // Rendering to a `String` fails only if a value's `Display` fails, which none of these does.
    web::file(HTML, html.render().unwrap_or_default())
}

fn recorded(live: &Live) -> Response<Body> {
    let exchanges = serde_json::to_string(&live.recorded.exchanges()).unwrap_or_default();
    web::file("application/json", exchanges)
}

async fn exchanges(State(live): State<Live>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let all = stream::select(
        exchange_stream(live.simulator.subscribe()),
        exchange_stream(live.journal.subscribe()),
    );
    let events = all.filter_map(async |exchange| Event::default().json_data(&exchange).ok().map(Ok));
    Sse::new(events.take_until(live.shutdown.wait()))
}

/// The exchanges of a receiver, until its sender is dropped. A slow reader misses exchanges.
fn exchange_stream(receiver: Receiver<Exchange>) -> impl Stream<Item = Exchange> {
    stream::unfold(receiver, async |mut receiver| {
        loop {
            match receiver.recv().await {
                Ok(exchange) => return Some((exchange, receiver)),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

/// Runs on a separate thread, since the futures of scheduled functions are not `Send`.
async fn journey(State(live): State<Live>) -> StatusCode {
    let runtime = Handle::current();
    match tokio::task::spawn_blocking(move || runtime.block_on(live.play())).await {
        Ok(Ok(())) => StatusCode::NO_CONTENT,
        Ok(Err(error)) => {
            tracing::warn!(cause = runtime::telemetry::chain(error.as_ref()), "the journey stopped");
            StatusCode::BAD_GATEWAY
        }
        Err(_panicked) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
