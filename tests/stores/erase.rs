//! A client's data is erased on request: all of it, nothing of others, and not while an enrollment is live.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use mastercard::processing::TokenAction;
use model::{
    enrollment::{Fact, PushFailure, TokenState},
    notification::Notification,
    token_id::TokenId,
};
use runtime::store::enrollments::{
    ClientData, ClientItems, EnrollmentLimits, EraseError, Erasure, ErasureState, TokenRef,
};

use super::{
    Stores, checks,
    notifications::{approved, notification, receive, tvn},
};
use crate::support::{
    enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, facts},
    table_proxy::{Operation, Reply, TableProxy, once},
};

checks! {
    everything_of_a_client_is_erased_and_nothing_is_left,
    other_clients_and_tenants_keep_everything,
    a_card_that_was_only_requested_leaves_its_notifications_to_its_client,
    nothing_is_erased_while_an_enrollment_is_live,
    what_changed_since_it_was_found_is_not_erased,
    what_was_deleted_since_it_was_found_counts_as_erased,
    an_error_of_the_database_is_not_taken_for_a_change,
    notifications_on_every_page_of_the_table_are_found,
    an_item_that_cannot_be_read_does_not_stop_the_erasure_of_the_others,
    the_record_of_an_erasure_survives_it_and_names_no_client,
}

const OTHER_CARD: u64 = CARD + 1;
const LIMITS: EnrollmentLimits =
    EnrollmentLimits { client_hour: 9, client_day: 9, card_hour: 9, card_day: 9 };

async fn everything_of_a_client_is_erased_and_nothing_is_left(stores: &Stores) {
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    let all = ClientItems { enrollments: 3, counters: 1, tokens: 1, notifications: 2 };
    let data = found(stores, CLIENT).await;
    assert_eq!((data.counts(), data.enrollments.len()), (all, 3));
    assert!(!all.is_empty());
    assert_eq!(stores.scan(&stores.tables.enrollments).await.len(), 7);
    let mut erased = Vec::new();
    stores.enrollments.erase(&data, now, |items| erased.push(items)).await.unwrap();
    assert_eq!((erased.len(), erased.last()), (7, Some(&all)));
    assert_eq!(stores.scan(&stores.tables.enrollments).await, []);
    assert!(found(stores, CLIENT).await.counts().is_empty());
}

async fn other_clients_and_tenants_keep_everything(stores: &Stores) {
    let (other_tenant, _) = stores.for_tenant("other");
    client_with_everything(stores, &other_tenant, CLIENT).await;
    let kept = stores.scan(&stores.tables.enrollments).await.len();
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    // Its cards have other ids: a card belongs to one client.
    let other = EnrollmentFixture::new("key-1").with_client(4000).with_card(80001);
    let other = other.start(&stores.enrollments).await;
    let about_other = Notification {
        client_id: Some(4000.into()),
        card_contract_id: Some(80001.into()),
        ..notification("n-9", approved())
    };
    stores.enrollments.store_notification(&about_other, now).await.unwrap();
    stores.enrollments.erase(&found(stores, CLIENT).await, now, |_| ()).await.unwrap();
    assert_eq!(stores.scan(&stores.tables.enrollments).await.len(), kept + 2);
    assert!(other.stored(&stores.enrollments).await.is_some());
    assert!(stores.enrollments.notification("n-9").await.unwrap().is_some());
    let theirs = other_tenant.client_data(CLIENT.into(), |_| ()).await.unwrap();
    assert_eq!(theirs.counts(), ClientItems { enrollments: 3, counters: 1, tokens: 1, notifications: 2 });
}

async fn a_card_that_was_only_requested_leaves_its_notifications_to_its_client(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    facts(&stores.enrollments, &fixture, [refused()]).await;
    let without_client = Notification { client_id: None, ..notification("n-1", approved()) };
    let of_its_client = Notification { client_id: Some(41000.into()), ..notification("n-2", approved()) };
    for notification in [without_client, of_its_client] {
        stores.enrollments.store_notification(&notification, fixture.at()).await.unwrap();
    }
    let data = found(stores, CLIENT).await;
    assert_eq!(data.counts(), ClientItems { enrollments: 1, counters: 0, tokens: 0, notifications: 0 });
}

