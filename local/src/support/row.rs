//! One arrow of the diagram.

use jiff::{SignedDuration, Timestamp};

use super::lane::Lane;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A recorded fact.
    Fact,
    /// A call to Mastercard from which the fact below it came.
    Call,
    /// A fact that is not recorded, though it is expected.
    Missing,
    /// What the server does next.
    Next,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) at: Option<Timestamp>,
    /// Time since the previous row that has a time.
    pub(super) gap: Option<SignedDuration>,
    pub(super) from: Lane,
    pub(super) to: Lane,
    pub(super) kind: Kind,
    pub(super) label: String,
    pub(super) detail: Option<String>,
}

impl Row {
    pub(super) fn new(from: Lane, to: Lane, label: &str) -> Self {
        Self { at: None, gap: None, from, to, kind: Kind::Fact, label: label.into(), detail: None }
    }

    pub(super) fn with_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub(super) fn with_time(self, at: Timestamp) -> Self {
        Self { at: Some(at), ..self }
    }

    pub(super) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}
