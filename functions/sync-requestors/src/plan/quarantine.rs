//! A push URI decides where cardholders and signed pushes are sent. A single response does not change its host.

use jiff::Timestamp;
use mastercard::token_requestor::{PushMethod, TokenRequestor};
use model::catalog::{CatalogEntry, Quarantine};

use crate::event::AllowedHost;

/// Keeps the earlier push methods while the new ones lead to a host that the requestor never had, until that host is
/// allowed. The hosts of a new requestor are accepted; a response without URIs changes nothing.
pub(super) fn check(
    requestor: &mut TokenRequestor,
    before: Option<&CatalogEntry>,
    allowed: &[AllowedHost],
    now: Timestamp,
) -> Option<Quarantine> {
    let before = before?;
    let earlier_methods = &before.requestor.available_push_methods;
    if earlier_methods.is_empty() {
        return None;
    }
    if requestor.available_push_methods.is_empty() {
        requestor.available_push_methods.clone_from(earlier_methods);
        return before.quarantine.clone();
    }
    let is_allowed = |method: &PushMethod| {
        allowed.iter().any(|allowed| {
            allowed.token_requestor_id == requestor.token_requestor_id
                && method.uri.host_str() == Some(allowed.host.as_str())
        })
    };
    let is_known =
        |method: &PushMethod| earlier_methods.iter().any(|earlier| origin(earlier) == origin(method));
    if requestor.available_push_methods.iter().all(|method| is_known(method) || is_allowed(method)) {
        return None;
    }
    let push_methods = std::mem::replace(&mut requestor.available_push_methods, earlier_methods.clone());
    let earlier = before.quarantine.as_ref().filter(|earlier| earlier.push_methods == push_methods);
    Some(Quarantine { since: earlier.map_or(now, |earlier| earlier.since), push_methods })
}

/// Scheme and host: the same host without TLS is another origin.
fn origin(method: &PushMethod) -> (&str, Option<&str>) {
    (method.uri.scheme(), method.uri.host_str())
}
