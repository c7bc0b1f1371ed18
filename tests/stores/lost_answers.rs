//! A write is processed and its answer is lost, so that it is sent again. A request recognizes its own attempt by the hash of its
//! callback state, never by key or enrollment id: a double tap shares both, and only one tap may push.

use model::{
    card_enrollment::Refusal,
    notification::{Notification, NotificationKind},
};
use runtime::store::enrollments::NotificationOutcome;
use tokio::task::JoinSet;

use super::{Stores, begin::started, checks, notifications::notification};
use crate::support::{
    enrollment_fixture::EnrollmentFixture,
    table_proxy::{Operation, Reply, TableProxy, once},
};

checks! {
    a_request_whose_answer_was_lost_has_started_its_enrollment,
    a_takeover_whose_answer_was_lost_has_started_its_enrollment,
    a_restart_whose_answer_was_lost_has_started_its_attempt,
    a_tap_with_the_same_key_and_id_is_a_replay,
    of_two_taps_whose_answers_were_lost_one_starts,
    of_two_restarts_whose_answers_were_lost_one_starts,
    a_push_whose_answer_was_lost_is_recorded_once,
    a_notification_whose_answer_was_lost_is_applied_once,
}

/// A proxy that loses the answer of the first write.
async fn losing_an_answer(stores: &Stores) -> TableProxy {
    TableProxy::new(&stores.url, once(Operation::is_write, || Reply::Lost)).await
}

async fn a_request_whose_answer_was_lost_has_started_its_enrollment(stores: &Stores) {
    let proxy = losing_an_answer(stores).await;
    let fixture = EnrollmentFixture::new("key-1");
    let stored = fixture.begin(&stores.through(&proxy)).await.unwrap();
    assert_eq!(proxy.take_operations(), ["PutItem"; 2]);
    assert_eq!(fixture.versioned(&stores.enrollments).await, Some(stored));
}

async fn a_takeover_whose_answer_was_lost_has_started_its_enrollment(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let later = crashed.at() + jiff::SignedDuration::from_mins(1);
    let is_takeover = |operation: &Operation| operation.name == "TransactWriteItems";
    let proxy = TableProxy::new(&stores.url, once(is_takeover, || Reply::Lost)).await;
    let fixture = EnrollmentFixture::new("key-2").with_created_at(later);
    let stored = fixture.begin(&stores.through(&proxy)).await.unwrap();
    assert_eq!(stored.enrollment(), &fixture.enrollment);
    assert_eq!(stores.enrollment_items().await.len(), 2, "taken over once");
}

async fn a_restart_whose_answer_was_lost_has_started_its_attempt(stores: &Stores) {
    let fixture = pushed(stores).await;
    let proxy = losing_an_answer(stores).await;
    let current = fixture.versioned(&stores.enrollments).await.unwrap();
    let restart = EnrollmentFixture::new("key-2").restart_of(fixture.id(), fixture.at());
    let restarted = stores.through(&proxy).restart(current, &restart, fixture.at()).await.unwrap().unwrap();
    assert_eq!(proxy.take_operations(), ["PutItem"; 2]);
    assert_eq!(restarted.enrollment().attempt().number, 2);
    assert_eq!(fixture.versioned(&stores.enrollments).await, Some(restarted));
}

async fn a_tap_with_the_same_key_and_id_is_a_replay(stores: &Stores) {
    let first = pushed(stores).await;
    let other_tap = EnrollmentFixture { secret: [7; 16], ..first.clone() };
    let replayed = Refusal::Replayed { enrollment_id: first.id(), attempt: 1 };
    assert_eq!(other_tap.begin(&stores.enrollments).await, Err(replayed));

    let current = first.versioned(&stores.enrollments).await.unwrap();
    let taps = [EnrollmentFixture::new("key-2"), EnrollmentFixture::new("key-2")];
    let [one, other] = taps.map(|tap| tap.restart_of(first.id(), first.at()));
    stores.enrollments.restart(current.clone(), &one, first.at()).await.unwrap().unwrap();
    let outcome = stores.enrollments.restart(current, &other, first.at()).await.unwrap();
    assert_eq!(outcome, Err(Refusal::Replayed { enrollment_id: first.id(), attempt: 2 }));
}

