//! What holds for every set of facts: restarts, several attempts, several changes of a token, in any order of learning.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

const WORDS: [&str; 9] = [
    "APPROVED",
    "REQUIRE_ADDITIONAL_AUTHENTICATION",
    "DECLINED",
    "CANCELLED",
    "ERROR",
    "AUTHENTICATED",
    "DELETED",
    "DUPLICATE_REQUEST",
    "OTHER",
];

/// Whole minutes of two hours, so that many things happen at once, and some of two days.
fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![9 => (0..120_i64).prop_map(minute), 1 => (120..3000_i64).prop_map(minute)]
}

fn token_state() -> impl Strategy<Value = TokenState> {
    use TokenState::{Active, Deactivated, Other, Suspended};
    select(vec![Active, Suspended, Deactivated, Other("RESTING".into())])
}

fn told_decision() -> impl Strategy<Value = Decision> {
    use Decision::{Approved, Declined, Other, RequireAdditionalAuthentication};
    select(vec![Approved, Declined, RequireAdditionalAuthentication, Other("MAYBE".into())])
}

fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        2 => moment().prop_map(|expires_at| Fact::Pushed { receipt_hashes: vec!["hash".into()], expires_at }),
        1 => any::<bool>().prop_map(|retryable| Fact::PushFailed { reason: PushFailure::Other("refused".into()), retryable }),
        1 => Just(Fact::PushUnknown),
        2 => (told_decision(), option::of(moment()))
            .prop_map(|(decision, occurred_at)| Fact::Tar { decision, occurred_at }),
        2 => (option::of("[a-c]"), moment())
            .prop_map(|(token_unique_reference, occurred_at)| Fact::Tcn { token_unique_reference, occurred_at }),
        3 => (token_state(), moment()).prop_map(|(token, occurred_at)| Fact::Tvn { token, occurred_at }),
        3 => select(&WORDS[..]).prop_map(callback),
        4 => reading(),
        1 => Just(newer()),
    ]
}

/// A fact of a newer version.
fn newer() -> Fact {
    serde_json::from_value(serde_json::json!({"kind": "card_replaced", "cardContractId": 70002})).unwrap()
}

/// The outcome of reading the token list.
fn reading() -> impl Strategy<Value = Fact> {
    prop_oneof![3 => option::of(token_state()).prop_map(list), 1 => Just(Fact::TokenListUnread)]
}

/// Facts, each key once: two tellings under one key are one fact by definition, and the first counts.
fn facts() -> impl Strategy<Value = Vec<RecordedFact>> {
    let told = (fact(), moment(), 1..=3_u32).prop_map(|(fact, at, attempt)| {
        let of_an_attempt = fact.is_of_one_attempt();
        let recorded = fact.recorded(at, &at.to_string());
        if of_an_attempt { recorded.in_attempt(attempt) } else { recorded }
    });
    let restarts = vec(moment(), 0..=2).prop_map(|times| {
        let restart = |(at, number): (Timestamp, u32)| {
            let consent = Consent { terms_version: number.to_string(), accepted_at: at };
            let (platform, callback) = (Platform::Ios, "mobile-app".into());
            let answer_by = at + SignedDuration::from_secs(10);
            Fact::Restarted { platform, callback, consent, answer_by }.recorded(at, "").in_attempt(number)
        };
        times.into_iter().zip(2..).map(restart).collect::<Vec<_>>()
    });
    (restarts, vec(told, 0..9)).prop_map(|(restarts, told)| known(restarts.into_iter().chain(told)).facts)
}

