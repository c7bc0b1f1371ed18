//! Click to Pay, or another token requestor in its place: the pages between the redirect (step 13) and the way back
//! (step 25). Wording and looks are invented; the parameter, its verification and the way back are documented.

pub(crate) mod callback;
pub(crate) mod page;
pub(crate) mod session;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use uuid::Uuid;

use self::callback::{CallbackResult, way_back};
use self::page::answer as page;
use self::session::{Phase, Session};
use crate::{
    faults::Fault,
    journal::{Party, said},
    mastercard::Mastercard,
    operation::Operation,
    world::requestor::CLICK_TO_PAY,
};

type Shared = State<Arc<Mastercard>>;

pub(crate) fn router() -> Router<Arc<Mastercard>> {
    Router::new()
        .route(
            "/click-to-pay/provision",
            get(|State(m): Shared, query| provision(m, CLICK_TO_PAY.to_owned(), query)),
        )
        .route(
            "/requestors/{requestor_id}/provision",
            get(|State(m): Shared, Path(id): Path<String>, query| provision(m, id, query)),
        )
        .route("/click-to-pay/sessions/{id}", get(show))
        .route("/click-to-pay/sessions/{id}/accept", post(accept))
        .route("/click-to-pay/sessions/{id}/cancel", post(cancel))
        .route("/click-to-pay/sessions/{id}/close", post(close))
        .route("/click-to-pay/sessions/{id}/result/{result}", post(end_otherwise))
        .route("/click-to-pay/sessions/{id}/return", get(go_back))
}

/// Step 13 arrives; steps 14 to 21 happen; step 22 is the answer.
async fn provision(
    mastercard: Arc<Mastercard>,
    requestor: String,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    mastercard.count(Operation::Provision);
    let to = Party::ClickToPay;
    let head = format!(
        "GET {}?pushAccountData=…",
        if requestor == CLICK_TO_PAY { "/click-to-pay/provision" } else { "/requestors/…/provision" }
    );
    mastercard.journal.say(13, Party::Cardholder, to, "opens the redirect", said(head, None));
    let fault = mastercard.faults.strike(Operation::Provision, []);
    if let Some(response) = fault.as_ref().and_then(Fault::instead) {
        return response;
    }
    let (status, html) = match Session::open(&mastercard, &requestor, &query.unwrap_or_default()) {
        Ok(session) => {
            let what = match session.phase {
                Phase::Terms => "terms and conditions",
                Phase::Over => "the card was not enabled",
            };
            mastercard.journal.say(22, to, Party::Cardholder, what, said("200 OK, a page", None));
            let html = page::of(&session);
            mastercard.records().sessions.insert(session.id, session);
            (StatusCode::OK, html)
        }
        Err(refused) => {
            mastercard.journal.note(22, to, Party::Cardholder, format!("400: {refused}"));
            (StatusCode::BAD_REQUEST, page::refused(&refused.to_string()))
        }
    };
    let response = page(status, html.clone());
    match fault {
        Some(fault) => fault.spoil(response, html.into()).await,
        None => response,
    }
}

async fn show(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    match mastercard.records().sessions.get(&id) {
        Some(session) => page(StatusCode::OK, page::of(session)),
        None => not_found(),
    }
}

/// Steps 23 and 24.
async fn accept(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    let what = "accepts the terms";
    end(&mastercard, id, what, |session| {
        session.phase = Phase::Over;
        Vec::new()
    })
}

/// The cardholder does not want to after all: the tokens are removed.
async fn cancel(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    end(&mastercard, id, "cancels", |session| session.end_with(CallbackResult::Cancelled))
}

/// The cardholder closes the tab: nothing is said, and nobody comes back.
async fn close(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    match mastercard.records().sessions.get(&id) {
        Some(session) => {
            mastercard.journal.note(0, Party::Cardholder, Party::ClickToPay, "closes the tab");
            page(StatusCode::OK, page::closed(&session.requestor_name))
        }
        None => not_found(),
    }
}

/// Any other documented result, by hand.
async fn end_otherwise(
    State(mastercard): Shared,
    Path((id, result)): Path<(Uuid, CallbackResult)>,
) -> Response<Body> {
    end(&mastercard, id, "ends otherwise", |session| session.end_with(result))
}

/// Ends a session once; `change` answers the references of tokens to remove. The visit's own page follows, so that a
/// reload or the back button sends nothing again.
fn end(
    mastercard: &Mastercard,
    id: Uuid,
    what: &str,
    change: impl FnOnce(&mut Session) -> Vec<String>,
) -> Response<Body> {
    let mut records = mastercard.records();
    let Some(session) = records.sessions.get_mut(&id) else { return not_found() };
    let mut discarded = Vec::new();
    if session.phase == Phase::Terms {
        mastercard.journal.note(23, Party::Cardholder, Party::ClickToPay, what);
        discarded = change(session);
        mastercard.journal.note(24, Party::ClickToPay, Party::Cardholder, session.headline());
    }
    drop(records);
    for reference in discarded {
        crate::mdes::discard(mastercard, &reference);
    }
    Redirect::to(&format!("/click-to-pay/sessions/{id}")).into_response()
}

/// Step 25: back to the callback URL, with the results.
async fn go_back(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    let style = *mastercard.callback_style.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let records = mastercard.records();
    let Some(session) = records.sessions.get(&id) else { return not_found() };
    let location = session.callback_url.as_ref().filter(|_| session.phase == Phase::Over);
    let location =
        location.and_then(|url| HeaderValue::try_from(way_back(url, &session.results, style)).ok());
    let Some(location) = location else {
        return page(StatusCode::CONFLICT, page::refused("There is no way back from here yet."));
    };
    let results: Vec<_> =
        session.results.iter().map(|it| format!("results[…]={}", it.result.name())).collect();
    let head = format!("303 See Other, callback URL with {}", results.join("&"));
    let what = "redirect to the callback URL";
    mastercard.journal.say(25, Party::ClickToPay, Party::IssuerApp, what, said(head, None));
    let mut response = page(StatusCode::SEE_OTHER, String::new());
    response.headers_mut().insert(header::LOCATION, location);
    response
}

fn not_found() -> Response<Body> {
    page(StatusCode::NOT_FOUND, page::refused("This visit is unknown."))
}
