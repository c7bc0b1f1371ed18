//! Faults that are injected into requests at the gate.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::{
    call::{Call, REQUESTORS, Target},
    gate::Reply,
    rng::Rng,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The request is not processed; the response is a throttling error or a 503.
    Throttled,
    /// The request is not processed, and the connection closes.
    RequestLost,
    /// The request is processed, and the connection closes without a response.
    ResponseLost,
    /// The request is processed, and an intermediary responds 503.
    ResponseReplaced,
    /// The request is not processed; the response is an empty list of token requestors.
    EmptyList,
    /// The sender crashes before the request is processed.
    CrashBefore,
    /// The sender crashes after the request is processed, before the response arrives.
    CrashAfter,
    /// The sender crashes, and the request is processed later or never.
    CrashInFlight,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "processed",
            Self::Throttled => "THROTTLED",
            Self::RequestLost => "REQUEST LOST",
            Self::ResponseLost => "processed, RESPONSE LOST",
            Self::ResponseReplaced => "processed, RESPONSE REPLACED by 503",
            Self::EmptyList => "EMPTY LIST",
            Self::CrashBefore => "CRASH before",
            Self::CrashAfter => "processed, CRASH before the response",
            Self::CrashInFlight => "CRASH in flight",
        })
    }
}

impl Fault {
    /// A random fault for an actor's next request. `fault_rate` multiplies the probabilities; 0 injects none.
    pub(super) fn random(rng: &mut Rng, call: &Call, fault_rate: usize) -> Self {
        use Fault::*;
        let odds: &[(usize, Self)] = match (call.target, call.writes()) {
            (Target::Mastercard, _) if call.operation == REQUESTORS => {
                &[(20, Throttled), (10, RequestLost), (10, ResponseLost), (20, EmptyList), (5, CrashBefore)]
            }
            (Target::Mastercard, _) => &[
                (4, Throttled),
                (2, RequestLost),
                (5, ResponseLost),
                (3, ResponseReplaced),
                (2, CrashBefore),
                (2, CrashAfter),
                (1, CrashInFlight),
            ],
            (_, true) => {
                &[(4, CrashBefore), (4, CrashAfter), (2, CrashInFlight), (4, ResponseLost), (1, Throttled)]
            }
            (_, false) => &[(1, CrashBefore), (1, Throttled)],
        };
        let faulty: usize = odds.iter().map(|(weight, _)| weight).sum();
        let none = (100_usize.saturating_sub(faulty * fault_rate), None);
        let odds = odds.iter().map(|(weight, fault)| (weight * fault_rate, *fault));
        rng.weighted(&odds.chain([none]).collect::<Vec<_>>())
    }

    /// The fault that corresponds to this one for another concurrent request of the actor.
    pub(super) fn applied_to(self, call: &Call) -> Self {
        match self {
            Self::EmptyList if call.operation != REQUESTORS => Self::None,
            Self::ResponseReplaced if !call.is_for_mastercard() => Self::ResponseLost,
            Self::RequestLost if !call.is_for_mastercard() => Self::Throttled,
            fault => fault,
        }
    }

    /// Whether the request is processed before the step ends.
    pub(super) fn processes(self) -> bool {
        matches!(self, Self::None | Self::ResponseLost | Self::ResponseReplaced | Self::CrashAfter)
    }

    /// Whether the sender crashes.
    pub(super) fn crashes(self) -> bool {
        matches!(self, Self::CrashBefore | Self::CrashAfter | Self::CrashInFlight)
    }

    /// The response that the sender receives; `None` if the connection closes.
    pub(super) fn response(self, call: &Call, processed: Option<Reply>) -> Option<Reply> {
        match self {
            Self::None => processed,
            Self::Throttled | Self::ResponseReplaced => Some(throttling_error(call)),
            Self::EmptyList => {
                Some(reply(StatusCode::OK, json!({ "responseId": "simulation", "tokenRequestors": [] })))
            }
            _ => Option::None,
        }
    }
}

/// The error of Mastercard's gateway or of DynamoDB. `Retry-After` spares a random backoff.
fn throttling_error(call: &Call) -> Reply {
    if call.is_for_mastercard() {
        let error = json!({ "Source": "Gateway", "ReasonCode": "FAULT", "Recoverable": true,
            "Description": "An injected fault.", "Details": null });
        let mut reply = reply(StatusCode::SERVICE_UNAVAILABLE, json!({ "Errors": { "Error": [error] } }));
        reply.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("0"));
        return reply;
    }
    let error = "com.amazonaws.dynamodb.v20120810#ThrottlingException";
    reply(
        StatusCode::BAD_REQUEST,
        json!({ "__type": error, "message": "Rate of requests exceeds the allowed throughput." }),
    )
}

fn reply(status: StatusCode, body: serde_json::Value) -> Reply {
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
    Reply { status, headers, body: body.to_string().into() }
}
