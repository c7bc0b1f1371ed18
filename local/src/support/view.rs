//! The page: what was asked for, what was found.

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use mastercard::token_requestor::TokenRequestorId;
use model::{
    catalog::Snapshot,
    enrollment::{Enrollment, Fact, RecordedFact},
};
use runtime::store::enrollments::InboxEntry;

use super::{
    find::Found,
    picture::{self, Kind, Lane, Row, word},
};

#[derive(Template)]
#[template(path = "support.html")]
struct Page<'a> {
    asked: &'a str,
    heading: String,
    listed: Option<Vec<Line>>,
    one: Option<One>,
    nothing: bool,
    unmatched: Option<Vec<Unmatched>>,
    lanes: [(&'static str, Lane); 5],
}

/// An enrollment in a list.
struct Line {
    id: String,
    card: String,
    requestor: String,
    status: String,
    created: String,
}

/// An enrollment in full.
struct One {
    status: String,
    facts: Vec<(&'static str, String)>,
    rows: Vec<Drawn>,
}

/// A row with its place on the page.
struct Drawn {
    row: Row,
    time: String,
    gap: Option<String>,
    /// From 0 to 5, the greater the longer.
    height: u8,
    kind: &'static str,
    backwards: bool,
}

struct Unmatched {
    what: String,
    card: String,
    requestor: String,
    occurred: String,
    received: String,
    tries: usize,
}

pub(super) fn render(
    asked: &str,
    found: &Found,
    unmatched: &[InboxEntry],
    snapshot: &Snapshot,
    now: Timestamp,
) -> Result<String, askama::Error> {
    let lines = |all: &[Enrollment]| Some(all.iter().map(|one| line(one, snapshot, now)).collect());
    let mut page = Page {
        asked,
        heading: "Nothing found".into(),
        listed: None,
        one: None,
        nothing: false,
        unmatched: None,
        lanes: LANES,
    };
    match found {
        Found::Latest(all) => {
            page.heading = "Latest enrollments".into();
            page.listed = lines(all);
            page.unmatched = Some(unmatched.iter().map(|it| Unmatched::new(it, snapshot)).collect());
        }
        Found::OfCard(card, all) => {
            page.heading = format!("Card contract {card}");
            page.listed = lines(all);
        }
        Found::One(one) => {
            page.heading = format!(
                "Card contract {} at {}",
                one.card_contract_id,
                name(&one.token_requestor_id, snapshot)
            );
            page.one = Some(One::new(one, now));
        }
        Found::Nothing => page.nothing = true,
    }
    page.render()
}

const LANES: [(&str, Lane); 5] = [
    ("App", Lane::App),
    ("Server", Lane::Server),
    ("Token Connect", Lane::TokenConnect),
    ("Processing", Lane::Processing),
    ("Click to Pay", Lane::ClickToPay),
];

impl Lane {
    /// Its middle, in per cent of the picture's width.
    fn x(self) -> u8 {
        match self {
            Self::App => 10,
            Self::Server => 30,
            Self::TokenConnect => 50,
            Self::Processing => 70,
            Self::ClickToPay => 90,
        }
    }

    fn name(self) -> &'static str {
        LANES.iter().find(|(_, lane)| *lane == self).map_or("", |(name, _)| name)
    }
}

impl One {
    fn new(one: &Enrollment, now: Timestamp) -> Self {
        let report = one.status_at(now);
        let mut facts =
            vec![("Enrollment", one.enrollment_id.to_string()), ("Client", one.client_id.to_string())];
        facts.push(("Attempt", one.attempt().number.to_string()));
        facts.extend(report.reason.map(|reason| ("Reason", reason.as_str().to_owned())));
        facts.extend(durations(one));
        facts.push(match report.next_check {
            Some(at) => ("Looked at again", format!("{} UTC", at.strftime("%-d %B, %H:%M:%S"))),
            None => ("Looked at again", "no more: final".into()),
        });
        let rows = picture::of(one, now).into_iter().map(drawn).collect();
        Self { status: word(&report.status), facts, rows }
    }
}

/// How long each leg of the latest attempt took.
fn durations(one: &Enrollment) -> Vec<(&'static str, String)> {
    let began = one.attempt().began_at;
    let first = |kind: fn(&Fact) -> bool| {
        let of_attempt = one.facts.iter().filter(|it| it.at >= began && kind(&it.fact));
        of_attempt.map(|it: &RecordedFact| it.at).min()
    };
    let pushed = first(|fact| matches!(fact, Fact::Pushed { .. }));
    let back = first(|fact| matches!(fact, Fact::Callback { .. }));
    let token = first(|fact| matches!(fact, Fact::Tcn { .. }));
    let legs = [
        ("Asked to pushed", Some(began), pushed),
        ("Pushed to token", pushed, token),
        ("Pushed to back", pushed, back),
    ];
    let took = |(leg, from, to): (_, Option<Timestamp>, Option<Timestamp>)| {
        Some((leg, span(to?.duration_since(from?))))
    };
    legs.into_iter().filter_map(took).collect()
}

fn drawn(row: Row) -> Drawn {
    let height = match row.gap.map(|gap| gap.as_secs()) {
        None | Some(..1) => 0,
        Some(1..10) => 1,
        Some(10..60) => 2,
        Some(60..600) => 3,
        Some(600..3_600) => 4,
        Some(3_600..) => 5,
    };
    Drawn {
        time: row.at.map(clock).unwrap_or_default(),
        gap: row.gap.filter(|gap| gap.as_millis() > 0).map(span),
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

fn line(one: &Enrollment, snapshot: &Snapshot, now: Timestamp) -> Line {
    Line {
        id: one.enrollment_id.to_string(),
        card: one.card_contract_id.to_string(),
        requestor: name(&one.token_requestor_id, snapshot),
        status: word(&one.status_at(now).status),
        created: one.created_at.strftime("%-d %B %Y, %H:%M:%S UTC").to_string(),
    }
}

impl Unmatched {
    fn new(received: &InboxEntry, snapshot: &Snapshot) -> Self {
        let notification = &received.notification;
        Self {
            what: notification.kind.as_str().into(),
            card: notification.card_contract_id.map_or("not said".into(), |card| card.to_string()),
            requestor: notification
                .token_requestor_id
                .as_ref()
                .map_or("not said".into(), |id| name(id, snapshot)),
            occurred: clock(notification.occurred_at),
            received: clock(received.received_at),
            tries: received.unmatched,
        }
    }
}

fn name(id: &TokenRequestorId, snapshot: &Snapshot) -> String {
    let known = snapshot.entries.get(id);
    known.map_or_else(|| id.to_string(), |known| known.requestor.consumer_facing_entity_name.clone())
}

/// `10:29:58.123`
pub(super) fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3f").to_string()
}

/// In the two units that matter.
pub(super) fn span(took: SignedDuration) -> String {
    let (milliseconds, seconds) = (took.as_millis(), took.as_secs());
    match seconds {
        ..1 => format!("{milliseconds} ms"),
        1..10 => format!("{seconds}.{} s", (milliseconds % 1_000) / 100),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600.. => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
