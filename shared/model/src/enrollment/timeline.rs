//! The facts as the app sees them: events with their times, without receipts and token unique references.

use jiff::Timestamp;
use serde::Serialize;

use super::{Decision, Enrollment, Fact, TokenState};

/// One line of an enrollment's timeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// When this server recorded it.
    pub at: Timestamp,
    /// The event's stable name, in snake case.
    pub event: String,
    /// The variant of the event, where there is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Enrollment {
    /// The timeline, oldest entry first.
    pub fn timeline(&self) -> Vec<TimelineEntry> {
        let requested = TimelineEntry { at: self.created_at, event: "requested".into(), detail: None };
        let mut entries = vec![requested];
        entries.extend(self.facts.iter().map(|recorded| {
            let (event, detail) = recorded.fact.timeline_entry();
            TimelineEntry { at: recorded.at, event: event.into(), detail }
        }));
        entries.sort_by_key(|entry| entry.at);
        entries
    }
}

impl Fact {
    /// The stable name of the event, and its variant where there is more than one. A fact of a newer version is named by
    /// its kind.
    pub fn timeline_entry(&self) -> (&str, Option<String>) {
        match self {
            Self::Restarted { .. } => ("restarted", None),
            Self::Pushed { .. } => ("pushed", None),
            Self::PushFailed { reason, .. } => ("push_failed", Some(reason.as_str().to_owned())),
            Self::PushUnknown => ("push_outcome_unknown", None),
            Self::Tar { decision, .. } => ("tokenization_decided", Some(decision_name(decision).into())),
            Self::Tcn { .. } => ("token_created", None),
            Self::Tvn { token, .. } => ("token_changed", Some(token_state_name(token).into())),
            Self::Callback { result } => ("cardholder_returned", Some(result.as_str().to_ascii_lowercase())),
            Self::TokenList { token } => {
                ("token_list_read", Some(token.as_ref().map_or("no_token", token_state_name).into()))
            }
            Self::TokenListReadFailed => ("token_list_read_failed", None),
            Self::TokenChangeRequested { action, .. } => {
                ("token_change_requested", Some(action.as_str().into()))
            }
            Self::TokenChangeConfirmed { action, .. } => {
                ("token_change_confirmed", Some(action.as_str().into()))
            }
            Self::Unknown(unknown) => (&unknown.kind, None),
        }
    }
}

fn decision_name(decision: &Decision) -> &'static str {
    match decision {
        Decision::Approved => "approved",
        Decision::Declined => "declined",
        Decision::RequireAdditionalAuthentication => "require_additional_authentication",
        Decision::Other(_) => "other",
    }
}

fn token_state_name(token: &TokenState) -> &'static str {
    match token {
        TokenState::Active => "active",
        TokenState::Suspended => "suspended",
        TokenState::Inactive => "inactive",
        TokenState::Deactivated => "deactivated",
        TokenState::Other(_) => "other",
    }
}
