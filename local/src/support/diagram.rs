//! An enrollment as a sequence diagram: its request, calls and facts from top to bottom, then what is missing.

use jiff::Timestamp;
use mastercard::call::Call;
use model::enrollment::{Enrollment, Fact, RecordedFact};

use super::{
    format::{clock_time, serialized},
    lane::Lane,
    missing,
    row::{Kind, Row},
};

/// All rows as of `now`.
pub(super) fn rows(enrollment: &Enrollment, now: Timestamp) -> Vec<Row> {
    let mut facts: Vec<&RecordedFact> = enrollment.facts.iter().collect();
    facts.sort_by_key(|fact| fact.at);
    let mut rows = vec![request(enrollment)];
    for fact in facts {
        rows.extend(fact.calls.iter().map(call));
        rows.push(recorded(fact));
    }
    rows.extend(missing::rows(enrollment, now));
    let mut previous = None;
    for row in &mut rows {
        if let Some(at) = row.at {
            row.gap = previous.map(|previous| at.duration_since(previous));
            previous = Some(at);
        }
    }
    rows
}

fn request(enrollment: &Enrollment) -> Row {
    let Enrollment { platform, callback, consent, created_at, .. } = enrollment;
    let detail = format!("{}, app link {callback}, terms {}", serialized(platform), consent.terms_version);
    Row::new(Lane::App, Lane::Server, "asks to enable the card").with_time(*created_at).with_detail(detail)
}

fn recorded(recorded: &RecordedFact) -> Row {
    use Lane::{App, ClickToPay, Processing, Server, TokenConnect};
    let row = match &recorded.fact {
        Fact::Restarted { platform, callback, consent, .. } => {
            let detail =
                format!("{}, app link {callback}, terms {}", serialized(platform), consent.terms_version);
            Row::new(App, Server, &format!("restarts, attempt {}", recorded.attempt)).with_detail(detail)
        }
        Fact::Pushed { receipt_hashes, expires_at } => {
            let detail =
                format!("{} receipts, valid until {}", receipt_hashes.len(), clock_time(*expires_at));
            Row::new(TokenConnect, Server, "pushed: receipts and signature").with_detail(detail)
        }
        Fact::PushFailed { reason, retryable } => {
            let detail = if *retryable { "retryable" } else { "not retryable" };
            Row::new(Server, App, &format!("push failed: {}", reason.as_str())).with_detail(detail)
        }
        Fact::PushUnknown => Row::new(Server, TokenConnect, "push outcome unknown: the response was lost"),
        Fact::Tar { decision, .. } => Row::new(Processing, Server, &format!("TAR: {}", serialized(decision))),
        Fact::Tcn { .. } => Row::new(Processing, Server, "TCN: a token exists"),
        Fact::Tvn { token, requested_by, .. } => {
            let by = requested_by.as_ref().map(|by| format!(", requested by {by}")).unwrap_or_default();
            Row::new(Processing, Server, &format!("TVN: the token is {}{by}", serialized(token)))
        }
        Fact::Callback { result } => {
            Row::new(ClickToPay, Server, &format!("the browser returns: {}", result.as_str()))
                .with_detail("a hint")
        }
        Fact::TokenList { token } => {
            let token = token.as_ref().map_or("no token".into(), serialized);
            Row::new(Processing, Server, &format!("token list: {token}"))
        }
        Fact::TokenListReadFailed => Row::new(Server, Processing, "token list: could not be read"),
        Fact::TokenChangeRequested { action, .. } => {
            Row::new(App, Server, &format!("the cardholder asks to {} the token", action.as_str()))
        }
        Fact::TokenChangeConfirmed { action, listed, .. } => {
            let listed = listed.as_ref().map_or("could not be read".into(), serialized);
            Row::new(Processing, Server, &format!("{} is confirmed", action.as_str()))
                .with_detail(format!("token list after it: {listed}"))
        }
        Fact::Unknown(unknown) => {
            Row::new(Server, Server, &format!("recorded by a newer version: {}", unknown.kind))
        }
    };
    let row = match recorded.fact.occurred_at() {
        Some(at) => row.with_detail(format!("occurred at {} by Mastercard's clock", clock_time(at))),
        None => row,
    };
    row.with_time(recorded.at)
}

fn call(call: &Call) -> Row {
    let to = match call.operation.as_str() {
        "pushMultipleAccounts" | "getEligibleTokenRequestors" | "getAsset" => Lane::TokenConnect,
        _ => Lane::Processing,
    };
    let status = call.status.map_or("no response".into(), |status| status.to_string());
    Row::new(Lane::Server, to, &format!("{}, {} ms", call.operation, call.milliseconds))
        .with_kind(Kind::Call)
        .with_detail(format!("{status}, correlation id {}", call.correlation_id))
}
