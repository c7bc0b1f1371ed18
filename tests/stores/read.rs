//! Reading: a client sees only its own enrollments, newest first; support and exports see
//! those of their bank.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::SignedDuration;
use model::{
    card_enrollment::Refusal,
    enrollment::{CallbackResult, Enrollment, EnrollmentId, Fact, PushFailure},
};
use runtime::store::enrollments::{Enrollments, Versioned};

use super::{Stores, checks, eventually};
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, JWS_PARTS, RECEIPT, facts};

checks! {
    another_client_sees_nothing_of_an_enrollment,
    another_client_records_nothing_on_an_enrollment,
    another_bank_sees_nothing_of_an_enrollment,
    enrollments_are_listed_in_pages_newest_first,
    a_page_of_one_card_holds_no_other_card,
    a_notification_finds_the_enrollments_of_its_card_newest_first,
    support_finds_an_enrollment_by_its_id_alone,
    an_export_holds_every_enrollment_of_this_bank_and_none_of_another,
    past_enrollments_are_listed_with_the_current_ones,
    a_card_has_one_current_enrollment,
    secrets_are_not_stored_in_plain_text,
}

const OTHER_CLIENT: u64 = 40001;

async fn another_client_sees_nothing_of_an_enrollment(stores: &Stores) {
    let (enrollments, fixture) = (&stores.enrollments, pushed(stores).await);
    let requestor = &fixture.enrollment.token_requestor_id;
    assert_eq!(enrollments.get(OTHER_CLIENT.into(), fixture.id()).await.unwrap(), None);
    assert_eq!(enrollments.current(OTHER_CLIENT.into(), CARD.into(), requestor).await.unwrap(), None);
    let their_restart = EnrollmentFixture::new("key").restart_of(fixture.id(), fixture.at());
    let theirs = EnrollmentFixture::new("key-1").with_client(OTHER_CLIENT).start(enrollments).await;
    let of_theirs = theirs.versioned(enrollments).await.unwrap();
    let outcome = enrollments.restart(of_theirs, &their_restart, fixture.at()).await.unwrap();
    assert_eq!(outcome, Err(Refusal::NotFound), "an id alone leads to nobody's enrollment");
    assert_eq!(list(enrollments, OTHER_CLIENT, None, 50, None).await.0, [theirs.id()]);
    assert!(list(enrollments, OTHER_CLIENT, Some(CARD), 50, Some(fixture.id())).await.0.is_empty());
}

async fn another_client_records_nothing_on_an_enrollment(stores: &Stores) {
    let (enrollments, fixture) = (&stores.enrollments, pushed(stores).await);
    let before = fixture.stored(enrollments).await;
    let fact = [Fact::PushUnknown.recorded(fixture.at(), "")];
    let recorded = enrollments.record_facts(OTHER_CLIENT.into(), fixture.id(), &fact, fixture.at()).await;
    assert!(recorded.unwrap().is_none());
    assert_eq!(fixture.stored(enrollments).await, before);
}

async fn another_bank_sees_nothing_of_an_enrollment(stores: &Stores) {
    let (theirs, _) = stores.for_tenant("another-bank");
    let fixture = pushed(stores).await;
    assert_eq!(fixture.stored(&theirs).await, None);
    assert_eq!(fixture.by_state(&theirs).await, None);
    assert!(fixture.begin(&theirs).await.is_ok(), "same client, card and key");
    fixture.push(&theirs, &stores.keys).await.unwrap();
    let facts = [Fact::TokenListReadFailed.recorded(fixture.at(), "")];
    theirs.record_facts(CLIENT.into(), fixture.id(), &facts, fixture.at()).await.unwrap().unwrap();
    for enrollments in [&stores.enrollments, &theirs] {
        let by_card = async || enrollments.by_card(CARD.into()).await.unwrap();
        let found = eventually(by_card, |found| found.len() == 1).await;
        assert_eq!(found, [fixture.stored(enrollments).await.unwrap()]);
    }
}

async fn support_finds_an_enrollment_by_its_id_alone(stores: &Stores) {
    let (theirs, _) = stores.for_tenant("another-bank");
    let fixture = pushed(stores).await;
    let found =
        eventually(async || stores.enrollments.find(fixture.id()).await.unwrap(), Option::is_some).await;
    assert_eq!(found, fixture.versioned(&stores.enrollments).await);
    assert_eq!(stores.enrollments.find(EnrollmentFixture::new("never-started").id()).await.unwrap(), None);
    assert_eq!(theirs.find(fixture.id()).await.unwrap(), None);
}

