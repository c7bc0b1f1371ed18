//! Other writers and DynamoDB's limits are no errors: a write that meets a transaction or is throttled is tried again.

use jiff::SignedDuration;
use model::{
    card_enrollment::Refusal,
    catalog::Change,
    enrollment::{Decision, Fact},
    notification::{Notification, NotificationKind},
};
use runtime::store::{
    Plan,
    enrollments::NotificationOutcome::{Recorded, Unmatched},
};
use tokio::task::JoinSet;

use super::{Stores, begin::started, catalog, checks, notifications::notification};
use crate::support::{
    enrollment_fixture::{CLIENT, EnrollmentFixture, facts},
    table_proxy::{Operation, Reply, TableProxy, once},
};

checks! {
    a_write_of_an_enrollment_that_meets_a_transaction_is_tried_again,
    a_takeover_that_meets_a_transaction_is_tried_again,
    a_takeover_that_is_denied_is_an_error_at_once,
    a_notification_that_meets_a_transaction_is_stored_and_applied,
    a_refresh_that_meets_a_transaction_is_tried_again,
    of_a_hundred_and_twenty_requests_of_one_client_none_fails,
    of_a_hundred_and_twenty_takeovers_among_notifications_none_fails,
}

/// Conditions that pass by themselves.
const PASSING: [&str; 4] = [
    "TransactionConflictException",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
];

/// A proxy that answers the first write so, without processing it.
async fn refusing_once(stores: &Stores, error: &'static str) -> TableProxy {
    let is_write = |operation: &Operation| operation.is_write() || operation.name == "UpdateItem";
    TableProxy::new(&stores.url, once(is_write, move || Reply::Error(error))).await
}

async fn a_write_of_an_enrollment_that_meets_a_transaction_is_tried_again(stores: &Stores) {
    for (card, error) in (70001..).zip(PASSING) {
        let fixture = EnrollmentFixture::new("key-1").with_card(card);
        let proxy = refusing_once(stores, error).await;
        let stored = fixture.begin(&stores.through(&proxy)).await.unwrap();
        assert_eq!(proxy.take_operations().iter().filter(|it| *it == "PutItem").count(), 2, "{error}");

        let proxy = refusing_once(stores, error).await;
        let pushed = [fixture.pushed().recorded(fixture.at(), "")];
        let recorded = stores.through(&proxy).record(stored, &pushed, None, fixture.at()).await;
        let recorded = recorded.unwrap().unwrap().stored;
        assert_eq!(fixture.versioned(&stores.enrollments).await.as_ref(), Some(&recorded), "{error}");

        let proxy = refusing_once(stores, error).await;
        let restart = EnrollmentFixture::new("key-2").restart_of(fixture.id(), fixture.at());
        let restarted = stores.through(&proxy).restart(recorded, &restart, fixture.at()).await.unwrap();
        assert_eq!(restarted.unwrap().enrollment().attempt().number, 2, "{error}");
    }
}

async fn a_takeover_that_meets_a_transaction_is_tried_again(stores: &Stores) {
    const REASONS: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    let errors = PASSING.map(Reply::Error).into_iter().chain(REASONS.map(Reply::Canceled));
    for (card, reply) in (70001..).zip(errors) {
        let error = format!("{reply:?}");
        let crashed = EnrollmentFixture::new("key-1").with_card(card).start(&stores.enrollments).await;
        let is_takeover = |operation: &Operation| operation.name == "TransactWriteItems";
        let proxy = TableProxy::new(&stores.url, once(is_takeover, move || reply.clone())).await;
        let later = crashed.at() + SignedDuration::from_mins(1);
        let second = EnrollmentFixture::new("key-2").with_card(card).with_created_at(later);
        assert!(second.begin(&stores.through(&proxy)).await.is_ok(), "{error}");
    }
}

async fn a_takeover_that_is_denied_is_an_error_at_once(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let is_takeover = |operation: &Operation| operation.name == "TransactWriteItems";
    let denied = once(is_takeover, || Reply::Error("AccessDeniedException"));
    let proxy = TableProxy::new(&stores.url, denied).await;
    let later = crashed.at() + SignedDuration::from_mins(1);
    let second = EnrollmentFixture::new("key-2").with_created_at(later);
    assert!(stores.through(&proxy).begin(&second.new_attempt(), later).await.is_err());
    let tried = proxy.take_operations();
    assert_eq!(tried.iter().filter(|it| *it == "TransactWriteItems").count(), 1, "{tried:?}");
}

