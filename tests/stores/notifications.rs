//! Notifications that name their card completely: the write that applies them is the write that stores them. Each counts once, at one
//! enrollment, however often it comes and whatever has become of the card since.

use jiff::{SignedDuration, Timestamp};
use model::{
    card_enrollment::{MAX_APPLIED, MAX_NOTIFICATIONS},
    enrollment::{Decision, EnrollmentId, Fact, PushFailure, Status, TokenState},
    notification::{Notification, NotificationKind},
};
use runtime::store::enrollments::{
    Enrollments, NotificationOutcome,
    NotificationOutcome::{Duplicate, Recorded, Unmatched},
};
use tokio::task::JoinSet;

use super::{Stores, checks};
use crate::support::{
    enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, facts},
    table_proxy::TableProxy,
};

checks! {
    a_notification_is_applied_and_stored_by_one_write,
    notifications_of_one_card_in_one_delivery_are_one_read_and_one_write,
    notifications_of_several_cards_in_one_delivery_have_their_own_outcomes,
    notifications_of_a_hundred_cards_in_one_delivery_are_one_read_and_one_write_of_each,
    copies_in_one_delivery_count_once,
    a_flood_of_notifications_is_bounded_and_the_last_state_counts,
    a_flood_of_unknown_states_does_not_hide_the_last_known_one,
    copies_of_a_flood_change_nothing,
    concurrent_notifications_are_all_recorded,
    a_notification_that_an_earlier_enrollment_learned_is_applied_to_no_later_one,
    a_notification_about_a_past_enrollment_is_recorded_there_and_remembered_at_the_card,
    a_card_remembers_the_notifications_of_all_earlier_enrollments,
    a_redirect_ends_with_the_approval_that_used_its_receipts,
    another_clients_notification_changes_nothing,
}

const TOKEN: &str = "DTEST0000000000000000000000000000000000000000001";

async fn a_notification_is_applied_and_stored_by_one_write(stores: &Stores) {
    let fixture = pushed(stores).await;
    let proxy = TableProxy::counting(&stores.url).await;
    let enrollments = stores.through(&proxy);
    let tar = notification("n-1", approved());
    assert_eq!(
        receive(&enrollments, std::slice::from_ref(&tar), fixture.at()).await,
        [Recorded(fixture.id())]
    );
    assert_eq!(proxy.take_operations(), ["GetItem", "PutItem"]);
    assert_eq!(stores.scan(&stores.tables.enrollments).await.len(), 1, "nothing is kept besides");
    for _ in 0..2 {
        assert_eq!(
            receive(&enrollments, std::slice::from_ref(&tar), fixture.at()).await,
            [Duplicate(fixture.id())]
        );
        assert_eq!(proxy.take_operations(), ["GetItem"]);
    }
    let stored = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!((stored.facts.len(), stored.status_at(fixture.at()).status), (2, Status::Authorized));
}

async fn notifications_of_one_card_in_one_delivery_are_one_read_and_one_write(stores: &Stores) {
    let fixture = pushed(stores).await;
    let proxy = TableProxy::counting(&stores.url).await;
    let delivery = [notification("n-1", approved()), tcn("n-2"), tvn("n-3", TokenState::Suspended)];
    let outcomes = receive(&stores.through(&proxy), &delivery, fixture.at()).await;
    assert_eq!(outcomes, [Recorded(fixture.id()); 3]);
    assert_eq!(proxy.take_operations(), ["GetItem", "PutItem"]);
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 4);
}

async fn notifications_of_several_cards_in_one_delivery_have_their_own_outcomes(stores: &Stores) {
    let mut ids = Vec::new();
    for card in [70001, 70002] {
        ids.push(EnrollmentFixture::new("key-1").with_card(card).start(&stores.enrollments).await.id());
    }
    let of =
        |id, card: u64| Notification { card_contract_id: Some(card.into()), ..notification(id, approved()) };
    let delivery = [of("n-1", 70001), of("n-2", 79999), of("n-3", 70002), of("n-1", 70001)];
    let proxy = TableProxy::counting(&stores.url).await;
    let outcomes = receive(&stores.through(&proxy), &delivery, Timestamp::now()).await;
    assert_eq!(outcomes, [Recorded(ids[0]), Unmatched, Recorded(ids[1]), Duplicate(ids[0])]);
    let operations = proxy.take_operations();
    assert_eq!(operations[..5], ["GetItem", "PutItem", "GetItem", "GetItem", "PutItem"], "{operations:?}");
    assert!(stores.enrollments.notification("n-2").await.unwrap().is_some(), "the unmatched one is kept");
    assert_eq!(stores.enrollments.notification("n-1").await.unwrap(), None);
}

