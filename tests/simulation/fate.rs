//! What becomes of a request.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::{
    call::{Call, Place, REQUESTORS},
    dice::Dice,
    gate::Reply,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Passes,
    /// It does not arrive; the answer is "not now".
    Refused,
    /// It does not arrive, and the connection closes.
    Lost,
    /// It arrives, and the connection closes without an answer.
    AnswerLost,
    /// It arrives, and something on the way back answers 503.
    AnswerReplaced,
    /// An answer that names nobody, in place of Token Connect's.
    Empty,
    /// Its sender dies before it arrives.
    Crash,
    /// Its sender dies before the answer arrives.
    CrashAfter,
    /// Its sender dies, and it arrives some time later, or never.
    CrashThenArrives,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passes => "passes",
            Self::Refused => "REFUSED for now",
            Self::Lost => "LOST",
            Self::AnswerLost => "arrives, ANSWER LOST",
            Self::AnswerReplaced => "arrives, ANSWERED 503",
            Self::Empty => "ANSWERED with an empty list",
            Self::Crash => "CRASH before it arrives",
            Self::CrashAfter => "arrives, CRASH before the answer",
            Self::CrashThenArrives => "CRASH while it is on its way",
        })
    }
}

impl Fate {
    /// Drawn for an actor's next request; `weather` 0 is fair, 2 is foul.
    pub(super) fn drawn(dice: &mut Dice, call: &Call, weather: usize) -> Self {
        use Fate::*;
        let odds: &[(usize, Self)] = match (call.place, call.writes()) {
            (Place::Mastercard, _) if call.operation == REQUESTORS => {
                &[(20, Refused), (10, Lost), (10, AnswerLost), (20, Empty), (5, Crash)]
            }
            (Place::Mastercard, _) => &[
                (4, Refused),
                (2, Lost),
                (5, AnswerLost),
                (3, AnswerReplaced),
                (2, Crash),
                (2, CrashAfter),
                (1, CrashThenArrives),
            ],
            (_, true) => &[(4, Crash), (4, CrashAfter), (2, CrashThenArrives), (2, AnswerLost), (1, Refused)],
            (_, false) => &[(1, Crash), (1, Refused)],
        };
        let bad: usize = odds.iter().map(|(weight, _)| weight).sum();
        let passes = (100_usize.saturating_sub(bad * weather), Passes);
        let odds = odds.iter().map(|(weight, fate)| (weight * weather, *fate));
        dice.weighted(&odds.chain([passes]).collect::<Vec<_>>())
    }

    /// The same for one of the requests that an actor has under way, if it can befall that one.
    pub(super) fn of(self, call: &Call) -> Self {
        match self {
            Self::Empty if call.operation != REQUESTORS => Self::Passes,
            Self::AnswerReplaced if !call.is_mastercards() => Self::AnswerLost,
            Self::Lost if !call.is_mastercards() => Self::Refused,
            fate => fate,
        }
    }

    pub(super) fn arrives(self) -> bool {
        matches!(self, Self::Passes | Self::AnswerLost | Self::AnswerReplaced | Self::CrashAfter)
    }

    /// Whether its sender is no more.
    pub(super) fn ends(self) -> bool {
        matches!(self, Self::Crash | Self::CrashAfter | Self::CrashThenArrives)
    }

    /// What its sender hears; nothing if the connection closes.
    pub(super) fn answer(self, call: &Call, arrived: Option<Reply>) -> Option<Reply> {
        match self {
            Self::Passes => arrived,
            Self::Refused | Self::AnswerReplaced => Some(not_now(call)),
            Self::Empty => {
                Some(reply(StatusCode::OK, json!({ "responseId": "simulation", "tokenRequestors": [] })))
            }
            _ => None,
        }
    }
}

/// In the words of whoever was asked. Mastercard's clients wait at random unless they are told how long.
fn not_now(call: &Call) -> Reply {
    if call.is_mastercards() {
        let error = json!({ "Source": "Gateway", "ReasonCode": "FAULT", "Recoverable": true,
            "Description": "A fault that was asked for.", "Details": null });
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
