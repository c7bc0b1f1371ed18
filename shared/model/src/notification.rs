//! Notifications from Mastercard Processing (use-case steps 17 and 21), in this server's own terms.

pub mod wire;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::enrollment::{Decision, Enrollment, Fact, TokenState};
use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};

/// A message about one card, whatever its wire format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// By its sender, or made of its content: the same message twice has the same id.
    pub id: String,
    /// What it says.
    pub kind: NotificationKind,
    /// By the sender's clock; of arrival, if it named none.
    pub occurred_at: Timestamp,
    /// Whose card, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// Which card, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_contract_id: Option<CardContractId>,
    /// At which token requestor, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_requestor_id: Option<TokenRequestorId>,
    /// Which token, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_unique_reference: Option<String>,
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum NotificationKind {
    /// Tokenization authorization request: Processing decided.
    Tar {
        /// What it decided.
        decision: Decision,
    },
    /// Tokenization complete notification: a token exists.
    Tcn,
    /// Tokenization event notification: a token changed.
    Tvn {
        /// What it became.
        token: TokenState,
    },
    /// Something that this server does not know; kept, moves nothing.
    Other {
        /// The sender's word for it.
        name: String,
    },
}

impl NotificationKind {
    /// The field's name for it, or its sender's own.
    pub fn name(&self) -> &str {
        match self {
            Self::Other { name } => name,
            known => known.as_str(),
        }
    }

    /// The field's name for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tar { .. } => "TAR",
            Self::Tcn => "TCN",
            Self::Tvn { .. } => "TVN",
            Self::Other { .. } => "other",
        }
    }
}

impl Notification {
    /// The fact that it tells, if it tells one.
    pub fn fact(&self) -> Option<Fact> {
        match &self.kind {
            NotificationKind::Tar { decision } => {
                Some(Fact::Tar { decision: decision.clone(), occurred_at: Some(self.occurred_at) })
            }
            NotificationKind::Tcn => Some(Fact::Tcn {
                token_unique_reference: self.token_unique_reference.clone(),
                occurred_at: self.occurred_at,
            }),
            NotificationKind::Tvn { token } => {
                Some(Fact::Tvn { token: token.clone(), occurred_at: self.occurred_at })
            }
            NotificationKind::Other { .. } => None,
        }
    }

    /// The enrollment that it speaks of, among those of its card, newest first: the one whose token it names, or
    /// else the newest that was asked for before it happened. Clocks may differ by [`SKEW_SECONDS`]. One that does not say
    /// whose card it is speaks only of enrollments whose card is known to be their client's.
    pub fn choose<'a>(
        &self,
        candidates: impl Iterator<Item = &'a Enrollment> + Clone,
    ) -> Option<&'a Enrollment> {
        let fits = |enrollment: &&Enrollment| {
            self.card_contract_id == Some(enrollment.card_contract_id)
                && match self.client_id {
                    Some(client) => client == enrollment.client_id,
                    None => enrollment.is_of_own_card(),
                }
                && self.token_requestor_id.as_ref().is_none_or(|id| *id == enrollment.token_requestor_id)
        };
        let reference = self.token_unique_reference.as_deref();
        let named = || {
            let named = |enrollment: &&Enrollment| reference.is_some_and(|token| enrollment.has_token(token));
            candidates.clone().filter(fits).find(named)
        };
        let before = |enrollment: &&Enrollment| {
            enrollment.created_at.as_second() <= self.occurred_at.as_second().saturating_add(SKEW_SECONDS)
        };
        named().or_else(|| candidates.clone().filter(fits).find(before))
    }
}

#[cfg(test)]
mod tests;

/// How far the sender's clock may be behind this server's.
const SKEW_SECONDS: i64 = 300;