async fn of_two_taps_whose_answers_were_lost_one_starts(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1");
    let mut taps = JoinSet::new();
    for secret in [[1; 16], [2; 16]] {
        let (tap, proxy) = (EnrollmentFixture { secret, ..fixture.clone() }, losing_an_answer(stores).await);
        let enrollments = stores.through(&proxy);
        taps.spawn(async move {
            let outcome = tap.begin(&enrollments).await;
            drop(proxy);
            outcome
        });
    }
    let outcomes = taps.join_all().await;
    assert_eq!(started(&outcomes), [fixture.id()], "{outcomes:?}");
    let replayed = Refusal::Replayed { enrollment_id: fixture.id(), attempt: 1 };
    assert!(outcomes.contains(&Err(replayed)), "{outcomes:?}");
}

async fn of_two_restarts_whose_answers_were_lost_one_starts(stores: &Stores) {
    let fixture = pushed(stores).await;
    let current = fixture.versioned(&stores.enrollments).await.unwrap();
    let mut taps = JoinSet::new();
    for _ in 0..2 {
        let restart = EnrollmentFixture::new("key-2").restart_of(fixture.id(), fixture.at());
        let (proxy, current, at) = (losing_an_answer(stores).await, current.clone(), fixture.at());
        let enrollments = stores.through(&proxy);
        taps.spawn(async move {
            let outcome = enrollments.restart(current, &restart, at).await.unwrap();
            drop(proxy);
            outcome
        });
    }
    let outcomes = taps.join_all().await;
    assert_eq!(started(&outcomes), [fixture.id()], "{outcomes:?}");
    let replayed = Refusal::Replayed { enrollment_id: fixture.id(), attempt: 2 };
    assert!(outcomes.contains(&Err(replayed)), "{outcomes:?}");
}

async fn a_push_whose_answer_was_lost_is_recorded_once(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let current = fixture.versioned(&stores.enrollments).await.unwrap();
    let proxy = losing_an_answer(stores).await;
    let sealed = stores.enrollments.seal(&stores.keys, &fixture.enrollment, 1, &fixture.redirect()).unwrap();
    let fact = [fixture.pushed().recorded(fixture.at(), "")];
    let recorded = stores.through(&proxy).record(current, &fact, Some(&sealed), fixture.at()).await;
    let recorded = recorded.unwrap().unwrap();
    assert!(recorded.is_current);
    assert_eq!(recorded.stored.redirect(1), Some(&sealed));
    assert_eq!(recorded.stored.enrollment().facts.len(), 1);
    assert_eq!(fixture.versioned(&stores.enrollments).await, Some(recorded.stored));
}

async fn a_notification_whose_answer_was_lost_is_applied_once(stores: &Stores) {
    let fixture = pushed(stores).await;
    let complete = notification("n-1", NotificationKind::Tcn);
    let without_client = Notification { client_id: None, ..notification("n-2", NotificationKind::Tcn) };
    super::inbox::visible(stores, 1).await;
    for (facts, notification) in [(2, complete), (3, without_client)] {
        let proxy = losing_an_answer(stores).await;
        let received =
            stores.through(&proxy).receive(std::slice::from_ref(&notification), fixture.at()).await;
        let [Ok(outcome)] = received.as_slice() else { panic!("{received:?}") };
        assert_eq!(outcome.enrollment_id(), Some(fixture.id()), "{}", notification.id);
        assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), facts);
        let again = stores.enrollments.receive(&[notification], fixture.at()).await;
        assert!(matches!(*again, [Ok(NotificationOutcome::Duplicate(id))] if id == fixture.id()));
    }
}

async fn pushed(stores: &Stores) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    fixture
}
