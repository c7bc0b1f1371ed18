//! Facts that the latest attempt lacks, and when the token list is read next.

use jiff::Timestamp;
use model::enrollment::{Enrollment, Fact, RecordedFact, Status};
use simulator::Language;

use super::{
    format::duration,
    lane::Lane,
    row::{Kind, Row},
};
use crate::language::Texts as _;

pub(super) fn rows(enrollment: &Enrollment, now: Timestamp, language: Language) -> Vec<Row> {
    let attempt = enrollment.attempt();
    let of_attempt = |fact: &&RecordedFact| fact.at >= attempt.began_at;
    let has = |kind: fn(&Fact) -> bool| enrollment.facts.iter().filter(of_attempt).any(|it| kind(&it.fact));
    let failed = has(|fact| matches!(fact, Fact::PushFailed { .. }));
    let pushed = enrollment.facts.iter().filter(of_attempt).find_map(|it| match it.fact {
        Fact::Pushed { .. } | Fact::PushUnknown => Some(it.at),
        _ => None,
    });
    let report = enrollment.status_at(now);
    let mut rows = Vec::new();
    let mut add = |from, label: &'static str, since: Timestamp| {
        let detail = match report.next_check {
            Some(_) => format!("{} {}", language.text("nothing for"), duration(now.duration_since(since))),
            None => language.text("not received").into(),
        };
        rows.push(
            Row::new(from, Lane::Server, language.text(label)).with_kind(Kind::Missing).with_detail(detail),
        );
    };
    match pushed {
        None if !failed => add(Lane::TokenConnect, "response to the push", attempt.began_at),
        None => {}
        Some(at) => {
            let declined = report.status == Status::Declined;
            // A card with a token is not tokenized again.
            let is_earlier =
                |it: &RecordedFact| it.at < attempt.began_at && matches!(it.fact, Fact::Tcn { .. });
            let has_earlier_token = enrollment.facts.iter().any(is_earlier);
            if !has_earlier_token && !has(|fact| matches!(fact, Fact::Tar { .. })) {
                add(Lane::Processing, "TAR", at);
            }
            if !declined && !has_earlier_token && !has(|fact| matches!(fact, Fact::Tcn { .. })) {
                add(Lane::Processing, "TCN", at);
            }
            if !has(|fact| matches!(fact, Fact::Callback { .. })) {
                add(Lane::ClickToPay, "the browser's return", at);
            }
        }
    }
    if let Some(at) = report.next_check {
        let wait = at.duration_since(now);
        let when = if wait.is_positive() {
            format!("{} {}", language.text("in"), duration(wait))
        } else {
            language.text("now").into()
        };
        let next = Row::new(Lane::Server, Lane::Processing, language.text("reads the token list"));
        rows.push(next.with_kind(Kind::Next).with_detail(when));
    }
    rows
}
