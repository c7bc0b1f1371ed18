//! Invariants of facts and the status that follows from them.

use jiff::{SignedDuration, Timestamp};
use model::enrollment::{CardholderDecision, Enrollment, Fact, RecordedFact, TokenState};
use serde_json::Value;

use super::ensure;
use crate::simulation::{history::History, rng::Rng};

/// Invariant 2.
pub(super) fn enabled_needs_a_token(history: &History) -> Result<(), String> {
    for (write, item) in history.versions().filter(|(_, item)| item.text("status") == "ENABLED") {
        let name = history.name(item.text("enrollmentId"));
        let enrollment = item.enrollment().ok_or("an item without an enrollment")?;
        ensure_enabled(enrollment)
            .map_err(|reason| format!("{name} became ENABLED at step {} without {reason}.", write.step))?;
        let card = item.text("cardContractId");
        let of_card = history.tokens.iter().filter(|token| token.is_of_click_to_pay);
        let of_card = of_card.filter(|token| token.card.to_string() == card && token.step <= write.step);
        ensure!(
            of_card.clone().next().is_some(),
            "{name} became ENABLED at step {}, but its card has no token.",
            write.step
        );
        let of_another = |reference: &str| later_than(enrollment, history).any(|it| it.has_token(reference));
        let has_token = of_card.clone().any(|token| !of_another(&token.reference));
        ensure!(has_token, "{name} became ENABLED at step {} by a later one's token.", write.step);
    }
    for completed in &history.completed {
        let enabled_id = |body: &Value| {
            (body["status"] == "ENABLED").then(|| body["enrollmentId"].as_str().map(str::to_owned)).flatten()
        };
        let body = &completed.response.body;
        let listed = body["enrollments"].as_array().into_iter().flatten().filter_map(enabled_id);
        for id in enabled_id(body).into_iter().chain(listed) {
            let enrollment = history.enrollment_after(completed.step, &id);
            let shown = enrollment.ok_or("an enrollment that is not stored").and_then(ensure_enabled);
            shown.map_err(|reason| {
                let name = history.name(&id);
                format!("#{} shows {name} as ENABLED without {reason}.", completed.actor)
            })?;
        }
    }
    Ok(())
}

/// The enrollments of the same client, card and token requestor that were requested after this one.
fn later_than<'a>(enrollment: &'a Enrollment, history: &'a History) -> impl Iterator<Item = &'a Enrollment> {
    let place = |it: &Enrollment| (it.client_id, it.card_contract_id, it.token_requestor_id.clone());
    history.enrollments().filter(move |other| {
        other.enrollment_id > enrollment.enrollment_id && place(other) == place(enrollment)
    })
}

/// Whether a TCN, a TVN or the token list shows an active token, and the cardholder accepted it, or the token list showed it
/// after the receipts of an attempt expired. The error is what is missing.
fn ensure_enabled(enrollment: &Enrollment) -> Result<(), &'static str> {
    let any = |has: &dyn Fn(&RecordedFact) -> bool| enrollment.facts.iter().any(has);
    let has_token = any(&|recorded| match &recorded.fact {
        Fact::Tcn { .. } => true,
        Fact::Tvn { token, .. } | Fact::TokenList { token: Some(token) } => *token == TokenState::Active,
        // What is changed here was in the token list.
        Fact::TokenChangeConfirmed { .. } => true,
        _ => false,
    });
    let is_accepted = any(&|recorded| match &recorded.fact {
        Fact::Callback { result } => {
            recorded.attempt == enrollment.attempt().number
                && result.decision() == Some(CardholderDecision::Completed)
        }
        _ => false,
    });
    // Receipts are valid for 15 minutes at most; of a push whose response was lost their end is not known.
    let ended_by = |at: Timestamp| {
        any(&|recorded| matches!(recorded.fact, Fact::Pushed { expires_at, .. } if expires_at <= at))
            || at >= enrollment.created_at + SignedDuration::from_mins(15)
    };
    let is_listed_after_end = any(&|recorded| {
        recorded.fact == Fact::TokenList { token: Some(TokenState::Active) } && ended_by(recorded.at)
    });
    match (has_token, is_accepted || is_listed_after_end) {
        (true, true) => Ok(()),
        (false, _) => Err("a fact about a token"),
        (true, false) => Err("an accepting cardholder or a token list after the receipts' end"),
    }
}

/// Invariant 3.
pub(super) fn order_and_repetition_change_nothing(history: &History) -> Result<(), String> {
    for enrollment in history.enrollments() {
        let timestamps = timestamps_of_interest(enrollment, history.settled_at);
        let mut rng = Rng::new(u64::try_from(enrollment.facts.len()).unwrap());
        for _ in 0..3 {
            let mut facts = [enrollment.facts.clone(), enrollment.facts.clone()].concat();
            rng.shuffle(&mut facts);
            let mut shuffled = Enrollment { facts: Vec::new(), ..enrollment.clone() };
            for fact in facts {
                shuffled.add_fact(fact);
            }
            let differs = timestamps.iter().find(|at| shuffled.status_at(**at) != enrollment.status_at(**at));
            let name = history.name(&enrollment.enrollment_id.to_string());
            ensure!(differs.is_none(), "{name} has another status with its facts in another order.");
        }
    }
    Ok(())
}

/// Timestamps at which the status is compared: at each fact, between them, and at the end.
fn timestamps_of_interest(enrollment: &Enrollment, end: Timestamp) -> Vec<Timestamp> {
    let facts = enrollment.facts.iter().map(|recorded| recorded.at);
    facts.flat_map(|at| [at, at + SignedDuration::from_mins(8)]).chain([enrollment.created_at, end]).collect()
}
