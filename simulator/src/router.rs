//! The routes of Mastercard's APIs, of the token requestors' pages and of the control API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};

use crate::{
    click_to_pay, control, dispatch::dispatch, error_response::ErrorResponse, mastercard::Mastercard,
    operation::Operation, processing, response::json_response, token_connect,
};

type Shared = State<Arc<Mastercard>>;

pub(crate) fn router(mastercard: Arc<Mastercard>) -> Router {
    use Operation as Op;
    const DIGITAL: &str = "/global-processing/digital";
    Router::new()
        .route(
            "/mdes/connect/1/0/getEligibleTokenRequestors",
            post(|State(m): Shared, r| {
                dispatch(m, Op::GetEligibleTokenRequestors, r, token_connect::requestors::get_eligible)
            }),
        )
        .route(
            "/mdes/connect/1/0/pushMultipleAccounts",
            post(|State(m): Shared, r| dispatch(m, Op::PushMultipleAccounts, r, token_connect::push::push)),
        )
        .route(
            "/mdes/issuer-assets/1/0/asset/tokenrequestor/{asset_id}",
            get(|State(m): Shared, Path(id): Path<String>, r| {
                dispatch(m, Op::GetAsset, r, move |m, _| token_connect::asset::get(m, &id))
            }),
        )
        .route(
            &format!("{DIGITAL}/clients/{{client_id}}/tokens"),
            get(|State(m): Shared, Path(id): Path<String>, r| {
                dispatch(m, Op::GetTokensByClient, r, move |m, c| processing::tokens::by_client(m, c, &id))
            }),
        )
        .route(
            &format!("{DIGITAL}/cards/{{card_contract_id}}/tokens"),
            get(|State(m): Shared, Path(id): Path<String>, r| {
                dispatch(m, Op::GetTokensByCard, r, move |m, c| processing::tokens::by_card(m, c, &id))
            })
            .put(|State(m): Shared, Path(id): Path<String>, r| {
                let handle = move |m: &_, c: &_| processing::token_changes::set_status(m, c, &id);
                dispatch(m, Op::SetTokenStatus, r, handle)
            }),
        )
        .route(
            &format!("{DIGITAL}/cards/{{card_contract_id}}/token-relinks"),
            put(|State(m): Shared, Path(id): Path<String>, r| {
                let handle = move |m: &_, c: &_| processing::token_changes::relink(m, c, &id);
                dispatch(m, Op::RelinkTokensToAnotherCard, r, handle)
            }),
        )
        .route(
            &format!("{DIGITAL}/clients/{{client_id}}/funding-accounts/searches"),
            post(|State(m): Shared, Path(id): Path<String>, r| {
                dispatch(m, Op::SearchFundingAccounts, r, move |m, c| processing::searches::search(m, c, &id))
            }),
        )
        .merge(click_to_pay::router())
        .merge(control::router())
        .fallback(|| async {
            let error = ErrorResponse::gateway(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such route.");
            json_response(error.status, &error.body).0
        })
        .with_state(mastercard)
}
