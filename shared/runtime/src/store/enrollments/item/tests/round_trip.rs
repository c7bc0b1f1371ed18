//! Any facts and lists are read as they were stored, whatever a newer or older version has put into them.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use mastercard::{call::Call, processing::TokenAction, token_requestor::Platform};
use model::{
    card_enrollment::{
        AppliedNotification, CardEnrollment, Command, Items, SealedRedirect, ShortHash, StatusChange,
        UsedKey, decide,
    },
    enrollment::{
        Authentication, CallbackResult, Consent, Decision, EnrollmentId, Fact, PushFailure, RecordedFact,
        Status, TokenState,
    },
    token_id::TokenId,
};
use proptest::{
    collection::vec, option, prelude::*, sample::select, strategy::ValueTree as _, test_runner::TestRunner,
};
use serde_json::json;

use super::{
    super::super::READABLE_ATTRIBUTES,
    super::{card_from_item, card_item, fact::encode, record_from_item, record_item},
    call, new_attempt, request,
};

/// To the millisecond, as the clock gives it; some as precise as a sender's clock may be.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    let to_the_millisecond = || (-1_000_000..4_000_000_000_000_i64).prop_map(milliseconds);
    let nanoseconds =
        (to_the_millisecond(), 0..1_000_000_i64).prop_map(|(at, more)| at + SignedDuration::from_nanos(more));
    let extreme = select(vec![Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH]);
    prop_oneof![8 => to_the_millisecond(), 1 => nanoseconds, 1 => extreme]
}

fn milliseconds(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap()
}

fn token_state() -> impl Strategy<Value = TokenState> {
    use TokenState::{Active, Deactivated, Inactive, Other, Suspended};
    prop_oneof![select(vec![Active, Suspended, Inactive, Deactivated]), "[a-z]{0,9}".prop_map(Other)]
}

fn decision() -> impl Strategy<Value = Decision> {
    use Decision::{Approved, Declined, Other, RequireAdditionalAuthentication};
    let known = select(vec![Approved, Declined, RequireAdditionalAuthentication]);
    prop_oneof![known, "[a-z]{0,9}".prop_map(Other)]
}

fn result() -> impl Strategy<Value = CallbackResult> {
    use CallbackResult::{
        Approved, Authenticated, Cancelled, Declined, Deleted, DuplicateRequest, Error, Other,
        RequireAdditionalAuthentication,
    };
    let known =
        [Approved, RequireAdditionalAuthentication, Declined, Cancelled, Error, Authenticated, Deleted];
    prop_oneof![select(known.to_vec()), Just(DuplicateRequest), "[a-z]{0,9}".prop_map(Other)]
}

fn push_failure() -> impl Strategy<Value = PushFailure> {
    prop_oneof![select(PushFailure::ALL.to_vec()), "[A-Z]{0,9}".prop_map(PushFailure::Other)]
}

fn hashes() -> impl Strategy<Value = Vec<String>> {
    // Hashes as this version writes them, and anything else that a text may hold.
    vec(prop_oneof![3 => "[0-9a-f]{64}", 1 => "[0-9a-fA-F]{0,7}", 1 => ".{0,5}"], 0..3)
}

fn authentication() -> impl Strategy<Value = Box<Authentication>> {
    let hash = prop_oneof![3 => "[0-9a-f]{32}", 1 => ".{0,5}"];
    let second = (0..9_999_999_999_i64).prop_map(|second| Timestamp::from_second(second).unwrap());
    (option::of(".{0,9}"), vec(".{0,5}", 0..3), option::of(second), option::of(hash)).prop_map(
        |(acr, amr, authenticated_at, token_id_hash)| {
            Box::new(Authentication { acr, amr, authenticated_at, token_id_hash })
        },
    )
}

fn token_id() -> impl Strategy<Value = TokenId> {
    "[0-9a-f]{32}".prop_map(|digits| digits.parse().unwrap())
}