async fn a_notification_that_meets_a_transaction_is_stored_and_applied(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    for error in PASSING {
        let approved = notification(error, NotificationKind::Tar { decision: Decision::Approved });
        let proxy = refusing_once(stores, error).await;
        let received = stores.through(&proxy).receive(std::slice::from_ref(&approved), fixture.at()).await;
        assert!(matches!(*received, [Ok(Recorded(id))] if id == fixture.id()), "{error}: {received:?}");

        // Of a card without an enrollment: it is stored, then its outcome.
        let unmatched = Notification { card_contract_id: Some(79999.into()), ..approved };
        let unmatched = Notification { id: format!("{error} of another card"), ..unmatched };
        let proxy = refusing_once(stores, error).await;
        let received = stores.through(&proxy).receive(std::slice::from_ref(&unmatched), fixture.at()).await;
        assert!(matches!(*received, [Ok(Unmatched)]), "{error}: {received:?}");
        let entry = stores.enrollments.notification(&unmatched.id).await.unwrap().unwrap();
        assert_eq!(entry.unmatched, 1);
        let proxy = refusing_once(stores, error).await;
        assert_eq!(stores.through(&proxy).apply(entry, fixture.at()).await.unwrap(), Unmatched);
        let entry = stores.enrollments.notification(&unmatched.id).await.unwrap().unwrap();
        assert_eq!(entry.unmatched, 2, "{error}: the second outcome is stored");
    }
}

async fn a_refresh_that_meets_a_transaction_is_tried_again(stores: &Stores) {
    for (n, error) in (0_u8..).zip(PASSING) {
        // With a change the catalog is claimed, without one only its time is set.
        for write in [vec![catalog::named(&format!("5099900000{n}"), "First")], Vec::new()] {
            let proxy = refusing_once(stores, error).await;
            let plan = Plan { write, complete: true, change: Change::default() };
            let (_, requestors) = super::stores(&super::runtime_at(proxy.url()), &stores.tables, "default");
            requestors.refresh(catalog::at(n.into()), |_| (plan.clone(), ())).await.unwrap();
            let stored = stores.requestors.catalog().await.unwrap().unwrap();
            assert_eq!(stored.updated_at, Some(catalog::at(n.into())), "{error}");
        }
    }
}

/// Twelve cards, each tapped ten times at once.
async fn of_a_hundred_and_twenty_requests_of_one_client_none_fails(stores: &Stores) {
    let mut requests = JoinSet::new();
    for n in 0..120_u64 {
        let fixture = EnrollmentFixture::new(&format!("key-{n}")).with_card(70001 + n % 12);
        let enrollments = stores.enrollments.clone();
        requests.spawn(async move { fixture.begin(&enrollments).await });
    }
    let outcomes = requests.join_all().await;
    assert_eq!(started(&outcomes).len(), 12);
    let refused = |outcome: &&Result<_, _>| matches!(outcome, Err(Refusal::CardLocked(_)));
    assert_eq!(outcomes.iter().filter(refused).count(), 108, "{outcomes:?}");
    let page = stores.enrollments.list(CLIENT.into(), None, 50, None).await.unwrap();
    assert_eq!(page.enrollments.len(), 12);
}

/// They all meet an enrollment that is not live, while notifications about it arrive.
async fn of_a_hundred_and_twenty_takeovers_among_notifications_none_fails(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key").start(&stores.enrollments).await;
    facts(&stores.enrollments, &crashed, [Fact::PushUnknown]).await;
    let later = crashed.at() + SignedDuration::from_mins(17);
    let list = Fact::TokenList { token: None }.recorded(later, &later.to_string());
    let (client, id) = (crashed.enrollment.client_id, crashed.id());
    stores.enrollments.record_facts(client, id, &[list], later).await.unwrap().unwrap();
    let mut requests = JoinSet::new();
    for n in 0..120_u64 {
        let fixture = EnrollmentFixture::new(&format!("key-{n}")).with_created_at(later);
        let enrollments = stores.enrollments.clone();
        requests.spawn(async move {
            if n % 10 == 0 {
                let declined = NotificationKind::Tar { decision: Decision::Declined };
                let received = enrollments.receive(&[notification(&format!("n-{n}"), declined)], later).await;
                assert!(matches!(*received, [Ok(Recorded(_))]), "{received:?}");
            }
            fixture.begin(&enrollments).await
        });
    }
    let outcomes = requests.join_all().await;
    let locked = |outcome: &&Result<_, _>| matches!(outcome, Err(Refusal::CardLocked(_)));
    let (started, locked) = (started(&outcomes).len(), outcomes.iter().filter(locked).count());
    // A decline frees the card for another one.
    assert!(started >= 1 && started + locked == 120, "{outcomes:?}");
}
