//! An item of at most 1 KB costs one write unit. The redirect lives minutes, and only the writes before and after it cost two.
//! Times of other people's clocks have nanoseconds here, as some send them: the larger form.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use mastercard::{
    secret::{PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::PushMethod,
};
use model::{
    audit::{Actor, ActorKind, AuditedChange},
    card_enrollment::{
        Arrival, CardEnrollment, Change, Command, Items, NotificationOutcome, Outcome, SealedRedirect, decide,
    },
    enrollment::{CallbackResult, Decision, EnrollmentId, Fact, RecordedFact, Status, receipt_hash},
    notification::{Notification, NotificationKind},
};

use super::{
    super::{
        super::{
            super::table::{Item, n, s},
            Redirect,
            audit::{AUDIT, change_line},
        },
        card_item,
    },
    call, new_attempt,
};

/// Bytes of one write unit.
const UNIT: usize = 1024;

#[test]
fn every_item_of_a_full_journey_is_as_small_as_its_units() {
    let start: Timestamp = "2026-01-05T10:30:00.123Z".parse().unwrap();
    let mut journey = Journey { items: Items::default(), now: start };
    let new = new_attempt(start);
    let id = new.enrollment.enrollment_id;
    let size = journey.decide(Command::Begin(&new));
    assert!(size < UNIT, "begin: {size} bytes");

    let redirect = redirect(start + SignedDuration::from_mins(15));
    let sealed = sealed(&redirect);
    let receipt_hashes = redirect.push_account_receipts.iter().map(receipt_hash).collect();
    let pushed = Fact::Pushed { receipt_hashes, expires_at: redirect.expires_at };
    let calls = ["searchFundingAccounts", "getTokensByClient", "pushMultipleAccounts"].map(call);
    let pushed = [pushed.recorded(journey.later(), "").with_calls(calls.to_vec())];
    let with_redirect = journey.record(id, &pushed, Some(&sealed));
    assert_eq!(journey.status(), Status::Ready);
    assert!(with_redirect > UNIT, "the redirect is counted: {with_redirect} bytes");
    assert!(with_redirect < 2 * UNIT, "with its redirect: {with_redirect} bytes");

    let approved = NotificationKind::Tar { decision: Decision::Approved };
    let mut sizes = vec![("TAR", journey.notify(approved)), ("TCN", journey.notify(NotificationKind::Tcn))];
    assert_eq!(journey.status(), Status::Tokenized);
    let result = CallbackResult::Approved;
    let returned = [Fact::Callback { result }.recorded(journey.later(), "")];
    sizes.push(("way back", journey.record(id, &returned, None)));
    assert_eq!(journey.status(), Status::Enabled);
    for (step, size) in sizes {
        assert!(size < UNIT, "{step}: {size} bytes");
    }
}

struct Journey {
    items: Items,
    now: Timestamp,
}

impl Journey {
    fn later(&mut self) -> Timestamp {
        self.now += SignedDuration::from_millis(3_456);
        self.now
    }

    /// The size of the card's item after a command, in bytes.
    fn decide(&mut self, command: Command<'_>) -> usize {
        let Change { outcome, card, .. } = decide(&self.items, command, self.now).unwrap();
        if let Outcome::Notified(outcomes) = &outcome {
            assert!(matches!(**outcomes, [NotificationOutcome::Recorded(_)]), "{outcomes:?}");
        }
        let card = card.unwrap();
        let before = self.items.card.as_ref().map(|card| &card.current);
        let change = card.current.status_change(before, self.now);
        let mut item = card_item(&card, change.as_ref());
        let facts = item["facts"].as_l().unwrap();
        assert!(facts.iter().all(AttributeValue::is_l), "a fact is not in the compact form");
        item.extend(keys(&card));
        let changed = card.current.audited_change(before, self.now).unwrap();
        let audited = item.clone().into_iter().chain([(AUDIT.into(), longest_line(&changed))]).collect();
        let (units, with_line) = (size(&item).div_ceil(UNIT), size(&audited).div_ceil(UNIT));
        assert!(with_line <= units + 1, "{}: {units} units, audited {with_line}", changed.action);
        self.items.card = Some(card);
        size(&item)
    }