async fn nothing_is_erased_while_an_enrollment_is_live(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let ended = EnrollmentFixture::new("key-2").with_card(OTHER_CARD).start(&stores.enrollments).await;
    facts(&stores.enrollments, &ended, [refused()]).await;
    for what in ["its push is under way", "its redirect can be used"] {
        let data = found(stores, CLIENT).await;
        assert_eq!(data.live(fixture.at()), Some(fixture.id()), "{what}");
        let refusal = stores.enrollments.erase(&data, fixture.at(), |_| panic!("{what}")).await;
        assert!(matches!(refusal, Err(EraseError::Live(id)) if id == fixture.id()), "{what}: {refusal:?}");
        assert_eq!(stores.enrollment_items().await.len(), 2, "{what}");
        fixture.push(&stores.enrollments, &stores.keys).await;
    }
    let data = found(stores, CLIENT).await;
    let later = fixture.at() + SignedDuration::from_mins(20);
    stores.enrollments.erase(&data, later, |_| ()).await.unwrap();
    assert_eq!(stores.scan(&stores.tables.enrollments).await, []);
}

async fn what_changed_since_it_was_found_is_not_erased(stores: &Stores) {
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    let data = found(stores, CLIENT).await;
    receive(&stores.enrollments, &[tvn("n-3", TokenState::Deactivated)], now).await;
    let mut erased = ClientItems::default();
    let outcome = stores.enrollments.erase(&data, now, |items| erased = items).await;
    assert!(matches!(outcome, Err(EraseError::Changed)), "{outcome:?}");
    // Notifications and counters are deleted before the enrollments, by which a repetition finds them.
    assert_eq!(erased, ClientItems { enrollments: 0, counters: 1, tokens: 1, notifications: 2 });
    assert_eq!(stores.scan(&stores.tables.enrollments).await.len(), 3);
    stores.enrollments.erase(&found(stores, CLIENT).await, now, |_| ()).await.unwrap();
    assert_eq!(stores.scan(&stores.tables.enrollments).await, []);
}

async fn what_was_deleted_since_it_was_found_counts_as_erased(stores: &Stores) {
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    let data = found(stores, CLIENT).await;
    for _ in 0..2 {
        let mut erased = ClientItems::default();
        stores.enrollments.erase(&data, now, |items| erased = items).await.unwrap();
        assert_eq!(erased, data.counts());
    }
}

async fn an_error_of_the_database_is_not_taken_for_a_change(stores: &Stores) {
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    let data = found(stores, CLIENT).await;
    let is_delete = |operation: &Operation| operation.name == "DeleteItem";
    let proxy = TableProxy::new(&stores.url, once(is_delete, || Reply::Error("AccessDeniedException"))).await;
    let outcome = stores.through(&proxy).erase(&data, now, |_| ()).await;
    assert!(matches!(outcome, Err(EraseError::Store(_))), "{outcome:?}");
}

async fn notifications_on_every_page_of_the_table_are_found(stores: &Stores) {
    for number in 0..12 {
        let about =
            Notification { card_contract_id: None, ..notification(&format!("n-{number}"), approved()) };
        stores.enrollments.store_notification(&about, Timestamp::now()).await.unwrap();
        // A page has 1 MB, in the order of hashes or, in the embedded engine, of keys.
        let large = stores.db.put_item().table_name(&stores.tables.enrollments);
        let large = large.item("pk", AttributeValue::S(format!("A#{number}")));
        let large = large.item("sk", AttributeValue::S("-".into()));
        large.item("text", AttributeValue::S("x".repeat(350_000))).send().await.unwrap();
    }
    let mut scanned = Vec::new();
    let data = stores.enrollments.client_data(CLIENT.into(), |items| scanned.push(items)).await.unwrap();
    assert_eq!(data.counts(), ClientItems { notifications: 12, ..ClientItems::default() });
    assert!(scanned.len() > 2, "several pages: {scanned:?}");
}

