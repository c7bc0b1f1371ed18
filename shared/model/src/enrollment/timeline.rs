//! The facts as the app may see them: what happened and when, no receipts, no token references.

use jiff::Timestamp;
use serde::Serialize;

use super::{Decision, Enrollment, Fact, TokenState};

/// One line of an enrollment's story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// When this server learned it.
    pub at: Timestamp,
    /// A stable word.
    pub event: &'static str,
    /// Which way it went, where there is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Enrollment {
    /// The story so far, oldest first.
    pub fn timeline(&self) -> Vec<TimelineEntry> {
        let requested = TimelineEntry { at: self.created_at, event: "requested", detail: None };
        let mut events = vec![requested];
        events.extend(self.facts.iter().map(|recorded| {
            let (event, detail) = recorded.fact.timeline_entry();
            TimelineEntry { at: recorded.at, event, detail }
        }));
        events.sort_by_key(|event| event.at);
        events
    }
}

impl Fact {
    /// A stable word for it, and which way it went where there is more than one.
    pub fn timeline_entry(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Restarted { .. } => ("restarted", None),
            Self::Pushed { .. } => ("pushed", None),
            Self::PushFailed { reason, .. } => ("push_failed", Some(reason.as_str().to_owned())),
            Self::PushUnknown => ("push_outcome_unknown", None),
            Self::Tar { decision, .. } => ("tokenization_decided", Some(decision_word(decision).into())),
            Self::Tcn { .. } => ("token_created", None),
            Self::Tvn { token, .. } => ("token_changed", Some(token_word(token).into())),
            Self::Callback { result } => ("cardholder_returned", Some(result.to_ascii_lowercase())),
            Self::TokenList { token } => {
                ("token_list_read", Some(token.as_ref().map_or("no_token", token_word).into()))
            }
            Self::TokenListUnread => ("token_list_unread", None),
        }
    }
}

fn decision_word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Approved => "approved",
        Decision::Declined => "declined",
        Decision::RequireAdditionalAuthentication => "require_additional_authentication",
        Decision::Other(_) => "other",
    }
}

fn token_word(token: &TokenState) -> &'static str {
    match token {
        TokenState::Active => "active",
        TokenState::Suspended => "suspended",
        TokenState::Deactivated => "deactivated",
        TokenState::Other(_) => "other",
    }
}