async fn an_export_holds_every_enrollment_of_this_bank_and_none_of_another(stores: &Stores) {
    let (theirs, _) = stores.for_tenant("another-bank");
    EnrollmentFixture::new("key-1").start(&theirs).await;
    let ours = five_enrollments(stores).await;
    let (mut exported, mut pages) = (Vec::new(), stores.enrollments.all());
    while let Some(page) = pages.next().await.unwrap() {
        exported.extend(ids(page));
    }
    exported.sort();
    assert_eq!(exported, ours);
}

async fn enrollments_are_listed_in_pages_newest_first(stores: &Stores) {
    let [a, b, c, d, e] = five_enrollments(stores).await;
    let enrollments = &stores.enrollments;
    assert_eq!(list(enrollments, CLIENT, None, 2, None).await, (vec![e, d], Some(d)));
    assert_eq!(list(enrollments, CLIENT, None, 2, Some(d)).await, (vec![c, b], Some(b)));
    assert_eq!(list(enrollments, CLIENT, None, 2, Some(b)).await, (vec![a], None));
    assert_eq!(list(enrollments, CLIENT, None, 5, None).await, (vec![e, d, c, b, a], None));
}

async fn a_page_of_one_card_holds_no_other_card(stores: &Stores) {
    let [a, _, c, _, e] = five_enrollments(stores).await;
    let enrollments = &stores.enrollments;
    assert_eq!(list(enrollments, CLIENT, Some(CARD), 2, None).await, (vec![e, c], Some(c)));
    assert_eq!(list(enrollments, CLIENT, Some(CARD), 2, Some(c)).await, (vec![a], None));
    assert_eq!(list(enrollments, CLIENT, Some(79999), 2, None).await, (vec![], None));
}

async fn a_notification_finds_the_enrollments_of_its_card_newest_first(stores: &Stores) {
    let start = EnrollmentFixture::new("any").at() - SignedDuration::from_hours(1);
    let mut expected = Vec::new();
    for n in 0..3 {
        // The redirect of the one before has ended.
        let at = start + SignedDuration::from_mins(11 * n);
        let fixture = EnrollmentFixture::new(&format!("key-{n}")).with_created_at(at);
        let fixture = fixture.start(&stores.enrollments).await;
        fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
        expected.insert(0, fixture.id());
    }
    let found = async || ids(stores.enrollments.by_card(CARD.into()).await.unwrap());
    assert_eq!(eventually(found, |found| found.len() == 3).await, expected);
}

async fn past_enrollments_are_listed_with_the_current_ones(stores: &Stores) {
    let start = EnrollmentFixture::new("any").at() - SignedDuration::from_secs(5);
    let (mut started, mut fixtures) = (Vec::new(), Vec::new());
    for n in 0_u8..4 {
        let at = start + SignedDuration::from_secs(n.into());
        let fixture = EnrollmentFixture::new(&format!("key-{n}")).with_created_at(at);
        let fixture = fixture.start(&stores.enrollments).await;
        let failed = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
        started.insert(0, facts(&stores.enrollments, &fixture, [failed]).await);
        fixtures.insert(0, fixture);
    }
    let page = stores.enrollments.list(CLIENT.into(), Some(CARD.into()), 50, None).await.unwrap();
    assert_eq!(page.enrollments, started);
    for (fixture, enrollment) in fixtures.iter().zip(&started) {
        assert_eq!(fixture.stored(&stores.enrollments).await.as_ref(), Some(enrollment));
        let found = async || stores.enrollments.find(fixture.id()).await.unwrap();
        let found = eventually(found, Option::is_some).await.map(Versioned::into_enrollment);
        assert_eq!(found.as_ref(), Some(enrollment));
    }
}

async fn a_card_has_one_current_enrollment(stores: &Stores) {
    let requestor = EnrollmentFixture::new("any").enrollment.token_requestor_id;
    let current =
        async |requestor| stores.enrollments.current(CLIENT.into(), CARD.into(), requestor).await.unwrap();
    assert_eq!(current(&requestor).await, None);
    let fixture = pushed(stores).await;
    assert_eq!(current(&requestor).await, fixture.stored(&stores.enrollments).await);
    assert_eq!(current(&"50999000001".parse().unwrap()).await, None);
}

async fn secrets_are_not_stored_in_plain_text(stores: &Stores) {
    let fixture = pushed(stores).await;
    let items = stores.scan(&stores.tables.enrollments).await;
    assert!(items.iter().any(|item| item.contains_key("redirect")));
    let state = fixture.state();
    let secrets = [RECEIPT, &fixture.key, state.expose(), "requestor.example"].map(str::as_bytes);
    let secrets = secrets.into_iter().chain(JWS_PARTS.map(str::as_bytes)).chain([&fixture.secret[..]]);
    for item in items {
        assert_eq!(item["tenant"].as_s().map(String::as_str), Ok("default"));
        let (name, stored) = (item["sk"].clone(), bytes(&AttributeValue::M(item)));
        for secret in secrets.clone() {
            let found = stored.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{name:?} contains {:?}", String::from_utf8_lossy(secret));
        }
    }
}

