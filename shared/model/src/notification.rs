//! Notifications from Mastercard Processing (use-case steps 17 and 21), independent of their wire format.

pub mod wire;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    enrollment::{Decision, Enrollment, Fact, TokenState},
    unknown::UnknownVariant,
};
use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};

/// How far the sender's clock may be behind this server's clock.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// A notification about one card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The sender's id, or the SHA-256 of its content: a repeated notification has the same id.
    pub id: String,
    /// Its kind, with the content of that kind.
    pub kind: NotificationKind,
    /// When it happened by the sender's clock, at most the time of arrival; the time of arrival if it states none.
    pub occurred_at: Timestamp,
    /// The client that owns the card, if stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// The card, if stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_contract_id: Option<CardContractId>,
    /// The token requestor, if stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_requestor_id: Option<TokenRequestorId>,
    /// The token unique reference, if stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_unique_reference: Option<String>,
}

/// The kind of a notification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum NotificationKind {
    /// Tokenization authorization request (TAR), decided by Processing.
    Tar {
        /// The decision.
        decision: Decision,
    },
    /// Tokenization complete notification (TCN): a token exists.
    Tcn,
    /// Tokenization event notification (TVN): a token's state changed.
    Tvn {
        /// The new state.
        token: TokenState,
        /// Who caused the change, if stated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_by: Option<String>,
    },
    /// A kind that this version does not know. It is stored and changes no enrollment.
    Other {
        /// The sender's name of the kind.
        name: String,
    },
    /// A kind that a newer version stored, kept for forward compatibility.
    #[serde(untagged, deserialize_with = "unknown")]
    Unknown(UnknownVariant),
}

fn unknown<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnknownVariant, D::Error> {
    UnknownVariant::read(deserializer, &NotificationKind::KINDS)
}

impl NotificationKind {
    /// The kinds that this version knows, as stored in `kind`.
    pub const KINDS: [&str; 4] = ["tar", "tcn", "tvn", "other"];

    /// `TAR`, `TCN` or `TVN`, or the sender's name of an unknown kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Other { name } => name,
            Self::Unknown(unknown) => &unknown.kind,
            Self::Tar { .. } | Self::Tcn | Self::Tvn { .. } => self.as_str(),
        }
    }

    /// `TAR`, `TCN` or `TVN`; `other` for an unknown kind.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tar { .. } => "TAR",
            Self::Tcn => "TCN",
            Self::Tvn { .. } => "TVN",
            Self::Other { .. } | Self::Unknown(_) => "other",
        }
    }
}

impl Notification {
    /// The fact to record; `None` for kinds that this version does not know.
    pub fn fact(&self) -> Option<Fact> {
        match &self.kind {
            NotificationKind::Tar { decision } => {
                Some(Fact::Tar { decision: decision.clone(), occurred_at: Some(self.occurred_at) })
            }
            NotificationKind::Tcn => Some(Fact::Tcn {
                token_unique_reference: self.token_unique_reference.clone(),
                occurred_at: self.occurred_at,
            }),
            NotificationKind::Tvn { token, requested_by } => Some(Fact::Tvn {
                token: token.clone(),
                requested_by: requested_by.clone(),
                occurred_at: self.occurred_at,
            }),
            NotificationKind::Other { .. } | NotificationKind::Unknown(_) => None,
        }
    }

    /// The enrollment that this notification matches. `candidates` are enrollments of its card, newest first.
    ///
    /// The one with the notification's token is preferred, then the newest one that was requested before `occurred_at`
    /// plus [`CLOCK_SKEW_SECONDS`]. An older one than the newest matches a TAR or TCN only while its receipts could be used, and a
    /// TVN of another token than a TCN named says nothing about an enrollment, unless only the list can tell what it means. An
    /// enrollment of which nothing was pushed matches none. Without a client id, only enrollments match whose card is confirmed
    /// to belong to their client.
    pub fn match_enrollment<'a>(
        &self,
        candidates: impl Iterator<Item = &'a Enrollment> + Clone,
    ) -> Option<&'a Enrollment> {
        let fits = |enrollment: &&Enrollment| {
            self.card_contract_id == Some(enrollment.card_contract_id)
                && enrollment.may_be_pushed()
                && match self.client_id {
                    Some(client) => client == enrollment.client_id,
                    None => enrollment.is_card_confirmed(),
                }
                && self.token_requestor_id.as_ref().is_none_or(|id| *id == enrollment.token_requestor_id)
        };
        let reference = self.token_unique_reference.as_deref();
        let with_token = || {
            let has_token =
                |enrollment: &&Enrollment| reference.is_some_and(|token| enrollment.has_token(token));
            candidates.clone().filter(fits).find(has_token)
        };
        let newest = candidates.clone().find(fits).map(|enrollment| enrollment.enrollment_id);
        let is_of_its_time = |enrollment: &&Enrollment| {
            let seconds_after =
                |time: Timestamp| self.occurred_at.as_second().saturating_sub(time.as_second());
            let may_be_used = match self.kind {
                NotificationKind::Tar { .. } | NotificationKind::Tcn => {
                    newest == Some(enrollment.enrollment_id)
                        || seconds_after(enrollment.receipts_end()) <= CLOCK_SKEW_SECONDS
                }
                NotificationKind::Tvn { .. }
                | NotificationKind::Other { .. }
                | NotificationKind::Unknown(_) => true,
            };
            seconds_after(enrollment.created_at) >= -CLOCK_SKEW_SECONDS && may_be_used
        };
        let is_of_another_token = |enrollment: &&Enrollment| match &self.kind {
            NotificationKind::Tvn { token: TokenState::Other(_), .. } => false,
            NotificationKind::Tvn { .. } => reference.is_some() && enrollment.names_token(),
            NotificationKind::Tar { .. }
            | NotificationKind::Tcn
            | NotificationKind::Other { .. }
            | NotificationKind::Unknown(_) => false,
        };
        let may_concern =
            |enrollment: &&Enrollment| is_of_its_time(enrollment) && !is_of_another_token(enrollment);
        with_token().or_else(|| candidates.clone().filter(fits).find(may_concern))
    }
}

#[cfg(test)]
mod tests;
