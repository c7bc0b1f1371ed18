//! Between clients, between secrets and everything else, between cardholders and the rest of the web.

use simulator::CLICK_TO_PAY;
use url::Url;

use super::ensure;
use crate::{
    simulation::{
        deed::Function,
        evidence::{Evidence, Person, Said},
    },
    support::leaks::leak,
};

/// Invariant 4.
pub(super) fn nobody_reads_or_moves_what_belongs_to_others(evidence: &Evidence) -> Result<(), String> {
    for write in &evidence.writes {
        let Some(owner) = owner(&write.pk) else { continue };
        // Who serves Mastercard or the schedule serves everybody.
        let Some(who) = write.by.who else { continue };
        let own = evidence.people[who].client.to_string() == owner;
        ensure!(own, "#{} wrote into another's partition at step {}.", write.by.actor, write.step);
    }
    let owners: Vec<_> =
        evidence.writes.iter().filter_map(|write| Some((owner(&write.pk)?, id(&write.sk)?))).collect();
    for said in &evidence.said {
        let Some(who) = said.deed.who else { continue };
        let person = &evidence.people[who];
        let foreign = |(owner, id): &&(&str, &str)| {
            *owner != person.client.to_string() && said.answer.body.to_string().contains(id)
        };
        let seen = owners.iter().find(foreign);
        ensure!(seen.is_none(), "#{} answers {} with what is another's.", said.actor, person.name);
        refused(said, person)?;
    }
    facts_are_of_their_client(evidence)
}

/// Whoever asks for the things of others hears that there is no such thing.
fn refused(said: &Said, person: &Person) -> Result<(), String> {
    let (status, actor) = (said.answer.status, said.actor);
    if said.deed.trespass {
        // A store that does not answer says nothing either.
        ensure!([404, 500].contains(&status), "#{actor} was answered {status} about what is another's.");
    }
    let foreign_card = said.deed.card.is_some_and(|card| !person.cards.contains(&card));
    if foreign_card && said.deed.function == Function::Enroll {
        // An enrollment that failed is the caller's own.
        ensure!(status != 201, "#{actor} pushed another's card.");
    }
    Ok(())
}

/// What Mastercard said of one client's card is known to that client's enrollments alone.
fn facts_are_of_their_client(evidence: &Evidence) -> Result<(), String> {
    for letter in &evidence.letters {
        let moment = letter.occurred_at.to_string();
        let told = |enrollment: &model::enrollment::Enrollment| {
            let facts = serde_json::to_value(&enrollment.facts).unwrap_or_default();
            facts.as_array().into_iter().flatten().any(|it| it["fact"]["occurredAt"] == moment.as_str())
        };
        let client = evidence.people[letter.who].client;
        let mut others = evidence.enrollments().filter(|it| it.client_id.number() != client);
        ensure!(!others.any(|other| told(&other)), "{} moved another client's enrollment.", letter.told);
    }
    Ok(())
}

/// The client in a partition key, if it is a client's.
fn owner(pk: &str) -> Option<&str> {
    pk.strip_prefix("CLIENT#")?.split('#').nth(1)
}

/// The enrollment in a sort key, if it is an enrollment's.
fn id(sk: &str) -> Option<&str> {
    sk.strip_prefix("ENROLLMENT#")
}

/// Invariant 6, of whatever was written: what is overwritten by now was there too. The logs are looked through as they are
/// written; see `support::logs`.
pub(super) fn nothing_but_the_redirect_holds_a_secret(evidence: &Evidence) -> Result<(), String> {
    let is_redirect =
        |item: &&serde_json::Value| item["sk"].as_str().unwrap_or_default().starts_with("REDIRECT#");
    let written = evidence.writes.iter().filter_map(|write| write.item.as_ref());
    for item in evidence.stored.iter().chain(written).filter(|item| !is_redirect(item)) {
        let leak = leak(&item.to_string());
        ensure!(leak.is_none(), "{} holds {}.", item["sk"], leak.unwrap().kind);
    }
    for said in evidence.said.iter().filter(|said| said.answer.body.get("redirectUrl").is_none()) {
        let leak = leak(&said.text);
        ensure!(leak.is_none(), "#{} answers with {}.", said.actor, leak.unwrap().kind);
    }
    Ok(())
}

/// Invariant 7.
pub(super) fn a_failing_refresh_takes_nothing_away(evidence: &Evidence) -> Result<(), String> {
    for said in evidence.said.iter().filter(|said| said.deed.function == Function::ListRequestors) {
        let offers = said.answer.body["tokenRequestors"].as_array().into_iter().flatten();
        let click_to_pay = offers.into_iter().find(|offer| offer["tokenRequestorId"] == CLICK_TO_PAY);
        let logos = click_to_pay.and_then(|offer| offer["logos"].as_array());
        ensure!(logos.is_some_and(|logos| !logos.is_empty()), "Click to Pay is not offered any more.");
    }
    Ok(())
}

/// Invariant 9.
pub(super) fn cardholders_are_led_only_where_they_may_be(evidence: &Evidence) -> Result<(), String> {
    for said in &evidence.said {
        if let Some(redirect) = said.answer.body["redirectUrl"].as_str() {
            let origin = redirect.parse::<Url>().map(|url| url.origin().ascii_serialization());
            ensure!(origin.is_ok_and(|it| it == evidence.origin), "#{} redirects elsewhere.", said.actor);
        }
        if said.deed.function == Function::ReceiveCallback && said.answer.status == 303 {
            let location = said.answer.headers.get("location").map_or("", String::as_str);
            let (link, query) = location.split_once('?').unwrap_or((location, ""));
            let known = evidence.app_links.iter().any(|known| known == link);
            ensure!(known, "#{} passes the cardholder on to an unknown place.", said.actor);
            let names: Vec<_> =
                query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
            ensure!(names == ["enrollmentId", "outcome"], "#{} tells the app {names:?}.", said.actor);
        }
    }
    Ok(())
}