fn fact() -> impl Strategy<Value = Fact> {
    let consent = (".{0,9}", timestamp(), option::of(authentication())).prop_map(
        |(terms_version, accepted_at, authentication)| Consent { terms_version, accepted_at, authentication },
    );
    let platform = select(vec![Platform::Ios, Platform::Android, Platform::Web]);
    let newer = json!({"kind": "of_a_newer_version", "card": 70002, "list": [true, null, "text", {"a": -1}]});
    prop_oneof![
        (platform, ".{0,9}", consent, timestamp()).prop_map(|(platform, callback, consent, respond_by)| {
            Fact::Restarted { platform, callback, consent, respond_by }
        }),
        (hashes(), timestamp())
            .prop_map(|(receipt_hashes, expires_at)| Fact::Pushed { receipt_hashes, expires_at }),
        (push_failure(), any::<bool>())
            .prop_map(|(reason, retryable)| Fact::PushFailed { reason, retryable }),
        Just(Fact::PushUnknown),
        (decision(), option::of(timestamp()))
            .prop_map(|(decision, occurred_at)| Fact::Tar { decision, occurred_at }),
        (option::of(".{0,48}"), timestamp()).prop_map(|(token_unique_reference, occurred_at)| Fact::Tcn {
            token_unique_reference,
            occurred_at
        }),
        (token_state(), option::of("[A-Z_]{1,9}"), timestamp())
            .prop_map(|(token, requested_by, occurred_at)| Fact::Tvn { token, requested_by, occurred_at }),
        result().prop_map(|result| Fact::Callback { result }),
        option::of(token_state()).prop_map(|token| Fact::TokenList { token }),
        Just(Fact::TokenListReadFailed),
        (select(TokenAction::ALL.to_vec()), token_id())
            .prop_map(|(action, token_id)| Fact::TokenChangeRequested { action, token_id }),
        (select(TokenAction::ALL.to_vec()), token_id(), option::of(token_state()))
            .prop_map(|(action, token_id, listed)| Fact::TokenChangeConfirmed { action, token_id, listed }),
        Just(serde_json::from_value(newer).unwrap()),
    ]
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let status = option::of(100..600_u16);
    let one = ("[a-zA-Z ]{0,9}", any::<u64>(), status, ".{0,36}");
    let one = one.prop_map(|(operation, milliseconds, status, correlation_id)| Call {
        operation,
        milliseconds,
        status,
        correlation_id,
    });
    prop_oneof![3 => Just(Vec::new()), 1 => Just(vec![call("searchFundingAccounts"), call("push")]), 1 => vec(one, 0..3)]
}

/// With a key as this version makes it, or any other.
fn recorded() -> impl Strategy<Value = RecordedFact> {
    let source = prop_oneof![
        3 => "[0-9a-f]{32}".prop_map(Some),
        1 => ".{0,9}".prop_map(Some),
        3 => Just(None),
    ];
    let any_key = option::weighted(0.1, ".{0,9}");
    (fact(), timestamp(), source, 1..=6_u32, calls(), any_key).prop_map(
        |(fact, at, source, attempt, calls, any_key)| {
            let of_one_attempt = fact.is_of_one_attempt();
            let recorded = fact.recorded(at, &source.unwrap_or_else(|| at.to_string())).with_calls(calls);
            let recorded = match of_one_attempt {
                true => recorded.in_attempt(attempt),
                false if attempt == 6 => RecordedFact { attempt, ..recorded },
                false => recorded,
            };
            let key = any_key.unwrap_or_else(|| recorded.key.clone());
            RecordedFact { key, ..recorded }
        },
    )
}

fn id() -> impl Strategy<Value = EnrollmentId> {
    any::<[u8; 16]>().prop_map(EnrollmentId::from_bytes)
}

fn hash() -> impl Strategy<Value = ShortHash> {
    any::<[u8; 16]>().prop_map(|bytes| ShortHash::from_bytes(&bytes).unwrap())
}

