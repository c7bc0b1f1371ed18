//! The control routes under `/__simulator`. They belong to the simulator only; Mastercard has none of them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{not_found::NotFound, panel};
use crate::{
    click_to_pay::callback::CallbackStyle,
    faults::{Fault, Times},
    html,
    mastercard::Mastercard,
    notifications::{NotificationPlan, target::NotificationTarget},
    operation::Operation,
    simulator::Simulator,
    world::{
        requestor::TokenRequestor,
        token::{Suspender, TokenStatus},
    },
};

type Shared = State<Arc<Mastercard>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewCard {
    client_id: u64,
}

#[derive(Deserialize)]
struct ReceiptAge {
    seconds: i64,
}

#[derive(Deserialize)]
struct CardStatus {
    status: String,
}

#[derive(Deserialize)]
struct CardAuthentication {
    required: bool,
}

#[derive(Deserialize)]
struct NewTokenStatus {
    status: TokenStatus,
    /// Who changes it; without it the token requestor suspends, and everybody resumes.
    by: Option<Suspender>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewToken {
    #[serde(default)]
    wallet_name: String,
}

#[derive(Deserialize)]
struct PlannedFault {
    fault: Fault,
    times: Times,
    #[serde(default)]
    matching: String,
}

pub(crate) fn router() -> Router<Arc<Mastercard>> {
    let routes = Router::new()
        .route("/", get(overview))
        .route("/journal", get(async |State(m): Shared| Json(Simulator::handle(m).journal())))
        .route("/sessions", get(async |State(m): Shared| Json(Simulator::handle(m).sessions())))
        .route(
            "/clients/{id}/tokens",
            get(async |State(m): Shared, Path(id): Path<u64>| Json(Simulator::handle(m).tokens_of(id))),
        )
        .route(
            "/cards/{id}",
            put(async |State(m): Shared, Path(id): Path<u64>, Json(card): Json<NewCard>| {
                Simulator::handle(m).add_card(card.client_id, id);
            }),
        )
        .route(
            "/cards/{id}/status",
            put(async |State(m): Shared, Path(id): Path<u64>, Json(card): Json<CardStatus>| {
                ok_or_404(Simulator::handle(m).set_card_status(id, &card.status))
            }),
        )
        .route(
            "/cards/{id}/authentication",
            put(async |State(m): Shared, Path(id): Path<u64>, Json(card): Json<CardAuthentication>| {
                ok_or_404(Simulator::handle(m).set_authentication(id, card.required))
            }),
        )
        .route(
            "/tokens/{card}/{requestor}",
            put(
                async |State(m): Shared,
                       Path((card, requestor)): Path<(u64, String)>,
                       Json(token): Json<NewTokenStatus>| {
                    let simulator = Simulator::handle(m);
                    ok_or_404(match token.by {
                        Some(by) => simulator.change_token_by(card, &requestor, token.status, &[by]),
                        None => simulator.change_token(card, &requestor, token.status),
                    })
                },
            )
            .post(
                async |State(m): Shared,
                       Path((card, requestor)): Path<(u64, String)>,
                       Json(token): Json<NewToken>| {
                    ok_or_404(Simulator::handle(m).add_token(card, &requestor, &token.wallet_name))
                },
            ),
        )
        .route("/receipts/expire", post(async |State(m): Shared| Simulator::handle(m).expire_receipts()))
        .route(
            "/receipts/age",
            post(async |State(m): Shared, Json(age): Json<ReceiptAge>| {
                Simulator::handle(m).age_receipts(SignedDuration::from_secs(age.seconds));
            }),
        )
        .route(
            "/faults/{operation}",
            put(
                async |State(m): Shared,
                       Path(operation): Path<Operation>,
                       Json(planned): Json<PlannedFault>| {
                    let PlannedFault { fault, times, matching } = planned;
                    Simulator::handle(m).set_fault_matching(operation, &matching, fault, times);
                },
            ),
        )
        .route("/faults", axum::routing::delete(async |State(m): Shared| Simulator::handle(m).clear_faults()))
        .route(
            "/callback-style",
            put(async |State(m): Shared, Json(style): Json<CallbackStyle>| {
                Simulator::handle(m).set_callback_style(style);
            }),
        );
    let routes = routes.merge(notifications()).merge(requestors()).merge(panel::router());
    Router::new().nest("/__simulator", routes.route("/style.css", get(html::style)))
}

fn notifications() -> Router<Arc<Mastercard>> {
    Router::new()
        .route(
            "/notifications/plan",
            get(async |State(m): Shared| Json(m.notifier.plan()))
                .put(async |State(m): Shared, Json(plan): Json<NotificationPlan>| m.notifier.set_plan(plan)),
        )
        .route(
            "/notifications/target",
            put(async |State(m): Shared, Json(target): Json<NotificationTarget>| {
                m.notifier
                    .set_target(Some(target))
                    .map_err(|error| error_json(StatusCode::BAD_REQUEST, &error))
            })
            .delete(async |State(m): Shared| {
                m.notifier.set_target(None).map_err(|error| error_json(StatusCode::BAD_REQUEST, &error))
            }),
        )
        .route("/notifications/settled", get(async |State(m): Shared| m.notifier.settled().await))
}

fn requestors() -> Router<Arc<Mastercard>> {
    Router::new()
        .route(
            "/requestors",
            put(async |State(m): Shared, Json(requestor): Json<TokenRequestor>| {
                Simulator::handle(m).add_requestor(requestor);
            }),
        )
        .route(
            "/requestors/{id}",
            axum::routing::delete(async |State(m): Shared, Path(id): Path<String>| {
                ok_or_404(Simulator::handle(m).remove_requestor(&id))
            }),
        )
        .route(
            "/requestors/{id}/artwork",
            post(async |State(m): Shared, Path(id): Path<String>| {
                Simulator::handle(m)
                    .rotate_artwork(&id)
                    .map(|asset| Json(json!({ "imageAssetId": asset })))
                    .map_err(|error| error_json(StatusCode::NOT_FOUND, &error))
            })
            .delete(async |State(m): Shared, Path(id): Path<String>| {
                ok_or_404(Simulator::handle(m).remove_artwork(&id))
            }),
        )
        .route(
            "/assets/{id}",
            put(async |State(m): Shared, Path(id): Path<String>, Json(contents): Json<Value>| {
                Simulator::handle(m).set_asset(&id, contents);
            }),
        )
}

async fn overview(State(mastercard): Shared) -> Json<Value> {
    let simulator = Simulator::handle(Arc::clone(&mastercard));
    Json(json!({
        "tokenConnectUrl": simulator.token_connect_url(),
        "processingUrl": simulator.processing_url(),
        "clickToPayOrigin": simulator.click_to_pay_origin(),
        "requestors": simulator.requestors(),
        "cards": simulator.cards(),
        "calls": mastercard.calls(),
        "notificationPlan": mastercard.notifier.plan(),
    }))
}

type ErrorJson = (StatusCode, Json<Value>);

fn ok_or_404(result: Result<(), NotFound>) -> Result<(), ErrorJson> {
    result.map_err(|error| error_json(StatusCode::NOT_FOUND, &error))
}

fn error_json(status: StatusCode, error: &dyn std::error::Error) -> ErrorJson {
    (status, Json(json!({ "error": error.to_string() })))
}