async fn notifications_of_a_hundred_cards_in_one_delivery_are_one_read_and_one_write_of_each(
    stores: &Stores,
) {
    let (mut ids, mut delivery) = (Vec::new(), Vec::new());
    for card in 70_001..70_101_u64 {
        let fixture = EnrollmentFixture::new("key-1").with_card(card).start(&stores.enrollments).await;
        ids.push(Recorded(fixture.id()));
        let tar = notification(&format!("n-{card}"), approved());
        delivery.push(Notification { card_contract_id: Some(card.into()), ..tar });
    }
    let proxy = TableProxy::counting(&stores.url).await;
    let enrollments = stores.through(&proxy);
    assert_eq!(receive(&enrollments, &delivery, Timestamp::now()).await, ids);
    let mut operations = proxy.take_operations();
    operations.sort_unstable();
    assert_eq!(operations, [["GetItem"; 100], ["PutItem"; 100]].concat());
    // Mastercard repeats a delivery whose response it did not get.
    let copies = receive(&enrollments, &delivery, Timestamp::now()).await;
    assert!(copies.iter().all(|outcome| matches!(outcome, Duplicate(_))), "{copies:?}");
    assert_eq!(proxy.take_operations(), ["GetItem"; 100]);
}

async fn copies_in_one_delivery_count_once(stores: &Stores) {
    let fixture = pushed(stores).await;
    let outcomes = receive(&stores.enrollments, &[tcn("n-1"), tcn("n-1"), tcn("n-1")], fixture.at()).await;
    assert_eq!(outcomes, [Recorded(fixture.id()), Duplicate(fixture.id()), Duplicate(fixture.id())]);
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 2);
}

/// A hundred changes of a token's state: those that happened last are kept, and the first that a usable token has.
async fn a_flood_of_notifications_is_bounded_and_the_last_state_counts(stores: &Stores) {
    let fixture = enabled(stores).await;
    let proxy = TableProxy::counting(&stores.url).await;
    let outcomes = receive(&stores.through(&proxy), &flood(&fixture), after_flood(&fixture)).await;
    assert_eq!(outcomes, [Recorded(fixture.id()); 100]);
    assert_eq!(proxy.take_operations(), ["GetItem", "PutItem"]);

    let stored = fixture.versioned(&stores.enrollments).await.unwrap();
    let kept = stored.enrollment().facts.iter().filter(|recorded| recorded.fact.kind() == "tvn");
    assert_eq!((kept.count(), MAX_NOTIFICATIONS), (8, 8));
    assert_eq!(stored.record().omitted_notifications, 92);
    assert_eq!(stored.record().status, Status::Suspended, "the last of them says so");
    let [item] = stores.enrollment_items().await.try_into().unwrap();
    assert_eq!((item["appliedNotifications"].as_l().unwrap().len(), MAX_APPLIED), (64, 64));
}

async fn a_flood_of_unknown_states_does_not_hide_the_last_known_one(stores: &Stores) {
    let fixture = enabled(stores).await;
    let at = |seconds| fixture.at() + SignedDuration::from_secs(seconds);
    let known = [TokenState::Active, TokenState::Suspended].into_iter().zip(0..).map(|(state, n)| {
        let id = format!("known-{n}");
        Notification { occurred_at: at(n), ..tvn(&id, state) }
    });
    let unknown = (2..30).map(|n| Notification {
        occurred_at: at(n),
        ..tvn(&format!("n-{n}"), TokenState::Other("RELINKED".into()))
    });
    let delivery: Vec<_> = known.chain(unknown).collect();
    receive(&stores.enrollments, &delivery, after_flood(&fixture)).await;
    let stored = fixture.versioned(&stores.enrollments).await.unwrap();
    let kept = stored.enrollment().facts.iter().filter(|recorded| recorded.fact.kind() == "tvn");
    assert_eq!((kept.count(), stored.record().status), (MAX_NOTIFICATIONS, Status::Suspended));
    let due_at = stored.record().due_at.map(Timestamp::as_second);
    assert_eq!(due_at, Some(after_flood(&fixture).as_second()), "the token list is read");
}

