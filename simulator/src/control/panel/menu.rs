//! What the panel offers, in words.

use crate::{
    click_to_pay::callback::CallbackStyle,
    faults::Fault,
    notifications::{Delivery, NotificationPlan},
};

/// Plans that people ask for most.
pub(super) const PRESETS: [(&str, &str); 7] = [
    ("usual", "As usual"),
    ("tcn-first", "TCN first"),
    ("twice", "All twice"),
    ("no-tar", "TAR lost"),
    ("no-tcn", "TCN lost"),
    ("none", "All lost"),
    ("late", "Ten seconds late"),
];

/// How the way back can be written.
pub(super) const STYLES: [(&str, &str, CallbackStyle); 4] = [
    ("encoded", "as documented", CallbackStyle::Encoded),
    ("raw", "with raw brackets", CallbackStyle::Raw),
    ("foreignReceipt", "about a foreign receipt", CallbackStyle::ForeignReceipt),
    ("noResults", "not at all", CallbackStyle::NoResults),
];

/// The plan of a preset.
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

/// Every kind of fault, with the numbers that a person would choose.
pub(super) fn faults() -> Vec<(&'static str, &'static str, Fault)> {
    let refuse = |reason_code: &str| Fault::Refuse {
        code: 400,
        source: "MDES".to_owned(),
        reason_code: reason_code.to_owned(),
        recoverable: Some(false),
    };
    vec![
        ("latency", "answers three seconds later", Fault::Latency { milliseconds: 3_000 }),
        ("answerLost", "happens, and the answer is lost", Fault::AnswerLost),
        ("hangUp", "hangs up before anything happens", Fault::HangUp),
        ("status", "answers 503", Fault::Status { code: 503, json: true }),
        ("htmlBadGateway", "answers 502 with HTML", Fault::HtmlBadGateway),
        ("tooManyRequests", "answers 429: come back in 5 s", Fault::TooManyRequests { retry_after: 5 }),
        ("refuse", "refuses: ACCOUNT_INELIGIBLE", refuse("ACCOUNT_INELIGIBLE")),
        (
            "errorsInOk",
            "answers 200 with errors",
            Fault::ErrorsInOk { reason_code: "SYSTEM_ERROR".to_owned() },
        ),
        ("emptyBody", "answers 200 with nothing", Fault::EmptyBody),
        ("wrongContent", "answers 200 with something else", Fault::WrongContent),
        ("nullShape", "answers 200 full of null", Fault::NullShape),
        ("truncatedJson", "answers with half its JSON", Fault::TruncatedJson),
        ("resetMidBody", "breaks off in mid-answer", Fault::ResetMidBody),
        ("extraFields", "answers with unknown fields", Fault::ExtraFields),
        ("unsigned", "answers without a signature", Fault::Unsigned),
        ("bodyAltered", "gets an altered body", Fault::BodyAltered),
    ]
}
