//! A token of a card, as `doctor tokens list` shows it.

use std::fmt;

use jiff::Timestamp;
use manage_tokens::state_name;
use mastercard::{
    card::ClientId,
    processing::{ClientToken, TokenAction},
    token_requestor::TokenRequestorId,
};
use model::{
    enrollment::{Enrollment, EnrollmentId, Fact, TokenState},
    token_id::TokenId,
    token_list,
};
use serde::Serialize;

/// A token of a card, without its number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRow {
    /// This server's id; `None` if Mastercard states no requestor or no token unique reference: it cannot be changed here.
    pub token_id: Option<TokenId>,
    token_requestor_id: Option<TokenRequestorId>,
    wallet_name: Option<String>,
    state: &'static str,
    /// Who suspended it, as far as notifications and this server's own changes say: Processing's list does not. It may be
    /// incomplete.
    suspended_by: Vec<String>,
    created_at: Option<Timestamp>,
    /// The enrollment that made it; `None` if it was made elsewhere.
    enrollment_id: Option<EnrollmentId>,
}

impl TokenRow {
    pub(super) fn new(client: ClientId, token: ClientToken, made_by: Option<&Enrollment>) -> Self {
        let state = token_list::state(&token.status);
        Self {
            token_id: TokenId::of(client, &token),
            state: state_name(&state),
            suspended_by: match state {
                TokenState::Suspended => made_by.map(suspenders).unwrap_or_default(),
                _ => Vec::new(),
            },
            token_requestor_id: token.token_requestor_id,
            wallet_name: token.wallet_name,
            created_at: token.created_at,
            enrollment_id: made_by.map(|enrollment| enrollment.enrollment_id),
        }
    }

    /// Whether it is removed, and so can neither be moved nor removed.
    pub fn is_removed(&self) -> bool {
        self.state == state_name(&TokenState::Deactivated)
    }
}

/// Who suspended the token since it was last active, in the order of the facts: `CARDHOLDER` and others of a TVN, `BANK` by this
/// server.
fn suspenders(enrollment: &Enrollment) -> Vec<String> {
    let mut facts: Vec<_> = enrollment.facts.iter().collect();
    facts.sort_by_key(|recorded| recorded.at);
    let mut by: Vec<String> = Vec::new();
    for recorded in facts {
        let suspender = match &recorded.fact {
            Fact::Tvn { token: TokenState::Active, .. } => {
                by.clear();
                continue;
            }
            Fact::Tvn { token: TokenState::Suspended, requested_by, .. } => {
                requested_by.clone().unwrap_or_else(|| "unknown".into())
            }
            Fact::TokenChangeConfirmed { action: TokenAction::Suspend, .. } => BANK.into(),
            Fact::TokenChangeConfirmed { action: TokenAction::Resume, .. } => {
                by.retain(|suspender| suspender != BANK);
                continue;
            }
            _ => continue,
        };
        if !by.contains(&suspender) {
            by.push(suspender);
        }
    }
    by
}

/// Suspended by this server, for a cardholder.
const BANK: &str = "BANK";

impl fmt::Display for TokenRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let by = Some(self.suspended_by.join("+")).filter(|by| !by.is_empty());
        write!(
            f,
            "{:<32}  {:<9}  by {:<12}  {:<11}  {:<20}  {:<20}  {}",
            shown(self.token_id.map(|id| id.to_string())),
            self.state,
            shown(by),
            shown(self.token_requestor_id.as_ref().map(ToString::to_string)),
            shown(self.wallet_name.clone()),
            shown(self.created_at.map(|at| format!("{at:.0}"))),
            shown(self.enrollment_id.map(|id| id.to_string()))
        )
    }
}
