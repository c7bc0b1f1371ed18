//! An enrollment as a sequence diagram: its request, calls and facts from top to bottom, then what is missing.

use jiff::Timestamp;
use mastercard::{call::Call, token_requestor::Platform};
use model::enrollment::{Consent, Enrollment, Fact, RecordedFact};
use simulator::Language;

use super::{
    format::{clock_time, serialized},
    lane::Lane,
    missing,
    row::{Kind, Row},
};
use crate::language::Texts as _;

/// All rows as of `now`.
pub(super) fn rows(enrollment: &Enrollment, now: Timestamp, language: Language) -> Vec<Row> {
    let mut facts: Vec<&RecordedFact> = enrollment.facts.iter().collect();
    facts.sort_by_key(|fact| fact.at);
    let mut rows = vec![request(enrollment, language)];
    for fact in facts {
        rows.extend(fact.calls.iter().map(|it| call(it, language)));
        rows.push(recorded(fact, language));
    }
    rows.extend(missing::rows(enrollment, now, language));
    let mut previous = None;
    for row in &mut rows {
        if let Some(at) = row.at {
            row.gap = previous.map(|previous| at.duration_since(previous));
            previous = Some(at);
        }
    }
    rows
}

fn request(enrollment: &Enrollment, language: Language) -> Row {
    let Enrollment { platform, callback, consent, created_at, .. } = enrollment;
    let detail = request_detail(platform, callback, consent, language);
    Row::new(Lane::App, Lane::Server, language.text("asks to enable the card"))
        .with_time(*created_at)
        .with_detail(detail)
}

/// Platform, app link and terms of a request.
fn request_detail(platform: &Platform, callback: &str, consent: &Consent, language: Language) -> String {
    let [app_link, terms] = ["app link", "terms"].map(|it| language.text(it));
    format!("{}, {app_link} {callback}, {terms} {}", serialized(platform), consent.terms_version)
}

fn recorded(recorded: &RecordedFact, language: Language) -> Row {
    let text = |english| language.text(english);
    use Lane::{App, ClickToPay, Processing, Server, TokenConnect};
    let row = match &recorded.fact {
        Fact::Restarted { platform, callback, consent, .. } => {
            let label = format!("{}, {} {}", text("restarts"), text("attempt"), recorded.attempt);
            Row::new(App, Server, &label).with_detail(request_detail(platform, callback, consent, language))
        }
        Fact::Pushed { receipt_hashes, expires_at } => {
            let (receipts, until) = (receipt_hashes.len(), clock_time(*expires_at));
            let detail = format!("{} {receipts}, {} {until}", text("receipts:"), text("valid until"));
            Row::new(TokenConnect, Server, text("pushed: receipts and signature")).with_detail(detail)
        }
        Fact::PushFailed { reason, retryable } => {
            let detail = text(if *retryable { "retryable" } else { "not retryable" });
            Row::new(Server, App, &format!("{}: {}", text("push failed"), reason.as_str()))
                .with_detail(detail)
        }
        Fact::PushUnknown => {
            Row::new(Server, TokenConnect, text("push outcome unknown: the response was lost"))
        }
        Fact::Tar { decision, .. } => Row::new(Processing, Server, &format!("TAR: {}", serialized(decision))),
        Fact::Tcn { .. } => Row::new(Processing, Server, text("TCN: a token exists")),
        Fact::Tvn { token, requested_by, .. } => {
            let by = requested_by
                .as_ref()
                .map(|by| format!(", {} {by}", text("requested by")))
                .unwrap_or_default();
            Row::new(Processing, Server, &format!("{} {}{by}", text("TVN: the token is"), serialized(token)))
        }
        Fact::Callback { result } => {
            Row::new(ClickToPay, Server, &format!("{}: {}", text("the browser returns"), result.as_str()))
                .with_detail(text("from the browser, so only a hint"))
        }
        Fact::TokenList { token } => {
            let token = token.as_ref().map_or(text("no token").into(), serialized);
            Row::new(Processing, Server, &format!("{}: {token}", text("token list")))
        }
        Fact::TokenListReadFailed => {
            Row::new(Server, Processing, &format!("{}: {}", text("token list"), text("could not be read")))
        }
        Fact::TokenChangeRequested { action, .. } => Row::new(
            App,
            Server,
            &format!("{}: {}", text("the cardholder asks for a change of the token"), action.as_str()),
        ),
        Fact::TokenChangeConfirmed { action, listed, .. } => {
            let listed = listed.as_ref().map_or(text("could not be read").into(), serialized);
            Row::new(Processing, Server, &format!("{}: {}", text("confirmed"), action.as_str()))
                .with_detail(format!("{}: {listed}", text("token list")))
        }
        Fact::Unknown(unknown) => {
            Row::new(Server, Server, &format!("{}: {}", text("recorded by a newer version"), unknown.kind))
        }
    };
    let row = match recorded.fact.occurred_at() {
        Some(at) => {
            row.with_detail(format!("{} {}", text("occurred, by Mastercard's clock, at"), clock_time(at)))
        }
        None => row,
    };
    row.with_time(recorded.at)
}

fn call(call: &Call, language: Language) -> Row {
    let to = match call.operation.as_str() {
        "pushMultipleAccounts" | "getEligibleTokenRequestors" | "getAsset" => Lane::TokenConnect,
        _ => Lane::Processing,
    };
    let status = call.status.map_or(language.text("no response").into(), |status| status.to_string());
    Row::new(Lane::Server, to, &format!("{}, {} ms", call.operation, call.milliseconds))
        .with_kind(Kind::Call)
        .with_detail(format!("{status}, {} {}", language.text("correlation id"), call.correlation_id))
}
