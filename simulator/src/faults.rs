//! Faults that can be injected into the calls of an operation.

pub(crate) mod plan;
mod replace;
mod tamper;

use serde::{Deserialize, Serialize};

/// A fault. Those of the first group prevent the operation; those of the second let it run and damage its response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// A response with this HTTP status, with the gateway's JSON envelope or without a body.
    Status {
        /// HTTP status, 200 to 599.
        code: u16,
        /// Whether the body is a JSON envelope.
        json: bool,
    },
    /// 502 with an HTML page, as proxies send it.
    HtmlBadGateway,
    /// 200 without a body.
    EmptyBody,
    /// 200 with well-formed JSON of another shape.
    WrongContent,
    /// 200 with `errors`.
    ErrorsInOk {
        /// The error's `reasonCode`.
        reason_code: String,
    },
    /// 200 with `errorCode`, `errorDescription`, `errors` and the success fields set to `null`, as other MDES APIs
    /// respond.
    NullFields,
    /// The gateway's envelope with this error.
    ApiError {
        /// HTTP status, 200 to 599.
        code: u16,
        /// The error's `Source`: `Gateway`, `MDES`, `INPUT`.
        source: String,
        /// The error's `ReasonCode`.
        reason_code: String,
        /// The error's `Recoverable`; omitted when `None`.
        #[serde(default)]
        recoverable: Option<bool>,
    },
    /// 429 with `Retry-After`.
    TooManyRequests {
        /// Seconds in `Retry-After`.
        retry_after: u32,
    },
    /// The connection closes before the operation runs.
    ConnectionClosed,
    /// The request body is altered before it reaches the gateway.
    BodyAltered,
    /// The gateway's clock is ahead; has an effect only if [`crate::Options::clock_skew`] sets a window.
    ClockAhead {
        /// Seconds that it is ahead.
        seconds: u32,
    },

    /// The response is delayed.
    Latency {
        /// Delay in milliseconds.
        milliseconds: u64,
    },
    /// The connection is reset in the middle of the response body.
    ResetMidBody,
    /// The response body is cut in half; its HTTP framing is valid.
    TruncatedJson,
    /// The response has undocumented fields.
    ExtraFields,
    /// The response is compressed with gzip, although nobody requested it.
    Gzip,
    /// The response has another text in each place of a text, as for a number in another notation. It need not be JSON then.
    /// Without effect on encrypted text.
    Rewritten {
        /// The text to find.
        find: String,
        /// The text in its place.
        replace: String,
    },
    /// The response has no signature, as for a token requestor without signature support.
    Unsigned,
    /// The operation runs, and the connection closes without a response.
    ResponseLost,
}

/// How many calls a fault affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Times {
    /// The next calls, this many.
    Next(u32),
    /// All calls until the fault is cleared.
    Always,
}

impl From<u32> for Times {
    fn from(times: u32) -> Self {
        Self::Next(times)
    }
}
