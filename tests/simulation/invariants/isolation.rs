//! Invariants of isolation: between clients, of the catalog, and of redirects.

use std::collections::BTreeSet;

use model::enrollment::Enrollment;
use simulator::CLICK_TO_PAY;
use url::Url;

use super::ensure;
use crate::simulation::{
    history::{CompletedInvocation, History, Principal},
    invocation::Function,
};

/// Invariant 4.
pub(super) fn no_client_accesses_others_data(history: &History) -> Result<(), String> {
    for write in &history.writes {
        let Some(owner) = owner(&write.pk) else { continue };
        // Notifications and schedules serve all clients.
        let Some(principal) = write.sender.principal else { continue };
        let is_own = history.principals[principal].client.to_string() == owner;
        ensure!(is_own, "#{} wrote into another's partition at step {}.", write.sender.actor, write.step);
    }
    let ids = history.versions().map(|(write, item)| (owner(&write.pk), item.text("enrollmentId")));
    let owners: BTreeSet<_> = ids.filter_map(|(owner, id)| Some((owner?, id))).collect();
    for completed in &history.completed {
        let Some(principal) = completed.invocation.principal else { continue };
        let principal = &history.principals[principal];
        let is_foreign = |(owner, id): &&(&str, &str)| {
            *owner != principal.client.to_string() && completed.response.body.to_string().contains(id)
        };
        let foreign = owners.iter().find(is_foreign);
        ensure!(foreign.is_none(), "#{} shows {} another's enrollment.", completed.actor, principal.name);
        check_refused(completed, principal)?;
    }
    facts_are_of_their_client(history)
}

/// A request for what belongs to others is answered as if it did not exist.
fn check_refused(completed: &CompletedInvocation, principal: &Principal) -> Result<(), String> {
    let (status, actor) = (completed.response.status, completed.actor);
    if completed.invocation.unauthorized {
        // 500: the store failed. A token is looked for in the caller's own list, which Mastercard may not answer.
        let is_unanswered = completed.invocation.function == Function::ManageTokens
            && (status, &completed.response.body["code"]) == (503, &"mastercard_unavailable".into());
        ensure!(
            is_unanswered || [404, 500].contains(&status),
            "#{actor} responded {status} about what belongs to another."
        );
    }
    let foreign_card = completed.invocation.card.is_some_and(|card| !principal.cards.contains(&card));
    if foreign_card && completed.invocation.function == Function::Enroll {
        // The caller may have a failed enrollment of it.
        ensure!(status != 201, "#{actor} pushed another's card.");
    }
    Ok(())
}

/// A notification about one client's card is applied only to enrollments of that client.
fn facts_are_of_their_client(history: &History) -> Result<(), String> {
    for notification in &history.notifications {
        let has_fact = |enrollment: &Enrollment| {
            enrollment.facts.iter().any(|it| it.notification_id() == Some(notification.hash()))
        };
        let client = history.principals[notification.principal].client;
        let mut others = history.enrollments().filter(|it| it.client_id.number() != client);
        ensure!(!others.any(has_fact), "{} changed another client's enrollment.", notification.label);
    }
    Ok(())
}

/// The client id in the partition key of a client.
fn owner(pk: &str) -> Option<&str> {
    pk.strip_prefix("CLIENT#")?.split('#').nth(1)
}

/// Invariant 7.
pub(super) fn a_failed_refresh_removes_nothing(history: &History) -> Result<(), String> {
    for completed in
        history.completed.iter().filter(|completed| completed.invocation.function == Function::ListRequestors)
    {
        let requestors = completed.response.body["tokenRequestors"].as_array().into_iter().flatten();
        let click_to_pay =
            requestors.into_iter().find(|requestor| requestor["tokenRequestorId"] == CLICK_TO_PAY);
        let logos = click_to_pay.and_then(|requestor| requestor["logos"].as_array());
        ensure!(logos.is_some_and(|logos| !logos.is_empty()), "Click to Pay is no longer listed.");
    }
    Ok(())
}

/// Invariant 10.
pub(super) fn redirects_lead_to_known_urls(history: &History) -> Result<(), String> {
    for completed in &history.completed {
        if let Some(redirect) = completed.response.body["redirectUrl"].as_str() {
            let origin = redirect.parse::<Url>().map(|url| url.origin().ascii_serialization());
            ensure!(
                origin.is_ok_and(|it| it == history.origin),
                "#{} redirects to another origin.",
                completed.actor
            );
        }
        if completed.invocation.function == Function::ReceiveCallback && completed.response.status == 303 {
            let location = completed.response.headers.get("location").map_or("", String::as_str);
            let (link, query) = location.split_once('?').unwrap_or((location, ""));
            let is_known = history.app_links.iter().any(|known| known == link);
            ensure!(is_known, "#{} redirects the cardholder to an unknown URL.", completed.actor);
            let names: Vec<_> =
                query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
            ensure!(
                names == ["enrollmentId", "outcome"],
                "#{} passes {names:?} to the app.",
                completed.actor
            );
        }
    }
    Ok(())
}
