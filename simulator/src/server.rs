//! The listener, the routes, and what every Mastercard operation goes through: faults, gateway, journal, JWE.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{
    click_to_pay, control,
    faults::{Fault, HungUp},
    gateway::{self, Call},
    journal::{Exchange, Party, Said, said},
    mastercard::Mastercard,
    operation::{Api, Operation},
    processing,
    refusal::Refusal,
    token_connect,
};

/// Larger bodies are refused.
const LARGEST_BODY: usize = 1 << 20;

type Shared = State<Arc<Mastercard>>;

/// The answer of an operation: status and JSON.
pub(crate) type Answer = Result<(StatusCode, Value), Refusal>;

pub(crate) fn router(mastercard: Arc<Mastercard>) -> Router {
    use Operation as Op;
    const DIGITAL: &str = "/global-processing/digital";
    Router::new()
        .route(
            "/mdes/connect/1/0/getEligibleTokenRequestors",
            post(|State(m): Shared, r| {
                operate(m, Op::GetEligibleTokenRequestors, r, token_connect::requestors::get_eligible)
            }),
        )
        .route(
            "/mdes/connect/1/0/pushMultipleAccounts",
            post(|State(m): Shared, r| operate(m, Op::PushMultipleAccounts, r, token_connect::push::push)),
        )
        .route(
            "/mdes/issuer-assets/1/0/asset/tokenrequestor/{asset_id}",
            get(|State(m): Shared, Path(id): Path<String>, r| {
                operate(m, Op::GetAsset, r, move |m, _| token_connect::asset::get(m, &id))
            }),
        )
        .route(
            &format!("{DIGITAL}/clients/{{client_id}}/tokens"),
            get(|State(m): Shared, Path(id): Path<String>, r| {
                operate(m, Op::GetTokensByClient, r, move |m, c| processing::tokens::by_client(m, c, &id))
            }),
        )
        .route(
            &format!("{DIGITAL}/cards/{{card_contract_id}}/tokens"),
            get(|State(m): Shared, Path(id): Path<String>, r| {
                operate(m, Op::GetTokensByCard, r, move |m, c| processing::tokens::by_card(m, c, &id))
            }),
        )
        .route(
            &format!("{DIGITAL}/clients/{{client_id}}/funding-accounts/searches"),
            post(|State(m): Shared, Path(id): Path<String>, r| {
                operate(m, Op::SearchFundingAccounts, r, move |m, c| processing::searches::search(m, c, &id))
            }),
        )
        .merge(click_to_pay::router())
        .merge(control::router())
        .fallback(|| async {
            let refusal =
                Refusal::gateway(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing at this address.");
            json_response(refusal.status, &refusal.body).0
        })
        .with_state(mastercard)
}

/// Serves until the returned task set is dropped.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let service = TowerToHyperService::new(router);
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // An answer whose second packet waited for an acknowledgement would be 40 ms late.
                    let _ = stream.set_nodelay(true);
                    stream
                }
                Err(_) => continue,
            },
            Some(_) = connections.join_next() => continue,
        };
        let service = service.clone();
        connections.spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let answer = service.call(request);
                async move {
                    // An error here makes hyper close the connection without an answer.
                    let response = answer.await.map_err(std::io::Error::other)?;
                    match response.extensions().get::<HungUp>() {
                        Some(_) => Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted)),
                        None => Ok(response),
                    }
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            let _ = connection.await;
        });
    }
}

/// Runs one Mastercard operation: `handle` sees only calls that the gateway let through, in plain text.
async fn operate(
    mastercard: Arc<Mastercard>,
    operation: Operation,
    request: Request,
    handle: impl FnOnce(&Mastercard, &Call) -> Answer,
) -> Response<Body> {
    let began = Timestamp::now();
    let (party, (asked, answered)) = (operation.api().party(), operation.steps());
    mastercard.count(operation);
    let head = format!("{} {}", request.method(), request.uri());
    let question = |body: &[u8]| {
        let body = serde_json::from_slice(body).ok();
        mastercard.journal.add(Exchange {
            step: asked,
            from: Party::IssuerServer,
            to: party,
            what: operation.name().to_owned(),
            began,
            took: Duration::ZERO,
            said: vec![said(&head, body.as_ref())],
        });
    };
    let answer = |what: String, said: Said| {
        let took = Duration::try_from(Timestamp::now().duration_since(began)).unwrap_or_default();
        let (from, to, said) = (party, Party::IssuerServer, vec![said]);
        mastercard.journal.add(Exchange { step: answered, from, to, what, began, took, said });
    };

    if !mastercard.options.latency.is_zero() {
        tokio::time::sleep(mastercard.options.latency).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return json_response(StatusCode::PAYLOAD_TOO_LARGE, &Value::Null).0;
    };
    let fault = mastercard.faults.strike(operation, [parts.uri.path().as_bytes(), &body]);
    if let Some(response) = fault.as_ref().and_then(Fault::instead) {
        question(&[]);
        let what = format!("{}: failed as asked for", operation.name());
        answer(what, said(format!("{}, a fault", response.status()), None));
        return response;
    }
    let body = match &fault {
        Some(fault) => fault.alter(body),
        None => body,
    };
    let call = Call { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    let clock_ahead = fault.as_ref().map_or(0, Fault::clock_ahead);

    let mut plain = None;
    let mut adorn = |body: &mut Value| {
        if let Some(fault) = &fault {
            fault.adorn(body);
        }
        plain = Some(body.clone());
    };
    // In plain text, as it is inside the JWE.
    let mut asked_plainly = false;
    let handle = |mastercard: &Mastercard, call: &Call| {
        asked_plainly = true;
        question(&call.body);
        handle(mastercard, call)
    };
    let admitted = gateway::admit(&mastercard, operation.api(), &call, clock_ahead);
    let result = admitted.and_then(|()| match operation.api() {
        Api::TokenConnect => handle(&mastercard, &call).map(|(status, mut body)| {
            adorn(&mut body);
            (status, body)
        }),
        Api::Processing => processing::envelope::unwrapped(&mastercard, call, handle, adorn),
    });
    if !asked_plainly {
        question(&[]);
    }
    let (status, body, what) = match result {
        Ok((status, body)) => (status, body, operation.name().to_owned()),
        Err(refusal) => {
            let what = format!("{}: {} {}", operation.name(), refusal.status.as_u16(), refusal.reason);
            (refusal.status, refusal.body, what)
        }
    };
    answer(what, said(status.to_string(), plain.as_ref().or(Some(&body))));
    let (mut response, bytes) = json_response(status, &body);
    if operation.api() == Api::Processing
        && let Ok(id) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string())
    {
        response.headers_mut().insert("x-mc-correlation-id", id);
    }
    match fault {
        Some(fault) => fault.spoil(response, bytes).await,
        None => response,
    }
}

fn json_response(status: StatusCode, body: &Value) -> (Response<Body>, Bytes) {
    let bytes = Bytes::from(body.to_string());
    let mut response = Response::new(Body::from(bytes.clone()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    (response, bytes)
}