    fn record(
        &mut self,
        id: EnrollmentId,
        facts: &[RecordedFact],
        redirect: Option<&SealedRedirect>,
    ) -> usize {
        self.decide(Command::Record { enrollment_id: id, facts, redirect })
    }

    fn notify(&mut self, kind: NotificationKind) -> usize {
        let at = self.later();
        let enrollment = &self.items.card.as_ref().unwrap().current.enrollment;
        let notification = Notification {
            id: format!("notification {at}"),
            kind,
            occurred_at: at - SignedDuration::from_nanos(1),
            client_id: Some(enrollment.client_id),
            card_contract_id: Some(enrollment.card_contract_id),
            token_requestor_id: Some(enrollment.token_requestor_id.clone()),
            token_unique_reference: Some("D".repeat(48)),
        };
        self.decide(Command::Notify(&[Arrival { notification, at }]))
    }

    fn status(&self) -> Status {
        self.items.card.as_ref().unwrap().current.status
    }
}

/// The line of an app with the longest texts that are kept.
fn longest_line(change: &AuditedChange) -> AttributeValue {
    let address = "2001:db8:1111:2222:3333:4444:5555:6666".parse().ok();
    let actor = Actor {
        kind: ActorKind::Reconciliation,
        subject: Some(change.client),
        source_ip: address,
        forwarded_for: address,
        user_agent: "x".repeat(64),
        correlation_id: "x".repeat(64),
    };
    change_line(&actor, change)
}

/// A redirect with the sizes of Click to Pay's: a signature of 2048 bits and a push method for each platform.
fn redirect(expires_at: Timestamp) -> Redirect {
    let [header, payload, signature] =
        [90, 230, 256].map(|length| URL_SAFE_NO_PAD.encode(vec![b'{'; length]));
    let jws = format!("{header}.{payload}.{signature}");
    let uri = "https://src.mastercard.com/srci/push-provisioning";
    let method = |kind| serde_json::from_str::<PushMethod>(&format!(r#"{{"type":"{kind}","uri":"{uri}"}}"#));
    Redirect {
        redirect_url: RedirectUrl::new(format!("{uri}?pushAccountData={jws}")),
        expires_at,
        push_account_receipts: vec![PushAccountReceipt::new(format!(
            "MCC-STL-{}",
            "0".repeat(32).to_uppercase()
        ))],
        signature: Some(Signature::new(jws)),
        available_push_methods: ["WEB", "IOS", "ANDROID"].map(|kind| method(kind).unwrap()).into(),
    }
}

/// Of the size that sealing gives: version, key id, nonce, ciphertext and tag.
fn sealed(redirect: &Redirect) -> SealedRedirect {
    let length = 1 + 4 + 12 + redirect.to_bytes().unwrap().len() + 16;
    SealedRedirect { attempt: 1, expires_at: redirect.expires_at, sealed: vec![1; length] }
}

/// The keys of table and indexes, as the store adds them.
fn keys(card: &CardEnrollment) -> Item {
    let enrollment = &card.current.enrollment;
    let (client, card_id) = (enrollment.client_id, enrollment.card_contract_id);
    let mut keys = HashMap::from([
        ("pk".into(), s(&format!("CLIENT#default#{client}"))),
        ("sk".into(), s(&format!("CARD#{card_id}#{}", enrollment.token_requestor_id))),
        ("tenant".into(), s("default")),
    ]);
    if enrollment.is_card_confirmed() {
        keys.insert("cardKey".into(), s(&format!("CARD#default#{card_id}")));
    }
    if let Some(due_at) = card.current.due_at {
        keys.insert("dueShard".into(), s("DUE#default#0"));
        keys.insert("dueAt".into(), n(due_at.as_second()));
    } else {
        keys.insert("ttl".into(), n(1_800_000_000));
    }
    keys
}

/// The size of an item by DynamoDB's rules ("Item sizes and formats" in its developer guide).
fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        // About one byte for two significant digits, and one.
        AttributeValue::N(number) => number.trim_start_matches('-').len().div_ceil(2) + 2,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(elements) => {
            3 + elements.iter().map(|element| 1 + value_size(element)).sum::<usize>()
        }
        AttributeValue::M(fields) => {
            3 + fields.iter().map(|(name, value)| 1 + name.len() + value_size(value)).sum::<usize>()
        }
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        other => panic!("nothing is stored as {}", std::any::type_name_of_val(other)),
    }
}
