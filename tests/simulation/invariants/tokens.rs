//! Invariants of changes of tokens that cardholders make.

use model::{enrollment::Status, token_id::TokenId};
use simulator::TokenStatus;

use super::ensure;
use crate::simulation::{history::History, invocation::Function};

/// Invariant 11.
pub(super) fn changes_are_of_ones_own_token(history: &History) -> Result<(), String> {
    for change in &history.token_changes {
        let (actor, step) = (change.sender.actor, change.step);
        let Some(principal) = change.sender.principal else {
            return Err(format!("#{actor} changed a token at step {step} for nobody."));
        };
        let principal = &history.principals[principal];
        ensure!(principal.cards.contains(&change.card), "#{actor} changed a foreign card at step {step}.");
        ensure!(change.changed.len() <= 1, "#{actor} changed several tokens at step {step}.");
        for (client, token) in &change.changed {
            let is_own = (*client, token.card_contract_id) == (principal.client, change.card);
            ensure!(is_own, "#{actor} changed a foreign token at step {step}.");
            let requestor = token.token_requestor_id.parse().map_err(|error| format!("{error}"))?;
            let reference = &token.token_unique_reference;
            let id = TokenId::new((*client).into(), token.card_contract_id.into(), &requestor, reference);
            ensure!(
                change.sender.token == Some(id),
                "#{actor} changed another token than the named one at step {step}."
            );
        }
    }
    let changes = history.completed.iter().filter(|it| it.invocation.function == Function::ManageTokens);
    for completed in changes.filter(|completed| completed.response.status == 200) {
        let sent = history.token_changes.iter().filter(|change| change.sender.actor == completed.actor);
        let sent = sent.count();
        ensure!(sent <= 1, "#{} sent {sent} changes.", completed.actor);
    }
    Ok(())
}

/// Invariant 12. A request that reached Mastercard long after its sender crashed is known to nobody; so is a status whose TVN was
/// lost.
pub(super) fn changes_are_shown(history: &History) -> Result<(), String> {
    for enrollment in history.enrollments() {
        let (card, client) = (enrollment.card_contract_id.number(), enrollment.client_id.number());
        let of_card = || {
            let changes = history.token_changes.iter().filter(|change| change.card == card);
            changes.flat_map(|change| change.changed.iter().map(move |(_, token)| (change, token)))
        };
        let own = || of_card().filter(|(_, token)| enrollment.has_token(&token.token_unique_reference));
        let status = enrollment.status_at(history.settled_at).status;
        let name = history.name(&enrollment.enrollment_id.to_string());
        let is_removed =
            own().any(|(change, token)| token.status == TokenStatus::Deactivated && !change.is_orphan);
        let has_another = history.active.contains(&card);
        ensure!(
            !is_removed || status != Status::Enabled || has_another,
            "{name} of client {client} is ENABLED, and its token was removed."
        );
    }
    Ok(())
}
