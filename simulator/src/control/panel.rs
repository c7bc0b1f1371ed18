//! The panel: a page to change faults, notifications, cards and callbacks by hand. Every form redirects back to it.

mod forms;
mod german;
mod menu;
mod scenarios;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use self::forms::{CardForm, FaultForm, PlanForm, StyleForm, TokenForm};
use self::scenarios::Scenario;
use crate::{html, language::PageLanguage, mastercard::Mastercard, simulator::Simulator};
use axum::body::Body;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Router, extract::rejection::FormRejection};
use serde::Deserialize;

/// Its path.
const PANEL: &str = "/__simulator/panel";

type Shared = State<Arc<Mastercard>>;

type FormResult<T> = Result<Form<T>, FormRejection>;

pub(super) fn router() -> Router<Arc<Mastercard>> {
    Router::new()
        .route("/panel", get(panel))
        .route(
            "/panel/scenario/{slug}",
            post(async |State(m): Shared, Path(slug): Path<String>| match Scenario::find(&slug) {
                Some(scenario) => {
                    scenario.set(&m);
                    Redirect::to(&format!("{PANEL}?scenario={slug}")).into_response()
                }
                None => StatusCode::BAD_REQUEST.into_response(),
            }),
        )
        .route(
            "/panel/preset/{slug}",
            post(async |State(m): Shared, Path(slug): Path<String>| {
                redirect_if(menu::preset(&slug).map(|plan| m.notifier.set_plan(plan)))
            }),
        )
        .route(
            "/panel/notifications",
            post(async |State(m): Shared, form: FormResult<PlanForm>| {
                redirect_if(form.ok().map(|Form(form)| m.notifier.set_plan(form.into_plan())))
            }),
        )
        .route(
            "/panel/faults",
            post(async |State(m): Shared, form: FormResult<FaultForm>| {
                redirect_if(form.ok().and_then(|Form(form)| form.set(&m)))
            }),
        )
        .route(
            "/panel/clear",
            post(async |State(m): Shared| {
                m.faults.clear();
                to_panel()
            }),
        )
        .route(
            "/panel/expire",
            post(async |State(m): Shared| {
                Simulator::handle(m).expire_receipts();
                to_panel()
            }),
        )
        .route(
            "/panel/card",
            post(async |State(m): Shared, Form(form): Form<CardForm>| {
                redirect_if(Simulator::handle(m).set_card_status(form.card, &form.status).ok())
            }),
        )
        .route(
            "/panel/token",
            post(async |State(m): Shared, Form(form): Form<TokenForm>| {
                let token = form.token.split_once('/').and_then(|(card, by)| Some((card.parse().ok()?, by)));
                let change = |(card, by)| Simulator::handle(m).change_token(card, by, form.status).ok();
                redirect_if(token.and_then(change))
            }),
        )
        .route(
            "/panel/callback",
            post(async |State(m): Shared, Form(form): Form<StyleForm>| {
                Simulator::handle(m).set_callback_style(form.style);
                to_panel()
            }),
        )
        .route_layer(from_fn(keep_language))
        .route_layer(from_fn(reject_cross_site))
}

#[derive(Deserialize)]
struct PanelQuery {
    /// The scenario that was set last; the page says what to watch.
    scenario: Option<String>,
}

async fn panel(
    State(mastercard): Shared,
    Query(query): Query<PanelQuery>,
    language: PageLanguage,
) -> Response<Body> {
    let active = query.scenario.as_deref().and_then(Scenario::find);
    html::page(StatusCode::OK, view::render(&mastercard, active, language))
}

/// Keeps the language that a form's address asks for: the redirect leads to the panel in the same one.
async fn keep_language(language: PageLanguage, request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let location = response.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
    let location = location.map(|it| match it.split_once('?') {
        Some((_, rest)) if language.asked => format!("{PANEL}{}&{rest}", language.query()),
        Some(_) => it.to_owned(),
        None => format!("{it}{}", language.query()),
    });
    if let Some(location) = location.and_then(|it| HeaderValue::try_from(it).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Rejects forms sent by pages of other sites. Browsers send `Sec-Fetch-Site`; other clients omit it.
async fn reject_cross_site(request: Request, next: Next) -> Response<Body> {
    match request.headers().get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"cross-site") if request.method() != axum::http::Method::GET => {
            StatusCode::FORBIDDEN.into_response()
        }
        _ => next.run(request).await,
    }
}

/// Redirects to the panel after a change; 400 if the form was invalid.
fn redirect_if(changed: Option<()>) -> Response<Body> {
    match changed {
        Some(()) => to_panel(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Redirects to the panel.
fn to_panel() -> Response<Body> {
    Redirect::to(PANEL).into_response()
}