async fn an_item_that_cannot_be_read_does_not_stop_the_erasure_of_the_others(stores: &Stores) {
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    let broken = stores
        .enrollment_items()
        .await
        .into_iter()
        .find(|item| item["sk"].as_s().unwrap().starts_with("PAST#"));
    let mut broken = broken.unwrap();
    let sort_key = broken["sk"].as_s().unwrap().clone();
    broken.insert("facts".into(), AttributeValue::S("of a later version".into()));
    let put = stores.db.put_item().table_name(&stores.tables.enrollments);
    put.set_item(Some(broken)).send().await.unwrap();
    let data = found(stores, CLIENT).await;
    assert_eq!(data.counts(), ClientItems { enrollments: 2, counters: 1, tokens: 1, notifications: 2 });
    let unreadable: Vec<_> = data.unreadable.iter().map(|item| &item.sort_key).collect();
    assert_eq!(unreadable, [&sort_key]);
    stores.enrollments.erase(&data, now, |_| ()).await.unwrap();
    let left = stores.scan(&stores.tables.enrollments).await;
    assert_eq!((left.len(), left[0]["sk"].as_s().unwrap()), (1, &sort_key));
}

async fn the_record_of_an_erasure_survives_it_and_names_no_client(stores: &Stores) {
    let now = client_with_everything(stores, &stores.enrollments, CLIENT).await;
    let data = found(stores, CLIENT).await;
    let erasure = Erasure::new(data.client_id, now);
    let state = async |state, items| {
        stores.enrollments.record_erasure(&erasure, state, items, now).await.unwrap();
        let items = stores.scan(&stores.tables.enrollments).await;
        let is_record =
            |item: &HashMap<String, AttributeValue>| item["pk"].as_s().unwrap().starts_with("ERASURE#");
        let records: Vec<_> = items.into_iter().filter(is_record).collect();
        assert!(!format!("{records:?}").contains(&format!("\"{CLIENT}\"")), "{records:?}");
        assert_eq!(records.len(), 1, "the end replaces the beginning");
        let deleted_at: i64 = records[0]["ttl"].as_n().unwrap().parse().unwrap();
        assert!(deleted_at > now.as_second() + 24 * 3600, "it is kept");
        records[0]["state"].as_s().unwrap().clone()
    };
    assert_eq!(state(ErasureState::Started, data.counts()).await, "started");
    stores.enrollments.erase(&data, now, |_| ()).await.unwrap();
    assert_eq!(state(ErasureState::Finished, data.counts()).await, "finished");
    assert!(found(stores, CLIENT).await.counts().is_empty(), "a record is not of the client's data");
}

/// A client with a card whose earlier enrollment failed, another card, counters, and a notification that names the client and
/// one that names a card only. Returns a time at which nothing is live any more.
async fn client_with_everything(
    stores: &Stores,
    enrollments: &runtime::store::Enrollments,
    client: u64,
) -> Timestamp {
    let failed = EnrollmentFixture::new("key-1").with_client(client).start(enrollments).await;
    facts(enrollments, &failed, [refused()]).await;
    let current = EnrollmentFixture::new("key-2").with_client(client).start(enrollments).await;
    current.push(enrollments, &stores.keys).await.unwrap();
    let other = EnrollmentFixture::new("key-3").with_client(client).with_card(OTHER_CARD);
    facts(enrollments, &other.start(enrollments).await, [refused()]).await;
    enrollments.count_attempt(client.into(), CARD.into(), LIMITS, current.at()).await.unwrap().unwrap();
    let requestor = "50123197928".parse().unwrap();
    let token = TokenId::new(client.into(), CARD.into(), &requestor, "reference");
    let token = TokenRef { client: client.into(), card: CARD.into(), token };
    let key = "a-key".parse().unwrap();
    let started = enrollments.start_token_change(token, &key, TokenAction::Suspend, current.at()).await;
    assert!(started.unwrap().is_ok());
    let named = Notification { card_contract_id: None, ..notification("n-1", approved()) };
    let of_card = Notification { client_id: None, ..notification("n-2", approved()) };
    for notification in [named, of_card] {
        enrollments.store_notification(&notification, current.at()).await.unwrap();
    }
    current.at() + SignedDuration::from_mins(20)
}

fn refused() -> Fact {
    Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false }
}

async fn found(stores: &Stores, client: u64) -> ClientData {
    stores.enrollments.client_data(client.into(), |_| ()).await.unwrap()
}