fn known(facts: impl IntoIterator<Item = RecordedFact>) -> Enrollment {
    let mut enrollment = enrollment(&[]);
    for fact in facts {
        enrollment.add_fact(fact);
    }
    enrollment
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_the_order_and_however_often_the_outlook_is_the_same(
        (facts, shuffled) in facts().prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
        again in vec(any::<prop::sample::Index>(), 0..5),
        times in vec(moment(), 1..6),
    ) {
        let told = again.iter().filter(|_| !facts.is_empty()).map(|index| index.get(&facts).clone());
        let backwards = shuffled.iter().rev().cloned();
        let told: Vec<_> = shuffled.iter().cloned().chain(told).chain(backwards).collect();
        let (one, other) = (known(facts), known(told));
        for at in times {
            prop_assert_eq!(one.status_at(at), other.status_at(at));
            prop_assert_eq!(one.is_live(at), other.is_live(at));
            prop_assert_eq!(one.is_restartable(at), other.is_restartable(at));
        }
    }

    #[test]
    fn when_a_notification_is_learned_makes_no_difference_to_what_it_says(
        facts in facts(), late in moment(), at in moment(),
    ) {
        let learned_late = facts.iter().cloned().map(|known| match known.fact.occurred_at() {
            Some(_) => RecordedFact { at: late, ..known },
            None => known,
        });
        let late = known(learned_late);
        prop_assert_eq!(known(facts).status_at(at), late.status_at(at));
    }

    #[test]
    fn a_fact_of_a_newer_version_changes_no_status(facts in facts(), at in moment()) {
        let with_newer = facts.iter().cloned().chain([newer().recorded(at, "newer")]);
        let (without, with) = (known(facts.clone()), known(with_newer));
        prop_assert_eq!(without.status_at(at), with.status_at(at));
        prop_assert_eq!(without.is_live(at), with.is_live(at));
        prop_assert!(with.timeline().iter().any(|entry| entry.event == "card_replaced" && entry.detail.is_none()));
    }

    #[test]
    fn only_a_token_that_was_seen_enables(facts in facts(), at in moment()) {
        let seen = facts.iter().any(|known| match &known.fact {
            Fact::Tcn { .. } => true,
            Fact::Tvn { token, .. } | Fact::TokenList { token: Some(token) } => *token == TokenState::Active,
            Fact::TokenList { token: None }
            | Fact::Restarted { .. }
            | Fact::Pushed { .. }
            | Fact::PushFailed { .. }
            | Fact::PushUnknown
            | Fact::Tar { .. }
            | Fact::Callback { .. }
            | Fact::TokenListUnread
            | Fact::Unknown(_) => false,
        });
        let status = known(facts).status_at(at).status;
        prop_assert!(seen || status != Status::Enabled);
    }

    #[test]
    fn no_time_is_too_early_or_too_late(facts in facts(), seconds in any::<i64>()) {
        let extreme = Timestamp::from_second(seconds % Timestamp::MAX.as_second()).unwrap();
        for at in [extreme, Timestamp::MIN, Timestamp::MAX] {
            let mut facts = facts.clone();
            facts.push(Fact::Tcn { token_unique_reference: None, occurred_at: at }.recorded(at, "extreme"));
            facts.push(Fact::Pushed { receipt_hashes: Vec::new(), expires_at: at }.recorded(at, "").in_attempt(3));
            let enrollment = known(facts);
            let _ = (enrollment.status_at(at), enrollment.is_live(at), enrollment.timeline());
        }
    }

    #[test]
    fn reading_the_list_when_it_is_due_comes_to_an_end(
        facts in facts(),
        answers in vec(reading(), 1..6),
        delay in 1..1000_i64,
    ) {
        let mut enrollment = known(facts);
        let mut now = enrollment.facts.iter().map(|known| known.at).max().unwrap_or(start());
        let mut answers = answers.iter().cycle();
        let mut readings = 0;
        while let Some(due) = enrollment.status_at(now).next_check {
            now = due.max(now) + SignedDuration::from_secs(delay);
            let answer = answers.next().unwrap().clone();
            prop_assert!(enrollment.add_fact(answer.recorded(now, &now.to_string())));
            readings += 1;
            // Five gaps and the browser's word, each after seven failures at most.
            prop_assert!(readings <= 48, "{readings} readings");
        }
        let end = enrollment.status_at(minute(100_000));
        prop_assert!(!matches!(end.status, Status::Pending | Status::Ready | Status::Authorized), "{end:?}");
        prop_assert_eq!(end.next_check, None);
    }
}
