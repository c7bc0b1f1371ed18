//! The steps that every call of a Mastercard API goes through: faults, gateway, encryption, journal.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    call::Call,
    faults::Fault,
    gateway,
    journal::{Exchange, Message, Party},
    mastercard::Mastercard,
    operation::{Api, Operation},
    processing,
    response::{OperationResult, json_response},
};

/// Bytes; larger bodies are rejected with 413.
const MAX_BODY_SIZE: usize = 1 << 20;

/// Runs one operation. `handle` gets only calls that the gateway admitted, decrypted.
pub(crate) async fn dispatch(
    mastercard: Arc<Mastercard>,
    operation: Operation,
    request: Request,
    handle: impl FnOnce(&Mastercard, &Call) -> OperationResult,
) -> Response<Body> {
    let recorder = Recorder {
        mastercard: &mastercard,
        operation,
        request_line: format!("{} {}", request.method(), request.uri()),
        started_at: Timestamp::now(),
    };
    mastercard.count(operation);
    if !mastercard.options.latency.is_zero() {
        tokio::time::sleep(mastercard.options.latency).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_SIZE).await else {
        return json_response(StatusCode::PAYLOAD_TOO_LARGE, &Value::Null).0;
    };
    let fault = mastercard.faults.take(operation, [parts.uri.path().as_bytes(), &body]);
    if let Some(response) = fault.as_ref().and_then(Fault::replacement) {
        recorder.record_request(&[]);
        let summary = format!("{}: injected fault", operation.name());
        recorder.record_response(summary, format!("{}, a fault", response.status()), None);
        return response;
    }
    let body = match &fault {
        Some(fault) => fault.alter_request(body),
        None => body,
    };
    let call = Call { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    let clock_ahead = fault.as_ref().map_or(0, Fault::clock_ahead);

    let mut decrypted_response = None;
    let mut alter_json = |body: &mut Value| {
        if let Some(fault) = &fault {
            fault.alter_json(body);
        }
        decrypted_response = Some(body.clone());
    };
    let mut request_recorded = false;
    let handle = |mastercard: &Mastercard, call: &Call| {
        request_recorded = true;
        recorder.record_request(&call.body);
        handle(mastercard, call)
    };
    let admitted = gateway::admit(&mastercard, operation.api(), &call, clock_ahead);
    let result = admitted.and_then(|()| match operation.api() {
        Api::TokenConnect => handle(&mastercard, &call).map(|(status, mut body)| {
            alter_json(&mut body);
            (status, body)
        }),
        Api::Processing => processing::envelope::handle_encrypted(&mastercard, call, handle, alter_json),
    });
    if !request_recorded {
        recorder.record_request(&[]);
    }
    let (status, body, summary) = match result {
        Ok((status, body)) => (status, body, operation.name().to_owned()),
        Err(error) => {
            let summary = format!("{}: {} {}", operation.name(), error.status.as_u16(), error.reason);
            (error.status, error.body, summary)
        }
    };
    recorder.record_response(summary, status.to_string(), decrypted_response.as_ref().or(Some(&body)));
    let (mut response, bytes) = json_response(status, &body);
    if operation.api() == Api::Processing
        && let Ok(id) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string())
    {
        response.headers_mut().insert("x-mc-correlation-id", id);
    }
    match fault {
        Some(fault) => fault.damage(response, bytes).await,
        None => response,
    }
}

/// Records request and response of one call in the journal.
struct Recorder<'a> {
    mastercard: &'a Mastercard,
    operation: Operation,
    request_line: String,
    started_at: Timestamp,
}

impl Recorder<'_> {
    /// Records the request with its decrypted body.
    fn record_request(&self, body: &[u8]) {
        let body = serde_json::from_slice::<Value>(body).ok();
        self.mastercard.journal.add(Exchange {
            step: self.operation.steps().0,
            from: Party::IssuerServer,
            to: self.operation.api().party(),
            summary: self.operation.name().to_owned(),
            started_at: self.started_at,
            duration: Duration::ZERO,
            messages: vec![Message::from_mastercard(self.request_line.as_str(), body.as_ref())],
        });
    }

    fn record_response(&self, summary: String, head: String, body: Option<&Value>) {
        let duration = Timestamp::now().duration_since(self.started_at);
        self.mastercard.journal.add(Exchange {
            step: self.operation.steps().1,
            from: self.operation.api().party(),
            to: Party::IssuerServer,
            summary,
            started_at: self.started_at,
            duration: Duration::try_from(duration).unwrap_or_default(),
            messages: vec![Message::from_mastercard(head, body)],
        });
    }
}
