//! Properties of every set of facts: with restarts, several attempts and several changes of a token, in any order.

use std::collections::BTreeSet;

use proptest::{
    collection::vec, option, prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner,
};

use super::*;
use mastercard::processing::TokenAction;

const RESULTS: [&str; 9] = [
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

/// Whole minutes, mostly within two hours so that many facts have the same time, and some within two days.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![9 => (0..120_i64).prop_map(minute), 1 => (120..3000_i64).prop_map(minute)]
}

fn token_state() -> impl Strategy<Value = TokenState> {
    prop_oneof![4 => known_state(), 1 => Just(TokenState::Other("RELINKED".into()))]
}

fn known_state() -> impl Strategy<Value = TokenState> {
    use TokenState::{Active, Deactivated, Inactive, Suspended};
    select(vec![Active, Suspended, Inactive, Deactivated])
}

fn decision() -> impl Strategy<Value = Decision> {
    use Decision::{Approved, Declined, Other, RequireAdditionalAuthentication};
    select(vec![Approved, Declined, RequireAdditionalAuthentication, Other("MAYBE".into())])
}

fn action() -> impl Strategy<Value = TokenAction> {
    select(TokenAction::ALL.to_vec())
}

/// The id of a token that a TCN may name, or of another one.
fn token_id() -> impl Strategy<Value = TokenId> {
    "[a-d]".prop_map(|reference| enrollment(&[]).token_id(&reference))
}

fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        2 => timestamp().prop_map(|expires_at| Fact::Pushed { receipt_hashes: vec!["hash".into()], expires_at }),
        1 => any::<bool>().prop_map(|retryable| Fact::PushFailed { reason: PushFailure::Other("refused".into()), retryable }),
        1 => Just(Fact::PushUnknown),
        2 => (decision(), option::of(timestamp()))
            .prop_map(|(decision, occurred_at)| Fact::Tar { decision, occurred_at }),
        2 => (option::of("[a-c]"), timestamp())
            .prop_map(|(token_unique_reference, occurred_at)| Fact::Tcn { token_unique_reference, occurred_at }),
        3 => (token_state(), timestamp())
            .prop_map(|(token, occurred_at)| Fact::Tvn { token, requested_by: None, occurred_at }),
        3 => select(&RESULTS[..]).prop_map(callback),
        4 => list_read(),
        1 => (action(), token_id()).prop_map(|(action, token_id)| Fact::TokenChangeRequested { action, token_id }),
        2 => (action(), token_id(), option::of(known_state()))
            .prop_map(|(action, token_id, listed)| Fact::TokenChangeConfirmed { action, token_id, listed }),
        1 => Just(newer()),
    ]
}

/// A fact of a newer version.
fn newer() -> Fact {
    serde_json::from_value(serde_json::json!({"kind": "of_a_newer_version", "cardContractId": 70002}))
        .unwrap()
}

/// The result of a read of the token list.
fn list_read() -> impl Strategy<Value = Fact> {
    prop_oneof![3 => option::of(token_state()).prop_map(list), 1 => Just(Fact::TokenListReadFailed)]
}

/// Facts with distinct keys: of facts with the same key only the first counts.
fn facts() -> impl Strategy<Value = Vec<RecordedFact>> {
    let others = (fact(), timestamp(), 1..=3_u32).prop_map(|(fact, at, attempt)| {
        let of_an_attempt = fact.is_of_one_attempt();
        let recorded = fact.recorded(at, &at.to_string());
        if of_an_attempt { recorded.in_attempt(attempt) } else { recorded }
    });
    let restarts = vec(timestamp(), 0..=2).prop_map(|times| {
        let restart = |(at, number): (Timestamp, u32)| {
            let consent =
                Consent { terms_version: number.to_string(), accepted_at: at, authentication: None };
            let (platform, callback) = (Platform::Ios, "mobile-app".into());
            let respond_by = at + SignedDuration::from_secs(10);
            Fact::Restarted { platform, callback, consent, respond_by }.recorded(at, "").in_attempt(number)
        };
        times.into_iter().zip(2..).map(restart).collect::<Vec<_>>()
    });
    (restarts, vec(others, 0..9))
        .prop_map(|(restarts, others)| enrollment_with(restarts.into_iter().chain(others)).facts)
}

