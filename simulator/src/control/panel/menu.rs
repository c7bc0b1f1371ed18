//! The options of the panel, with their labels.

use crate::{
    click_to_pay::callback::CallbackStyle,
    faults::Fault,
    notifications::{Delivery, NotificationPlan},
};

/// Presets of the notification plan.
pub(super) const PRESETS: [(&str, &str); 7] = [
    ("usual", "Default"),
    ("tcn-first", "TCN first"),
    ("twice", "All twice"),
    ("no-tar", "TAR lost"),
    ("no-tcn", "TCN lost"),
    ("none", "All lost"),
    ("late", "Ten seconds late"),
];

/// Callback styles.
pub(super) const STYLES: [(&str, &str, CallbackStyle); 4] = [
    ("encoded", "as documented", CallbackStyle::Encoded),
    ("raw", "with unescaped brackets", CallbackStyle::Raw),
    ("foreignReceipt", "for an unknown receipt", CallbackStyle::ForeignReceipt),
    ("noResults", "without results", CallbackStyle::NoResults),
];

/// The notification plan of a preset.
pub(super) fn preset(slug: &str) -> Option<NotificationPlan> {
    let usual = NotificationPlan::default();
    let copies = |copies| Delivery { copies, delay_milliseconds: 0 };
    let late = Delivery { copies: 1, delay_milliseconds: 10_000 };
    Some(match slug {
        "usual" => usual,
        "tcn-first" => NotificationPlan { tcn_before_tar: true, ..usual },
        "twice" => NotificationPlan { tar: copies(2), tcn: copies(2), tvn: copies(2), ..usual },
        "no-tar" => NotificationPlan { tar: copies(0), ..usual },
        "no-tcn" => NotificationPlan { tcn: copies(0), ..usual },
        "none" => NotificationPlan { tar: copies(0), tcn: copies(0), tvn: copies(0), ..usual },
        "late" => NotificationPlan { tar: late.clone(), tcn: late.clone(), tvn: late, ..usual },
        _ => return None,
    })
}

/// The faults, with typical parameters.
pub(super) fn faults() -> Vec<(&'static str, &'static str, Fault)> {
    let api_error = |reason_code: &str| Fault::ApiError {
        code: 400,
        source: "MDES".to_owned(),
        reason_code: reason_code.to_owned(),
        recoverable: Some(false),
    };
    vec![
        ("latency", "responds three seconds later", Fault::Latency { milliseconds: 3_000 }),
        ("responseLost", "runs, and the response is lost", Fault::ResponseLost),
        ("connectionClosed", "closes the connection before it runs", Fault::ConnectionClosed),
        ("status", "responds 503", Fault::Status { code: 503, json: true }),
        ("htmlBadGateway", "responds 502 with HTML", Fault::HtmlBadGateway),
        ("tooManyRequests", "responds 429 with Retry-After: 5", Fault::TooManyRequests { retry_after: 5 }),
        ("apiError", "rejects with ACCOUNT_INELIGIBLE", api_error("ACCOUNT_INELIGIBLE")),
        (
            "errorsInOk",
            "responds 200 with errors",
            Fault::ErrorsInOk { reason_code: "SYSTEM_ERROR".to_owned() },
        ),
        ("emptyBody", "responds 200 without a body", Fault::EmptyBody),
        ("wrongContent", "responds 200 with JSON of another shape", Fault::WrongContent),
        ("nullFields", "responds 200 with null fields", Fault::NullFields),
        ("truncatedJson", "responds with half of the JSON", Fault::TruncatedJson),
        ("resetMidBody", "resets the connection in the response body", Fault::ResetMidBody),
        ("extraFields", "responds with unknown fields", Fault::ExtraFields),
        ("gzip", "responds compressed, unasked", Fault::Gzip),
        ("unsigned", "responds without a signature", Fault::Unsigned),
        ("bodyAltered", "receives an altered body", Fault::BodyAltered),
    ]
}
