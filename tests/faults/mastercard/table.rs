//! The table of faults and their outcomes. A read may be retried; a push may not.

use std::{ops::Range, time::Duration};

use simulator::{Fault, Times};

/// One fault.
pub(super) struct Row {
    pub(super) fault: Fault,
    pub(super) times: Times,
    /// How long the app waits.
    pub(super) timeout: Duration,
    /// How long it takes, also on a slow machine.
    pub(super) takes: Range<Duration>,
    /// Number of calls of a read, and the code of the problem; empty for a success.
    pub(super) read: (usize, &'static str),
    /// The same of a push.
    pub(super) push: (usize, &'static str),
}

const UNAVAILABLE: &str = "mastercard_unavailable";
const REFUSED: &str = "mastercard_refused";
const UNREADABLE: &str = "mastercard_unreadable";
const NOT_ELIGIBLE: &str = "card_not_eligible";
const UNKNOWN: &str = "push_outcome_unknown";

const TIMEOUT: Duration = Duration::from_secs(10);
/// The pauses between three attempts are half a second at most.
const SHORT: Range<Duration> = Duration::ZERO..Duration::from_secs(8);

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{
        ResponseLost, BodyAltered, EmptyBody, ExtraFields, ConnectionClosed, Gzip, HtmlBadGateway, NullFields, ResetMidBody,
        TruncatedJson, WrongContent,
    };
    let status = |code, json| Fault::Status { code, json };
    let errors = |code: &str| Fault::ErrorsInOk { reason_code: code.into() };
    let refuse = |code, source: &str, reason: &str, recoverable| Fault::ApiError {
        code, source: source.into(), reason_code: reason.into(), recoverable,
    };
    let busy = |retry_after| Fault::TooManyRequests { retry_after };
    let slow = |milliseconds| Fault::Latency { milliseconds };
    let (once, twice, always) = (Times::Next(1), Times::Next(2), Times::Always);
    let mut rows: Vec<_> = [
        // The response is damaged.
        (slow(200),                                     once,   (1, ""),            (1, "")),
        (ExtraFields,                                   once,   (1, ""),            (1, "")),
        (Gzip,                                          once,   (1, ""),            (1, "")),
        (ResetMidBody,                                  once,   (2, ""),            (1, UNKNOWN)),
        (ResetMidBody,                                  always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        (TruncatedJson,                                 once,   (2, ""),            (1, UNKNOWN)),
        (TruncatedJson,                                 always, (3, UNREADABLE),    (1, UNKNOWN)),
        (EmptyBody,                                     always, (3, UNREADABLE),    (1, UNKNOWN)),
        (WrongContent,                                  always, (3, UNREADABLE),    (1, UNKNOWN)),
        (ResponseLost,                                  once,   (2, ""),            (1, UNKNOWN)),
        (ConnectionClosed,                              once,   (2, ""),            (1, UNKNOWN)),
        (ConnectionClosed,                              always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        // Mastercard, or an intermediary, fails.
        (HtmlBadGateway,                                once,   (2, ""),            (1, UNKNOWN)),
        (HtmlBadGateway,                                always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        (status(503, false),                            twice,  (3, ""),            (1, UNKNOWN)),
        (status(503, true),                             always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        (status(500, false),                            always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        (status(504, false),                            always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        (status(408, false),                            always, (3, UNAVAILABLE),   (1, UNKNOWN)),
        (status(501, false),                            always, (1, UNAVAILABLE),   (1, UNKNOWN)),
        // Mastercard's `Recoverable` decides about a retry.
        (refuse(400, "MDES", "LATER", Some(true)),      once,   (2, ""),            (1, REFUSED)),
        (refuse(400, "MDES", "LATER", Some(true)),      always, (3, REFUSED),       (1, REFUSED)),
        (refuse(400, "MDES", "NEVER", Some(false)),     always, (1, REFUSED),       (1, REFUSED)),
        (refuse(500, "MDES", "NEVER", Some(false)),     always, (1, UNAVAILABLE),   (1, UNKNOWN)),
        // Without it: known reason codes are final, unknown ones are retried once.
        (errors("ACCOUNT_INELIGIBLE"),                  always, (1, NOT_ELIGIBLE),  (1, NOT_ELIGIBLE)),
        (errors("PAN_INELIGIBLE"),                      always, (1, NOT_ELIGIBLE),  (1, NOT_ELIGIBLE)),
        (errors("INVALID_PAN"),                         always, (1, NOT_ELIGIBLE),  (1, NOT_ELIGIBLE)),
        (errors("AUTHORIZATION_FAILED"),                always, (1, REFUSED),       (1, REFUSED)),
        (errors("UNKNOWN_CODE"),                        once,   (2, ""),            (1, REFUSED)),
        (errors("UNKNOWN_CODE"),                        always, (2, REFUSED),       (1, REFUSED)),
        (NullFields,                                    always, (2, REFUSED),       (1, REFUSED)),
        (refuse(400, "MDES", "UNKNOWN_CODE", None),     always, (2, REFUSED),       (1, REFUSED)),
        (refuse(400, "INPUT", "UNKNOWN_CODE", None),    always, (1, REFUSED),       (1, REFUSED)),
        (status(400, true),                             always, (1, REFUSED),       (1, REFUSED)),
        (status(404, true),                             always, (1, REFUSED),       (1, REFUSED)),
        (status(307, false),                            always, (1, REFUSED),       (1, REFUSED)),
        // The gateway rejects our signature.
        (status(401, true),                             always, (1, REFUSED),       (1, REFUSED)),
        (refuse(403, "Gateway", "LATER", Some(true)),   always, (1, REFUSED),       (1, REFUSED)),
        // Processing does not permit the operation.
        (refuse(403, "MASTERCARD PROCESSING", "NOT_PERMITTED", Some(false)), always, (1, REFUSED), (1, REFUSED)),
        (BodyAltered,                                   always, (1, REFUSED),       (1, REFUSED)),
        (Fault::ClockAhead { seconds: 301 },            always, (1, REFUSED),       (1, REFUSED)),
        (Fault::ClockAhead { seconds: 200 },            always, (1, ""),            (1, "")),
        // No retry if the wait is longer than the app's timeout.
        (busy(60),                                      always, (1, UNAVAILABLE),   (1, UNAVAILABLE)),
        (busy(0),                                       always, (3, UNAVAILABLE),   (1, UNAVAILABLE)),
    ]
    .into_iter()
    .map(|(fault, times, read, push)| Row { fault, times, timeout: TIMEOUT, takes: SHORT, read, push })
    .collect();
    rows.extend(timed());
    rows
}

/// Rows in which time matters. The first of three attempts has half of the app's timeout, the second half of the rest, the
/// third what is left; the only attempt of a push has all of it.
fn timed() -> Vec<Row> {
    let timeout = Duration::from_secs(6);
    vec![
        Row {
            fault: Fault::Latency { milliseconds: 20_000 },
            times: Times::Always,
            timeout,
            takes: timeout / 2..timeout * 2,
            read: (3, UNAVAILABLE),
            push: (1, UNKNOWN),
        },
        Row {
            fault: Fault::Latency { milliseconds: 20_000 },
            times: Times::Next(1),
            timeout,
            takes: timeout / 2..timeout * 2,
            read: (2, ""),
            push: (1, UNKNOWN),
        },
        Row {
            fault: Fault::TooManyRequests { retry_after: 1 },
            times: Times::Next(1),
            timeout: TIMEOUT,
            takes: SHORT,
            read: (2, ""),
            push: (1, UNAVAILABLE),
        },
    ]
}
