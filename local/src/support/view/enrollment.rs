//! One enrollment: its facts, and the diagram's rows with their positions.

use jiff::Timestamp;
use model::enrollment::{Enrollment, Fact, RecordedFact};
use simulator::Language;

use crate::{
    language::Texts as _,
    support::{
        diagram,
        format::{clock_time, duration, serialized},
        row::{Kind, Row},
    },
};

pub(super) struct EnrollmentView {
    pub(super) id: String,
    /// One line to paste into a ticket.
    pub(super) summary: String,
    pub(super) status: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) rows: Vec<RowView>,
}

/// A row and its presentation.
pub(super) struct RowView {
    pub(super) row: Row,
    pub(super) time: String,
    pub(super) gap: Option<String>,
    /// 0 to 5; grows with the gap.
    pub(super) height: u8,
    pub(super) kind: &'static str,
    /// Whether the arrow points to the left.
    pub(super) backwards: bool,
}

impl EnrollmentView {
    pub(super) fn new(enrollment: &Enrollment, requestor: &str, now: Timestamp, language: Language) -> Self {
        let text = |english| language.text(english);
        let report = enrollment.status_at(now);
        let mut facts = vec![
            (text("Enrollment"), enrollment.enrollment_id.to_string()),
            (text("Client"), enrollment.client_id.to_string()),
            (text("Attempt"), enrollment.attempt().number.to_string()),
        ];
        facts.extend(report.reason.as_ref().map(|reason| (text("Reason"), reason.as_str().to_owned())));
        facts.extend(durations(enrollment, language));
        facts.push(match report.next_check {
            Some(at) => {
                (text("Next check"), format!("{}, {} UTC", language.day(at), at.strftime("%H:%M:%S")))
            }
            None => (text("Next check"), text("none: final").into()),
        });
        let rows = diagram::rows(enrollment, now, language).into_iter().map(RowView::new).collect();
        let (id, status) = (enrollment.enrollment_id.to_string(), serialized(&report.status));
        let reason = report.reason.map(|reason| format!(" ({})", reason.as_str())).unwrap_or_default();
        let summary = format!(
            "{} {id}: {} {}, {} {}, {} {requestor}, {status}{reason}, {} {}, {} {}",
            text("Enrollment"),
            text("Card contract"),
            enrollment.card_contract_id,
            text("Client"),
            enrollment.client_id,
            text("at"),
            text("requested"),
            enrollment.created_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            text("attempt"),
            enrollment.attempt().number,
        );
        Self { id, summary, status, facts, rows }
    }
}

/// Durations between the main facts of the latest attempt.
fn durations(enrollment: &Enrollment, language: Language) -> Vec<(&'static str, String)> {
    let started_at = enrollment.attempt().began_at;
    let first = |kind: fn(&Fact) -> bool| {
        let of_attempt = enrollment.facts.iter().filter(|it| it.at >= started_at && kind(&it.fact));
        of_attempt.map(|it: &RecordedFact| it.at).min()
    };
    let pushed = first(|fact| matches!(fact, Fact::Pushed { .. }));
    let returned = first(|fact| matches!(fact, Fact::Callback { .. }));
    let token = first(|fact| matches!(fact, Fact::Tcn { .. }));
    let spans = [
        ("Request to push", Some(started_at), pushed),
        ("Push to token", pushed, token),
        ("Push to return", pushed, returned),
    ];
    let elapsed = |(name, from, to): (_, Option<Timestamp>, Option<Timestamp>)| {
        Some((language.text(name), duration(to?.duration_since(from?))))
    };
    spans.into_iter().filter_map(elapsed).collect()
}

impl RowView {
    fn new(row: Row) -> Self {
        let height = match row.gap.map(|gap| gap.as_secs()) {
            None | Some(..1) => 0,
            Some(1..10) => 1,
            Some(10..60) => 2,
            Some(60..600) => 3,
            Some(600..3_600) => 4,
            Some(3_600..) => 5,
        };
        Self {
            time: row.at.map(clock_time).unwrap_or_default(),
            gap: row.gap.filter(|gap| gap.as_millis() > 0).map(duration),
            height,
            kind: match row.kind {
                Kind::Fact => "fact",
                Kind::Call => "call",
                Kind::Missing => "missing",
                Kind::Next => "next",
            },
            backwards: row.to.x() < row.from.x(),
            row,
        }
    }
}
