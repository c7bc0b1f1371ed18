//! A push URI leads the cardholder, and a signed push with them: where to is not changed by one answer alone.

use jiff::Timestamp;
use mastercard::token_requestor::{PushMethod, TokenRequestor};
use model::catalog::{Known, Quarantine};

use crate::event::Allowed;

/// Keeps the push methods of before where the new ones lead to another host than ever, until that host is allowed. What a
/// requestor leads to when it is first seen is believed; no URIs at all are no news.
pub(super) fn watch(
    requestor: &mut TokenRequestor,
    before: Option<&Known>,
    allowed: &[Allowed],
    now: Timestamp,
) -> Option<Quarantine> {
    let before = before?;
    let known = &before.requestor.available_push_methods;
    if known.is_empty() {
        return None;
    }
    if requestor.available_push_methods.is_empty() {
        requestor.available_push_methods.clone_from(known);
        return before.quarantine.clone();
    }
    let is_allowed = |method: &PushMethod| {
        allowed.iter().any(|allowed| {
            allowed.token_requestor_id == requestor.token_requestor_id
                && method.uri.host_str() == Some(allowed.host.as_str())
        })
    };
    let is_known = |method: &PushMethod| known.iter().any(|known| place(known) == place(method));
    if requestor.available_push_methods.iter().all(|method| is_known(method) || is_allowed(method)) {
        return None;
    }
    let push_methods = std::mem::replace(&mut requestor.available_push_methods, known.clone());
    let earlier = before.quarantine.as_ref().filter(|earlier| earlier.push_methods == push_methods);
    Some(Quarantine { since: earlier.map_or(now, |earlier| earlier.since), push_methods })
}

/// Scheme and host: the same host without TLS is another place.
fn place(method: &PushMethod) -> (&str, Option<&str>) {
    (method.uri.scheme(), method.uri.host_str())
}