async fn copies_of_a_flood_change_nothing(stores: &Stores) {
    let fixture = enabled(stores).await;
    let at = after_flood(&fixture);
    receive(&stores.enrollments, &flood(&fixture), at).await;
    let before = fixture.stored(&stores.enrollments).await.unwrap();
    for copies in flood(&fixture).rchunks(50) {
        let outcomes = receive(&stores.enrollments, copies, at).await;
        assert!(outcomes.iter().all(|outcome| outcome.enrollment_id() == Some(fixture.id())));
    }
    let after = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!(after.status_at(at), before.status_at(at));
    assert_eq!(after.facts, before.facts);
}

async fn concurrent_notifications_are_all_recorded(stores: &Stores) {
    let fixture = pushed(stores).await;
    let mut deliveries = JoinSet::new();
    for n in 0..8 {
        let (enrollments, id, at) = (stores.enrollments.clone(), fixture.id(), fixture.at());
        deliveries.spawn(async move {
            let delivery = [tcn(&format!("tcn-{n}")), tvn(&format!("tvn-{n}"), TokenState::Suspended)];
            assert_eq!(receive(&enrollments, &delivery, at).await, [Recorded(id); 2]);
        });
    }
    deliveries.join_all().await;
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 17);
}

async fn a_notification_that_an_earlier_enrollment_learned_is_applied_to_no_later_one(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let now = first.at();
    let tar = [notification("n-1", approved())];
    assert_eq!(receive(&stores.enrollments, &tar, now).await, [Recorded(first.id())]);
    let second = after(stores, &first, "key-2").await;
    assert_eq!(receive(&stores.enrollments, &tar, now).await, [Duplicate(first.id())]);
    assert_eq!(second.stored(&stores.enrollments).await, Some(second.enrollment));
}

async fn a_notification_about_a_past_enrollment_is_recorded_there_and_remembered_at_the_card(
    stores: &Stores,
) {
    let first = pushed(stores).await;
    let at = first.at();
    receive(&stores.enrollments, &[tcn("n-1")], at).await;
    let gone = [tvn("n-2", TokenState::Deactivated)];
    assert_eq!(receive(&stores.enrollments, &gone, at).await, [Recorded(first.id())]);
    let second = after(stores, &first, "key-2").await;

    let proxy = TableProxy::counting(&stores.url).await;
    let enrollments = stores.through(&proxy);
    let late = [tvn("n-3", TokenState::Suspended)];
    assert_eq!(receive(&enrollments, &late, second.at()).await, [Recorded(first.id())]);
    assert_eq!(proxy.take_operations(), ["GetItem", "Query", "TransactWriteItems"]);
    let stored = first.stored(&stores.enrollments).await.unwrap();
    assert_eq!(stored.facts.last().unwrap().fact, late[0].fact().unwrap());
    assert_eq!(second.stored(&stores.enrollments).await, Some(second.enrollment.clone()));

    assert_eq!(receive(&enrollments, &late, second.at()).await, [Duplicate(first.id())]);
    assert_eq!(first.stored(&stores.enrollments).await, Some(stored));
    assert_eq!(applied_ids(stores, &second).await, [first.id(); 3], "of both enrollments' notifications");
}

async fn a_card_remembers_the_notifications_of_all_earlier_enrollments(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    receive(&stores.enrollments, &[notification("n-1", approved())], first.at()).await;
    let second = after(stores, &first, "key-2").await;
    receive(&stores.enrollments, &[notification("n-2", approved())], second.at()).await;
    let third = after(stores, &second, "key-3").await;
    let copies = [notification("n-2", approved()), notification("n-1", approved())];
    let outcomes = receive(&stores.enrollments, &copies, third.at()).await;
    assert_eq!(outcomes, [Duplicate(second.id()), Duplicate(first.id())]);
    assert_eq!(applied_ids(stores, &third).await, [first.id(), second.id()]);
    assert_eq!(third.stored(&stores.enrollments).await, Some(third.enrollment));
}

