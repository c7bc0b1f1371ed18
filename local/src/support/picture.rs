//! An enrollment as rows from top to bottom: who told whom what, when, how long it took, and what is missing.

use jiff::{SignedDuration, Timestamp};
use mastercard::call::Call;
use model::enrollment::{Enrollment, Fact, RecordedFact};
use serde::Serialize;

use super::view::{clock, span};

/// The parties, left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    App,
    Server,
    TokenConnect,
    Processing,
    ClickToPay,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A fact.
    Fact,
    /// A call to Mastercard that told the fact below it.
    Call,
    /// Not there, though it could be.
    Missing,
    /// What will be done next.
    Next,
}

/// One arrow.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) at: Option<Timestamp>,
    /// Since the row with a time before it.
    pub(super) gap: Option<SignedDuration>,
    pub(super) from: Lane,
    pub(super) to: Lane,
    pub(super) kind: Kind,
    pub(super) words: String,
    pub(super) detail: Option<String>,
}

/// All rows, as of now.
pub(super) fn of(enrollment: &Enrollment, now: Timestamp) -> Vec<Row> {
    let mut facts: Vec<&RecordedFact> = enrollment.facts.iter().collect();
    facts.sort_by_key(|fact| fact.at);
    let asked =
        row(Lane::App, Lane::Server, "asks to enable the card").at(enrollment.created_at).telling(format!(
            "{}, app link {}, terms {}",
            word(&enrollment.platform),
            enrollment.callback,
            enrollment.consent.terms_version
        ));
    let mut rows = vec![asked];
    for known in facts {
        rows.extend(known.calls.iter().map(call));
        rows.push(fact(known));
    }
    rows.extend(missing(enrollment, now));
    let mut before = None;
    for row in &mut rows {
        if let Some(at) = row.at {
            row.gap = before.map(|before| at.duration_since(before));
            before = Some(at);
        }
    }
    rows
}

fn fact(known: &RecordedFact) -> Row {
    use Lane::{App, ClickToPay, Processing, Server, TokenConnect};
    let occurred = |at: &Timestamp| format!("happened at {} by Mastercard's clock", clock(*at));
    let row = match &known.fact {
        Fact::Restarted { platform, callback, consent, .. } => {
            let told = format!("{}, app link {callback}, terms {}", word(platform), consent.terms_version);
            row(App, Server, &format!("begins anew, attempt {}", known.attempt)).telling(told)
        }
        Fact::Pushed { receipt_hashes, expires_at } => {
            let told = format!("{} in all, good until {}", receipt_hashes.len(), clock(*expires_at));
            row(TokenConnect, Server, "pushed: receipts and signature").telling(told)
        }
        Fact::PushFailed { reason, retryable } => {
            let told = if *retryable { "asking again may help" } else { "asking again does not help" };
            row(Server, App, &format!("nothing was pushed: {}", reason.as_str())).telling(told.into())
        }
        Fact::PushUnknown => row(Server, TokenConnect, "pushed perhaps: the answer was lost"),
        Fact::Tar { decision, occurred_at } => {
            let row = row(Processing, Server, &format!("TAR: {}", word(decision)));
            occurred_at.iter().fold(row, |row, at| row.telling(occurred(at)))
        }
        Fact::Tcn { occurred_at, .. } => {
            row(Processing, Server, "TCN: a token exists").telling(occurred(occurred_at))
        }
        Fact::Tvn { token, occurred_at } => {
            row(Processing, Server, &format!("TVN: the token is {}", word(token)))
                .telling(occurred(occurred_at))
        }
        Fact::Callback { result } => {
            row(ClickToPay, Server, &format!("the browser comes back: {result}")).telling("a hint".into())
        }
        Fact::TokenList { token } => {
            let token = token.as_ref().map_or("no token".into(), word);
            row(Processing, Server, &format!("token list: {token}"))
        }
        Fact::TokenListUnread => row(Server, Processing, "token list: could not be read"),
    };
    row.at(known.at)
}

fn call(call: &Call) -> Row {
    let to = match call.operation.as_str() {
        "pushMultipleAccounts" | "getEligibleTokenRequestors" | "getAsset" => Lane::TokenConnect,
        _ => Lane::Processing,
    };
    let status = call.status.map_or("no answer".into(), |status| status.to_string());
    let mut row = row(Lane::Server, to, &format!("{}, {} ms", call.operation, call.milliseconds));
    row.kind = Kind::Call;
    row.telling(format!("{status}, correlation id {}", call.correlation_id))
}

/// What the latest attempt still lacks, and when the token list is read next.
fn missing(enrollment: &Enrollment, now: Timestamp) -> Vec<Row> {
    let attempt = enrollment.attempt();
    let of_attempt = |fact: &&RecordedFact| fact.at >= attempt.began_at;
    let has = |kind: fn(&Fact) -> bool| enrollment.facts.iter().filter(of_attempt).any(|it| kind(&it.fact));
    let refused = has(|fact| matches!(fact, Fact::PushFailed { .. }));
    let pushed = enrollment.facts.iter().filter(of_attempt).find_map(|it| match it.fact {
        Fact::Pushed { .. } | Fact::PushUnknown => Some(it.at),
        _ => None,
    });
    let report = enrollment.status_at(now);
    let mut rows = Vec::new();
    let mut lacks = |from, words: &str, since: Timestamp| {
        let waited = span(now.duration_since(since));
        let told = match report.next_check {
            Some(_) => format!("nothing for {waited}"),
            None => "never came".into(),
        };
        rows.push(Row { kind: Kind::Missing, ..row(from, Lane::Server, words).telling(told) });
    };
    match pushed {
        None if !refused => lacks(Lane::TokenConnect, "answer to the push", attempt.began_at),
        None => {}
        Some(at) => {
            let declined = report.status == model::enrollment::Status::Declined;
            if !has(|fact| matches!(fact, Fact::Tar { .. })) {
                lacks(Lane::Processing, "TAR", at);
            }
            if !declined && !has(|fact| matches!(fact, Fact::Tcn { .. })) {
                lacks(Lane::Processing, "TCN", at);
            }
            if !has(|fact| matches!(fact, Fact::Callback { .. })) {
                lacks(Lane::ClickToPay, "the browser's return", at);
            }
        }
    }
    if let Some(at) = report.next_check {
        let wait = at.duration_since(now);
        let when = if wait.is_positive() { format!("in {}", span(wait)) } else { "now".into() };
        let next = row(Lane::Server, Lane::Processing, "reads the token list").telling(when);
        rows.push(Row { kind: Kind::Next, ..next });
    }
    rows
}

fn row(from: Lane, to: Lane, words: &str) -> Row {
    Row { at: None, gap: None, from, to, kind: Kind::Fact, words: words.into(), detail: None }
}

impl Row {
    fn at(self, at: Timestamp) -> Self {
        Self { at: Some(at), ..self }
    }

    fn telling(self, detail: String) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// A value of the field as it is written there.
pub(super) fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