/// All bytes of all values, binary ones as they are.
fn bytes(value: &AttributeValue) -> Vec<u8> {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone().into_bytes(),
        AttributeValue::B(bytes) => bytes.as_ref().to_vec(),
        AttributeValue::L(elements) => elements.iter().flat_map(bytes).collect(),
        AttributeValue::M(fields) => fields.values().flat_map(bytes).collect(),
        _ => Vec::new(),
    }
}

async fn pushed(stores: &Stores) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("a-key-that-is-long-enough").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    fixture
}

/// Five failed enrollments, a second apart; the first, third and fifth are of the sample card.
async fn five_enrollments(stores: &Stores) -> [EnrollmentId; 5] {
    let start = EnrollmentFixture::new("any").at() - SignedDuration::from_secs(5);
    let mut ids = Vec::new();
    for n in 0_u8..5 {
        let fixture = EnrollmentFixture::new(&format!("key-{n}")).with_card(CARD + u64::from(n % 2));
        let fixture = fixture
            .with_created_at(start + SignedDuration::from_secs(n.into()))
            .start(&stores.enrollments)
            .await;
        facts(&stores.enrollments, &fixture, [failed()]).await;
        ids.push(fixture.id());
    }
    ids.try_into().unwrap()
}

fn failed() -> Fact {
    Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true }
}

async fn list(
    enrollments: &Enrollments,
    client: u64,
    card: Option<u64>,
    limit: usize,
    start: Option<EnrollmentId>,
) -> (Vec<EnrollmentId>, Option<EnrollmentId>) {
    let page = enrollments.list(client.into(), card.map(Into::into), limit, start).await.unwrap();
    (ids(page.enrollments), page.next)
}

fn ids(enrollments: Vec<Enrollment>) -> Vec<EnrollmentId> {
    enrollments.into_iter().map(|enrollment| enrollment.enrollment_id).collect()
}

/// `docs/scale.md` names the price: all items of the client, for each page. Not every engine computes it.
#[tokio::test]
async fn a_thousand_past_enrollments_are_listed_at_a_known_price() {
    let stores = &Stores::embedded().await;
    let first = pushed(stores).await;
    let tcn = Fact::Tcn { token_unique_reference: Some("D".repeat(48)), occurred_at: first.at() };
    let returned = Fact::Callback { result: CallbackResult::Approved };
    facts(&stores.enrollments, &first, [tcn, returned]).await;
    let second = EnrollmentFixture::new("key-2").with_created_at(first.at() + SignedDuration::from_hours(1));
    let second = second.start(&stores.enrollments).await;
    let items = stores.enrollment_items().await;
    let past = items.iter().find(|item| item["sk"].as_s().unwrap().starts_with("PAST#")).unwrap();
    for number in 0..999 {
        let id = EnrollmentId::new(first.at() - SignedDuration::from_hours(number + 1));
        let mut copy = past.clone();
        let sk = past["sk"].as_s().unwrap().replace(&first.id().to_string(), &id.to_string());
        copy.extend([
            ("sk".into(), AttributeValue::S(sk)),
            ("enrollmentId".into(), AttributeValue::S(id.to_string())),
        ]);
        let put = stores.db.put_item().table_name(&stores.tables.enrollments).set_item(Some(copy));
        put.send().await.unwrap();
    }
    let page = stores.enrollments.list(CLIENT.into(), None, 50, None).await.unwrap();
    assert_eq!((page.enrollments.len(), page.enrollments[0].enrollment_id), (50, second.id()));
    let older = stores.enrollments.list(CLIENT.into(), None, 50, page.next).await.unwrap();
    assert_eq!(older.enrollments.len(), 50);
    let query = stores.db.query().table_name(&stores.tables.enrollments).consistent_read(true);
    let query =
        query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", past["pk"].clone());
    let query = query.return_consumed_capacity(ReturnConsumedCapacity::Total);
    let pages: Vec<_> = query.into_paginator().send().try_collect().await.unwrap();
    let units: f64 =
        pages.iter().map(|page| page.consumed_capacity.as_ref().unwrap().capacity_units.unwrap()).sum();
    assert!((100.0..=250.0).contains(&units), "{units} read units for 1 001 enrollments");
}