async fn a_redirect_ends_with_the_approval_that_used_its_receipts(stores: &Stores) {
    let fixture = pushed(stores).await;
    let redirect = async || {
        let stored = fixture.versioned(&stores.enrollments).await.unwrap();
        stored.unexpired_redirect(1, fixture.at()).is_some()
    };
    assert!(redirect().await);
    receive(&stores.enrollments, &[notification("n-1", approved())], fixture.at()).await;
    assert!(!redirect().await);
    assert!(!stores.enrollment_items().await[0].contains_key("redirect"));
}

async fn another_clients_notification_changes_nothing(stores: &Stores) {
    let fixture = pushed(stores).await;
    let before = fixture.stored(&stores.enrollments).await;
    let foreign = Notification { client_id: Some(40001.into()), ..notification("n-1", approved()) };
    assert_eq!(receive(&stores.enrollments, &[foreign], fixture.at()).await, [Unmatched]);
    assert_eq!(fixture.stored(&stores.enrollments).await, before);
}

/// A notification of the sample card that names client, card and requestor.
pub(super) fn notification(id: &str, kind: NotificationKind) -> Notification {
    Notification {
        id: id.into(),
        kind,
        occurred_at: Timestamp::MAX,
        client_id: Some(CLIENT.into()),
        card_contract_id: Some(CARD.into()),
        token_requestor_id: Some(simulator::CLICK_TO_PAY.parse().unwrap()),
        token_unique_reference: None,
    }
}

/// Receives a delivery, of which each notification has to be accepted.
pub(super) async fn receive(
    enrollments: &Enrollments,
    delivery: &[Notification],
    now: Timestamp,
) -> Vec<NotificationOutcome> {
    let received = enrollments.receive(delivery, now).await;
    received.into_iter().collect::<Result<_, _>>().unwrap()
}

pub(super) fn approved() -> NotificationKind {
    NotificationKind::Tar { decision: Decision::Approved }
}

pub(super) fn tcn(id: &str) -> Notification {
    Notification { token_unique_reference: Some(TOKEN.into()), ..notification(id, NotificationKind::Tcn) }
}

pub(super) fn tvn(id: &str, token: TokenState) -> Notification {
    Notification {
        token_unique_reference: Some(TOKEN.into()),
        ..notification(id, NotificationKind::Tvn { token, requested_by: None })
    }
}

/// A hundred notifications a second apart, of which the last one suspends the token.
fn flood(fixture: &EnrollmentFixture) -> Vec<Notification> {
    let one = |n: i64| Notification {
        occurred_at: fixture.at() + SignedDuration::from_secs(n),
        ..tvn(&format!("n-{n}"), if n % 2 == 0 { TokenState::Active } else { TokenState::Suspended })
    };
    (0..100).map(one).collect()
}

fn after_flood(fixture: &EnrollmentFixture) -> Timestamp {
    fixture.at() + SignedDuration::from_secs(200)
}

async fn pushed(stores: &Stores) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    fixture
}

async fn enabled(stores: &Stores) -> EnrollmentFixture {
    let fixture = pushed(stores).await;
    let completed = Fact::Callback { result: model::enrollment::CallbackResult::Approved };
    facts(&stores.enrollments, &fixture, [completed]).await;
    receive(&stores.enrollments, &[tcn("tcn")], fixture.at()).await;
    let stored = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!(stored.status_at(fixture.at()).status, Status::Enabled);
    fixture
}

/// The enrollment ends, and the cardholder starts another one a second later.
async fn after(stores: &Stores, ended: &EnrollmentFixture, key: &str) -> EnrollmentFixture {
    let failed = Fact::PushFailed { reason: PushFailure::MastercardRefused, retryable: false };
    facts(&stores.enrollments, ended, [failed]).await;
    let later = ended.at() + SignedDuration::from_secs(1);
    EnrollmentFixture::new(key).with_created_at(later).start(&stores.enrollments).await
}

/// The enrollments of the notifications that the sample card remembers besides those of its current enrollment.
async fn applied_ids(stores: &Stores, current: &EnrollmentFixture) -> Vec<EnrollmentId> {
    let items = stores.enrollment_items().await;
    let id = current.id().to_string();
    let item = items.iter().find(|item| item["enrollmentId"].as_s() == Ok(&id)).unwrap();
    let applied = item["appliedNotifications"].as_l().unwrap();
    applied.iter().map(|applied| applied.as_l().unwrap()[1].as_s().unwrap().parse().unwrap()).collect()
}
