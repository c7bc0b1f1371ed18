//! The pages of Click to Pay and other token requestors, from the redirect (step 13) to the callback (step 25). Wording
//! and layout are invented; the redirect's parameter, its verification and the callback are documented.

pub(crate) mod callback;
pub(crate) mod digitization_data;
mod pages;
mod redirect;
pub(crate) mod session;
pub(crate) mod texts;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use uuid::Uuid;

use self::callback::CallbackResult;
use self::session::{Phase, Session, TokenChange};
use crate::{
    faults::Fault, html::page, journal::Party, mastercard::Mastercard, operation::Operation,
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
        .route("/requestors/{requestor_id}/digitization-data", post(digitization_data::take))
        .route("/click-to-pay/sessions/{id}", get(show))
        .route("/click-to-pay/sessions/{id}/accept", post(accept))
        .route("/click-to-pay/sessions/{id}/cancel", post(cancel))
        .route("/click-to-pay/sessions/{id}/close", post(close))
        .route("/click-to-pay/sessions/{id}/authenticate", post(|m, id| authenticate(m, id, true)))
        .route("/click-to-pay/sessions/{id}/fail", post(|m, id| authenticate(m, id, false)))
        .route("/click-to-pay/sessions/{id}/later", post(later))
        .route("/click-to-pay/sessions/{id}/result/{result}", post(finish))
        .route("/click-to-pay/sessions/{id}/return", get(return_to_issuer))
}

/// Handles the redirect (step 13), tokenizes (steps 14 to 21) and returns the page (step 22).
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
    mastercard.journal.record_head(13, Party::Cardholder, to, "opens the redirect", head);
    let fault = mastercard.faults.take(Operation::Provision, []);
    if let Some(response) = fault.as_ref().and_then(Fault::replacement) {
        return response;
    }
    let (status, html) = match redirect::redeem(&mastercard, &requestor, &query.unwrap_or_default()) {
        Ok(session) => {
            let summary = match session.phase {
                Phase::Terms | Phase::Authentication => "terms and conditions",
                Phase::Finished => "the card was not enabled",
            };
            mastercard.journal.record_head(22, to, Party::Cardholder, summary, "200 OK, a page");
            let html = pages::session(&session);
            mastercard.sessions.lock().put(session.id, session);
            (StatusCode::OK, html)
        }
        Err(error) => {
            mastercard.journal.record(22, to, Party::Cardholder, format!("400: {error}"));
            (StatusCode::BAD_REQUEST, pages::error(&error.to_string()))
        }
    };
    let response = page(status, html.clone());
    match fault {
        Some(fault) => fault.damage(response, html.into()).await,
        None => response,
    }
}

async fn show(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    match mastercard.sessions.lock().get(&id) {
        Some(session) => page(StatusCode::OK, pages::session(session)),
        None => not_found(),
    }
}

/// Steps 23 and 24.
async fn accept(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    end(&mastercard, id, "accepts the terms", |session| {
        session.accept();
        Vec::new()
    })
}

/// The bank authenticates the cardholder, or does not.
async fn authenticate(State(mastercard): Shared, Path(id): Path<Uuid>, succeeds: bool) -> Response<Body> {
    let summary = if succeeds { "is authenticated" } else { "is not authenticated" };
    change(&mastercard, id, |session| {
        session.can_authenticate().then(|| {
            mastercard.journal.record(0, Party::Cardholder, Party::ClickToPay, summary);
            session.authenticated(succeeds)
        })
    })
}

/// The cardholder returns to the issuer without authentication.
async fn later(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    change(&mastercard, id, |session| {
        let is_asked = session.phase == Phase::Authentication;
        is_asked.then(|| session.finish_with(CallbackResult::RequireAdditionalAuthentication))
    })
}

/// The cardholder declines the terms: the tokens are removed.
async fn cancel(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    end(&mastercard, id, "cancels", |session| session.finish_with(CallbackResult::Cancelled))
}

/// The cardholder closes the tab: the session stays open and there is no callback.
async fn close(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    match mastercard.sessions.lock().get(&id) {
        Some(session) => {
            mastercard.journal.record(0, Party::Cardholder, Party::ClickToPay, "closes the tab");
            page(StatusCode::OK, pages::closed(session))
        }
        None => not_found(),
    }
}

/// Ends the session with any documented result.
async fn finish(
    State(mastercard): Shared,
    Path((id, result)): Path<(Uuid, CallbackResult)>,
) -> Response<Body> {
    end(&mastercard, id, "ends with another result", |session| session.finish_with(result))
}

/// Decides about the terms, once.
fn end(
    mastercard: &Mastercard,
    id: Uuid,
    summary: &str,
    decide: impl FnOnce(&mut Session) -> Vec<TokenChange>,
) -> Response<Body> {
    change(mastercard, id, |session| {
        (session.phase == Phase::Terms).then(|| {
            mastercard.journal.record(23, Party::Cardholder, Party::ClickToPay, summary);
            let changes = decide(session);
            mastercard.journal.record(24, Party::ClickToPay, Party::Cardholder, session.headline().as_str());
            changes
        })
    })
}

/// Changes a session and its tokens. Redirects to the session's page, so that a reload sends no form again.
fn change(
    mastercard: &Mastercard,
    id: Uuid,
    change: impl FnOnce(&mut Session) -> Option<Vec<TokenChange>>,
) -> Response<Body> {
    let mut sessions = mastercard.sessions.lock();
    let Some(session) = sessions.get_mut(&id) else { return not_found() };
    let changes = change(session);
    drop(sessions);
    for change in changes.into_iter().flatten() {
        match change {
            TokenChange::Activate(reference) => crate::mdes::activate_token(mastercard, &reference),
            TokenChange::Remove(reference) => crate::mdes::remove_token(mastercard, &reference),
        }
    }
    Redirect::to(&format!("/click-to-pay/sessions/{id}")).into_response()
}

/// Step 25: redirects to the callback URL, with the results.
async fn return_to_issuer(State(mastercard): Shared, Path(id): Path<Uuid>) -> Response<Body> {
    let style = *mastercard.callback_style.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut sessions = mastercard.sessions.lock();
    let Some(session) = sessions.get(&id) else { return not_found() };
    let location = session.callback_url.as_ref().filter(|_| session.phase == Phase::Finished);
    let location =
        location.and_then(|url| HeaderValue::try_from(callback::compose(url, &session.results, style)).ok());
    let Some(location) = location else {
        return page(StatusCode::CONFLICT, pages::error("The session is not finished."));
    };
    let results: Vec<_> =
        session.results.iter().map(|it| format!("results[…]={}", it.result.name())).collect();
    let head = format!("303 See Other, callback URL with {}", results.join("&"));
    let summary = "redirect to the callback URL";
    mastercard.journal.record_head(25, Party::ClickToPay, Party::IssuerApp, summary, head);
    let mut response = page(StatusCode::SEE_OTHER, String::new());
    response.headers_mut().insert(header::LOCATION, location);
    response
}

fn not_found() -> Response<Body> {
    page(StatusCode::NOT_FOUND, pages::error("This session is unknown."))
}