prop_compose! {
    fn card()(
        facts in vec(recorded(), 0..12),
        requests in 1..=5_usize,
        (omitted_notifications, revision, past) in (any::<u32>(), 1..i64::MAX, any::<u32>()),
        keys in vec((hash(), hash(), id(), any::<u32>()), 0..4),
        applied in vec((hash(), id()), 0..4),
        redirect in option::of((any::<u32>(), vec(any::<u8>(), 0..99))),
        at in (0..4_000_000_000_000_i64).prop_map(milliseconds),
        status in select(vec![Status::Pending, Status::Ready, Status::Tokenized, Status::Enabled, Status::Failed]),
    ) -> CardEnrollment {
        let started = decide(&Items::default(), Command::Begin(&new_attempt(at)), at).unwrap();
        let mut card = started.card.unwrap();
        card.current.requests = (0..requests).map(|n| request(&n.to_string())).collect();
        for fact in facts {
            card.current.enrollment.add_fact(fact);
        }
        (card.current.omitted_notifications, card.current.revision) = (omitted_notifications, revision);
        (card.current.status, card.current.due_at, card.past) = (status, None, past);
        card.used_keys = keys
            .into_iter()
            .map(|(key, fingerprint, enrollment_id, attempt)| {
                UsedKey { key, fingerprint, enrollment_id, attempt, used_at: at }
            })
            .collect();
        card.applied =
            applied.into_iter().map(|(id, enrollment_id)| AppliedNotification { id, enrollment_id, at }).collect();
        card.redirect = redirect.map(|(attempt, sealed)| SealedRedirect { attempt, expires_at: at, sealed });
        card
    }
}

#[test]
fn the_random_facts_include_every_kind_and_each_is_stored_as_a_list() {
    let mut runner = TestRunner::deterministic();
    let samples: Vec<_> = (0..500).map(|_| recorded().new_tree(&mut runner).unwrap().current()).collect();
    let kinds = |samples: &mut dyn Iterator<Item = &RecordedFact>| {
        samples.map(|recorded| recorded.fact.kind().to_owned()).collect::<BTreeSet<_>>()
    };
    let generated = kinds(&mut samples.iter());
    let missing: Vec<_> = Fact::KINDS.into_iter().filter(|kind| !generated.contains(*kind)).collect();
    assert!(
        missing.is_empty(),
        "add {missing:?} to `fact` in shared/runtime/src/store/enrollments/item/tests/round_trip.rs"
    );
    let is_list = |recorded: &&RecordedFact| matches!(encode(recorded), AttributeValue::L(_));
    let compact = kinds(&mut samples.iter().filter(is_list));
    let large: Vec<_> = Fact::KINDS.into_iter().filter(|kind| !compact.contains(*kind)).collect();
    assert!(large.is_empty(), "{large:?} take three times the space");
}

#[test]
fn what_is_usual_is_stored_in_its_short_form() {
    let now = Timestamp::UNIX_EPOCH;
    let elements = |recorded: RecordedFact| encode(&recorded).as_l().cloned().unwrap_or_default();
    let first = Fact::PushUnknown.recorded(now, "");
    assert_eq!((elements(first.clone()).len(), elements(first.clone().in_attempt(2)).len()), (2, 3));
    let of_any_attempt = Fact::TokenListReadFailed.recorded(now, &now.to_string());
    assert_eq!(elements(RecordedFact { attempt: 2, ..of_any_attempt }).len(), 3);
    let known = Call { correlation_id: uuid::Uuid::nil().to_string(), ..call("searchFundingAccounts") };
    let calls = elements(first.with_calls(vec![known])).pop().unwrap();
    let stored = calls.as_l().unwrap()[0].as_l().unwrap();
    assert!(
        stored[0].is_n() && stored[3].is_b(),
        "an operation by its position, a UUID as bytes: {stored:?}"
    );

    let started = decide(&Items::default(), Command::Begin(&new_attempt(now)), now).unwrap();
    let item = card_item(&started.card.unwrap(), None);
    let absent = ["keys", "appliedNotifications", "past", "omitted", "redirect", "statusChange"];
    assert!(absent.iter().all(|name| !item.contains_key(*name)), "{:?}", item.keys());
    let authentication = item["first"].as_l().unwrap().last().unwrap().as_l().unwrap();
    assert!(authentication.last().unwrap().is_b(), "a hash as bytes: {authentication:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_card_enrollment_is_read_as_it_was_stored(card in card()) {
        let change = StatusChange {
            from: None,
            to: card.current.status,
            reason: None,
            is_final: true,
            at: Timestamp::UNIX_EPOCH,
            attempt: 1,
        };
        for change in [None, Some(&change)] {
            let names: Vec<_> = card_item(&card, change).into_keys().filter(|name| name != "redirect").collect();
            prop_assert!(names.iter().all(|name| READABLE_ATTRIBUTES.contains(&name.as_str())), "{names:?}");
            prop_assert_eq!(card_from_item(&card_item(&card, change)).unwrap(), card.clone());
            prop_assert_eq!(record_from_item(&record_item(&card.current, change)).unwrap(), card.current.clone());
        }
    }
}
