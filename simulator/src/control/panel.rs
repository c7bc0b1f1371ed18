//! The panel: a page with switches for a person who plays with the world. Forms only; each leads back to the panel.

mod menu;

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Router, extract::rejection::FormRejection};
use serde::Deserialize;

use crate::{
    click_to_pay::{callback::CallbackStyle, page},
    control::SessionSummary,
    faults::Times,
    mastercard::Mastercard,
    notifications::{Delivery, NotificationPlan},
    operation::Operation,
    simulator::Simulator,
    world::records::{Token, TokenStatus},
};

type Shared = State<Arc<Mastercard>>;

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    presets: [(&'static str, &'static str); 7],
    plan: NotificationPlan,
    deliveries: [(&'static str, &'static str, Delivery); 3],
    operations: [&'static str; 7],
    faults: Vec<(&'static str, &'static str)>,
    planned: Vec<String>,
    cards: Vec<(u64, String, String)>,
    tokens: Vec<(String, String)>,
    styles: Vec<(&'static str, &'static str, bool)>,
    visits: Vec<SessionSummary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanForm {
    tar_copies: u32,
    tar_delay: u64,
    tcn_copies: u32,
    tcn_delay: u64,
    tvn_copies: u32,
    tvn_delay: u64,
    tcn_before_tar: Option<String>,
    tvn_on_cancel: Option<String>,
    retries: u32,
    backoff: u64,
}

#[derive(Deserialize)]
struct FaultForm {
    operation: Operation,
    fault: String,
    times: String,
}

#[derive(Deserialize)]
struct CardForm {
    card: u64,
    status: String,
}

#[derive(Deserialize)]
struct TokenForm {
    /// `card/requestor`
    token: String,
    status: TokenStatus,
}

#[derive(Deserialize)]
struct StyleForm {
    style: CallbackStyle,
}

type Filled<T> = Result<Form<T>, FormRejection>;

pub(super) fn router() -> Router<Arc<Mastercard>> {
    Router::new()
        .route("/panel", get(async |State(m): Shared| page::answer(StatusCode::OK, page::render(&panel(&m)))))
        .route(
            "/panel/preset/{slug}",
            post(async |State(m): Shared, Path(slug): Path<String>| {
                done(menu::preset(&slug).map(|plan| m.notifier.set_plan(plan)))
            }),
        )
        .route(
            "/panel/notifications",
            post(async |State(m): Shared, form: Filled<PlanForm>| {
                done(form.ok().map(|Form(form)| m.notifier.set_plan(form.plan())))
            }),
        )
        .route(
            "/panel/faults",
            post(async |State(m): Shared, form: Filled<FaultForm>| {
                done(form.ok().and_then(|it| it.0.set(&m)))
            }),
        )
        .route(
            "/panel/clear",
            post(async |State(m): Shared| {
                m.faults.clear();
                again()
            }),
        )
        .route(
            "/panel/expire",
            post(async |State(m): Shared| {
                Simulator::handle(m).expire_receipts();
                again()
            }),
        )
        .route(
            "/panel/card",
            post(async |State(m): Shared, Form(form): Form<CardForm>| {
                done(Simulator::handle(m).set_card_status(form.card, &form.status).ok())
            }),
        )
        .route(
            "/panel/token",
            post(async |State(m): Shared, Form(form): Form<TokenForm>| {
                let token = form.token.split_once('/').and_then(|(card, by)| Some((card.parse().ok()?, by)));
                let change = |(card, by)| Simulator::handle(m).change_token(card, by, form.status).ok();
                done(token.and_then(change))
            }),
        )
        .route(
            "/panel/way-back",
            post(async |State(m): Shared, Form(form): Form<StyleForm>| {
                Simulator::handle(m).set_callback_style(form.style);
                again()
            }),
        )
        .route_layer(from_fn(from_here))
}

/// No page elsewhere fills in these forms. Browsers say where a request comes from; other programs say nothing.
async fn from_here(request: Request, next: Next) -> Response<Body> {
    match request.headers().get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"cross-site") if request.method() != axum::http::Method::GET => {
            StatusCode::FORBIDDEN.into_response()
        }
        _ => next.run(request).await,
    }
}

fn done(changed: Option<()>) -> Response<Body> {
    match changed {
        Some(()) => again(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Back to the panel.
fn again() -> Response<Body> {
    Redirect::to("/__simulator/panel").into_response()
}

fn panel(mastercard: &Arc<Mastercard>) -> Panel {
    let simulator = Simulator::handle(Arc::clone(mastercard));
    let plan = mastercard.notifier.plan();
    let style = *mastercard.callback_style.lock().unwrap_or_else(PoisonError::into_inner);
    let cards = simulator.cards();
    let last_four =
        |masked: &str| masked.get(masked.len().saturating_sub(4)..).unwrap_or_default().to_owned();
    let mut visits = simulator.sessions();
    visits.sort_by_key(|visit| visit.id);
    let listed = |token: &Token| {
        let (card, by) = (token.card_contract_id, &token.token_requestor_id);
        (format!("{card}/{by}"), format!("card contract {card} at {}: {:?}", token.wallet_name, token.status))
    };
    Panel {
        presets: menu::PRESETS,
        deliveries: [
            ("TAR", "tar", plan.tar.clone()),
            ("TCN", "tcn", plan.tcn.clone()),
            ("TVN", "tvn", plan.tvn.clone()),
        ],
        plan,
        operations: Operation::ALL.map(Operation::name),
        faults: menu::faults().into_iter().map(|(slug, words, _)| (slug, words)).collect(),
        planned: mastercard.faults.planned(),
        tokens: mastercard.records().tokens.iter().map(listed).collect(),
        cards: cards.into_iter().map(|it| (it.card_contract_id, last_four(&it.masked), it.status)).collect(),
        styles: menu::STYLES.map(|(slug, words, known)| (slug, words, known == style)).into(),
        visits,
    }
}

impl PlanForm {
    fn plan(self) -> NotificationPlan {
        let delivery = |copies, delay_milliseconds| Delivery { copies, delay_milliseconds };
        NotificationPlan {
            tar: delivery(self.tar_copies, self.tar_delay),
            tcn: delivery(self.tcn_copies, self.tcn_delay),
            tvn: delivery(self.tvn_copies, self.tvn_delay),
            tcn_before_tar: self.tcn_before_tar.is_some(),
            retries: self.retries,
            backoff_milliseconds: self.backoff,
            tvn_on_cancel: self.tvn_on_cancel.is_some(),
        }
    }
}

impl FaultForm {
    fn set(self, mastercard: &Mastercard) -> Option<()> {
        let (_, _, fault) = menu::faults().into_iter().find(|(slug, _, _)| *slug == self.fault)?;
        let times = match self.times.as_str() {
            "always" => Times::Always,
            times => Times::Next(times.parse().ok()?),
        };
        mastercard.faults.set(self.operation, "", fault, times);
        Some(())
    }
}
