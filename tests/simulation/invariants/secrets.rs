//! Invariants of secrets, of all versions of items, not only of the final state. `support::logs` checks the logs.

use serde_json::Value;

use super::ensure;
use crate::{
    simulation::history::{History, StoredItem},
    support::leaks::leak,
};

/// Invariant 6.
pub(super) fn only_a_redirect_reveals_one(history: &History) -> Result<(), String> {
    for completed in
        history.completed.iter().filter(|completed| completed.response.body.get("redirectUrl").is_none())
    {
        let leak = leak(&completed.text);
        ensure!(leak.is_none(), "#{} responds with {}.", completed.actor, leak.unwrap().kind);
    }
    Ok(())
}

/// Invariant 9.
pub(super) fn none_is_readable_at_rest(history: &History) -> Result<(), String> {
    let written = history.writes.iter().filter_map(|write| write.item.as_ref());
    for item in history.stored.iter().chain(written) {
        let leak = leak(&without_redirect(item).to_string());
        ensure!(leak.is_none(), "{} holds {}.", item.text("sk"), leak.unwrap().kind);
        // Sealed, a redirect shows none of them either.
        let mut secrets = history.pushes.iter().flat_map(|push| &push.secrets);
        ensure!(
            !secrets.any(|secret| item.contains(secret)),
            "{} shows what a push returned.",
            item.text("sk")
        );
    }
    let kept = history.stored.iter().find(|item| item.plain.get("redirect").is_some());
    ensure!(kept.is_none(), "{} keeps a redirect that nobody can use.", kept.unwrap().text("sk"));
    Ok(())
}

/// The item without the only attribute that may hold a secret.
fn without_redirect(item: &StoredItem) -> Value {
    let mut plain = item.plain.clone();
    if item.kind() == "CARD" {
        plain.as_object_mut().unwrap().remove("redirect");
    }
    plain
}