fn enrollment_with(facts: impl IntoIterator<Item = RecordedFact>) -> Enrollment {
    let mut enrollment = enrollment(&[]);
    for fact in facts {
        enrollment.add_fact(fact);
    }
    enrollment
}

#[test]
fn the_random_facts_include_every_kind() {
    let mut runner = TestRunner::deterministic();
    let samples = (0..500).flat_map(|_| facts().new_tree(&mut runner).unwrap().current());
    let generated: BTreeSet<_> = samples.map(|recorded| recorded.fact.kind().to_owned()).collect();
    let missing: Vec<_> = Fact::KINDS.into_iter().filter(|kind| !generated.contains(*kind)).collect();
    assert!(
        missing.is_empty(),
        "add {missing:?} to `fact` in shared/model/src/enrollment/tests/properties.rs, for example as \
         `1 => timestamp().prop_map(|occurred_at| Fact::… {{ occurred_at }}),`"
    );
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_status_does_not_depend_on_the_order_or_repetition_of_facts(
        (facts, shuffled) in facts().prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
        again in vec(any::<prop::sample::Index>(), 0..5),
        times in vec(timestamp(), 1..6),
    ) {
        let repeated = again.iter().filter(|_| !facts.is_empty()).map(|index| index.get(&facts).clone());
        let backwards = shuffled.iter().rev().cloned();
        let other: Vec<_> = shuffled.iter().cloned().chain(repeated).chain(backwards).collect();
        let (one, other) = (enrollment_with(facts), enrollment_with(other));
        for at in times {
            prop_assert_eq!(one.status_at(at), other.status_at(at));
            prop_assert_eq!(one.is_live(at), other.is_live(at));
            prop_assert_eq!(one.is_restartable(at), other.is_restartable(at));
        }
    }

    #[test]
    fn once_the_list_was_read_after_the_last_of_them_the_order_of_arrival_does_not_matter(
        facts in facts(), arrivals in vec(timestamp(), 9), token in option::of(known_state()), skew in -300..100_000_i64,
    ) {
        // Without restarts: a notification that arrives before a restart is about another attempt than one that arrives after.
        // The same is true of a removal here.
        let is_order_free =
            |recorded: &RecordedFact| recorded.attempt == 1 && !matches!(recorded.fact, Fact::TokenChangeConfirmed { .. });
        let facts: Vec<_> = facts.into_iter().filter(is_order_free).collect();
        let is_notification = |recorded: &RecordedFact| recorded.fact.occurred_at().is_some();
        let skewed = facts.iter().cloned().map(|mut recorded| {
            if let Fact::Tcn { occurred_at, .. } | Fact::Tvn { occurred_at, .. } = &mut recorded.fact {
                *occurred_at += SignedDuration::from_secs(skew);
            }
            recorded
        });
        let one: Vec<_> = facts.iter().filter(|recorded| !matches!(recorded.fact, Fact::TokenList { .. })).cloned().collect();
        let other = skewed.zip(arrivals.iter().cycle()).filter(|(recorded, _)| !matches!(recorded.fact, Fact::TokenList { .. }));
        let other: Vec<_> = other
            .map(|(recorded, arrival)| if is_notification(&recorded) && !matches!(recorded.fact, Fact::Tar { .. }) { RecordedFact { at: *arrival, ..recorded } } else { recorded })
            .collect();
        let read = |facts: Vec<RecordedFact>| {
            let mut enrollment = enrollment_with(facts);
            // Later than everything, and than any lag of the list.
            let late = minute(10_000);
            enrollment.add_fact(list(token.clone()).recorded(late, "last"));
            enrollment.status_at(late + SignedDuration::from_secs(1))
        };
        prop_assert_eq!(read(one), read(other));
    }

    #[test]
    fn a_fact_of_a_newer_version_changes_no_status(facts in facts(), at in timestamp()) {
        let with_newer = facts.iter().cloned().chain([newer().recorded(at, "newer")]);
        let (without, with) = (enrollment_with(facts.clone()), enrollment_with(with_newer));
        prop_assert_eq!(without.status_at(at), with.status_at(at));
        prop_assert_eq!(without.is_live(at), with.is_live(at));
        prop_assert!(with.timeline().iter().any(|entry| entry.event == "of_a_newer_version" && entry.detail.is_none()));
    }

    #[test]
    fn only_a_reported_token_and_a_word_or_a_late_list_enable_the_card(facts in facts(), at in timestamp()) {
        let reported = facts.iter().any(|recorded| match &recorded.fact {
            Fact::Tcn { .. } => true,
            Fact::Tvn { token, .. } | Fact::TokenList { token: Some(token) } => *token == TokenState::Active,
            Fact::TokenList { token: None }
            | Fact::Restarted { .. }
            | Fact::Pushed { .. }
            | Fact::PushFailed { .. }
            | Fact::PushUnknown
            | Fact::Tar { .. }
            | Fact::Callback { .. }
            | Fact::TokenListReadFailed
            | Fact::TokenChangeRequested { .. }
            | Fact::Unknown(_) => false,
            // What is changed was in the token list.
            Fact::TokenChangeConfirmed { .. } => true,
        });
        let settled = facts.iter().any(|recorded| match &recorded.fact {
            Fact::Callback { result } => result.decision() == Some(CardholderDecision::Completed),
            Fact::TokenList { token } => *token == Some(TokenState::Active),
            _ => false,
        });
        let status = enrollment_with(facts).status_at(at).status;
        prop_assert!((reported && settled) || status != Status::Enabled);
    }

    #[test]
    fn a_token_that_was_removed_here_stays_removed_whatever_notification_follows(
        facts in facts(), states in vec((token_state(), timestamp()), 0..6), late in any::<bool>(),
    ) {
        let mut enrollment = enrollment_with(facts);
        let removed_at = minute(if late { 4000 } else { 3000 });
        let token_id = enrollment.token_id("a");
        let removed = Fact::TokenChangeConfirmed { action: TokenAction::Remove, token_id, listed: None };
        enrollment.add_fact(removed.recorded(removed_at, "removal"));
        for (number, (token, occurred_at)) in states.into_iter().enumerate() {
            let at = removed_at + SignedDuration::from_secs(i64::try_from(number).unwrap() + 1);
            let occurred_at = if late { at } else { occurred_at };
            let tvn = Fact::Tvn { token, requested_by: None, occurred_at };
            enrollment.add_fact(tvn.recorded(at, &format!("tvn {number}")));
            let copy = Fact::Tcn { token_unique_reference: Some("a".into()), occurred_at };
            enrollment.add_fact(copy.recorded(at, &format!("tcn {number}")));
        }
        for minutes in [1, 10, 10_000] {
            let status = enrollment.status_at(removed_at + SignedDuration::from_mins(minutes)).status;
            prop_assert!(!matches!(status, Status::Enabled | Status::Suspended | Status::Tokenized), "{status:?}");
        }
    }

    #[test]
    fn extreme_times_do_not_panic(facts in facts(), seconds in any::<i64>()) {
        let extreme = Timestamp::from_second(seconds % Timestamp::MAX.as_second()).unwrap();
        for at in [extreme, Timestamp::MIN, Timestamp::MAX] {
            let mut facts = facts.clone();
            facts.push(Fact::Tcn { token_unique_reference: None, occurred_at: at }.recorded(at, "extreme"));
            facts.push(Fact::Pushed { receipt_hashes: Vec::new(), expires_at: at }.recorded(at, "").in_attempt(3));
            let enrollment = enrollment_with(facts);
            let _ = (enrollment.status_at(at), enrollment.is_live(at), enrollment.timeline());
        }
    }

    #[test]
    fn the_list_is_read_a_limited_number_of_times(
        facts in facts(),
        results in vec(list_read(), 1..6),
        delay in 1..1000_i64,
    ) {
        let mut enrollment = enrollment_with(facts);
        let mut now = enrollment.facts.iter().map(|recorded| recorded.at).max().unwrap_or(start());
        let mut results = results.iter().cycle();
        let mut reads = 0;
        while let Some(due) = enrollment.status_at(now).next_check {
            now = due.max(now) + SignedDuration::from_secs(delay);
            let result = results.next().unwrap().clone();
            prop_assert!(enrollment.add_fact(result.recorded(now, &now.to_string())));
            reads += 1;
            // Five scheduled reads, one after each callback and one after a contradiction, each after at most seven failures.
            prop_assert!(reads <= 72, "{reads} reads");
        }
        let end = enrollment.status_at(minute(100_000));
        prop_assert!(!matches!(end.status, Status::Pending | Status::Ready | Status::Authorized), "{end:?}");
        prop_assert_eq!(end.next_check, None);
    }
}
