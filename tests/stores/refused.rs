//! An error of DynamoDB is returned as an error, not as an absent item or a lost race. The embedded engine has DynamoDB's limit
//! of 400 KB per item, so that a larger item fails only when it is written.

use jiff::Timestamp;
use local::TableNames;
use model::{
    card_enrollment::{Refusal, SealedRedirect},
    enrollment::{Fact, PushFailure},
    notification::{Notification, NotificationKind},
};
use runtime::store::{
    StoreError,
    enrollments::{InboxEntry, ReceiveError},
};

use super::{
    Stores,
    notifications::{notification, tcn},
};
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture};

#[tokio::test]
async fn a_notification_that_could_not_be_stored_is_not_accepted() {
    let stores = Stores::embedded().await;
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let of_no_enrollment = of_size(TOO_LARGE);
    let of_its_card = Notification {
        token_unique_reference: Some("T".repeat(TOO_LARGE)),
        ..notification("n-1", NotificationKind::Tcn)
    };
    for too_large in [of_no_enrollment, of_its_card] {
        let mut received = stores.enrollments.receive(&[too_large], fixture.at()).await;
        let Some(Err(ReceiveError::NotStored(error))) = received.pop() else { panic!("{received:.300?}") };
        assert_refused::<()>(Err(error));
        assert_eq!(stores.enrollments.notification("n-1").await.unwrap(), None);
    }
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment));
}

/// A notification that fails does not take the others of its delivery with it.
#[tokio::test]
async fn of_a_delivery_only_the_notification_that_could_not_be_stored_is_not_accepted() {
    let stores = Stores::embedded().await;
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let too_large = Notification {
        token_unique_reference: Some("T".repeat(TOO_LARGE)),
        ..notification("n-1", NotificationKind::Tcn)
    };
    let delivery = [too_large, tcn("n-2")];
    let received = stores.enrollments.receive(&delivery, fixture.at()).await;
    let [Err(ReceiveError::NotStored(_)), Ok(outcome)] = received.as_slice() else {
        panic!("{received:.300?}")
    };
    assert_eq!(outcome.enrollment_id(), Some(fixture.id()));
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 1);
}

#[tokio::test]
async fn a_notification_whose_outcome_could_not_be_written_is_not_settled() {
    let stores = Stores::embedded().await;
    let entry = stores.enrollments.store_notification(&of_size(1), Timestamp::now()).await.unwrap();
    let received = InboxEntry { notification: of_size(TOO_LARGE), ..entry.clone() };
    assert_refused(stores.enrollments.apply(received, Timestamp::now()).await);
    assert_eq!(stores.enrollments.notification("n-1").await.unwrap(), Some(entry));
}

#[tokio::test]
async fn a_fact_that_could_not_be_written_is_not_recorded() {
    let stores = Stores::embedded().await;
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let failed = Fact::PushFailed { reason: PushFailure::Other("r".repeat(TOO_LARGE)), retryable: true };
    let fact = [failed.recorded(fixture.at(), "")];
    assert_refused(stores.enrollments.record_facts(CLIENT.into(), fixture.id(), &fact, fixture.at()).await);
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment.clone()));
    let replayed = Refusal::Replayed { enrollment_id: fixture.id(), attempt: 1 };
    let again = EnrollmentFixture::new("key-1").begin(&stores.enrollments).await;
    assert_eq!(again, Err(replayed), "its failure would have freed the key");
}

#[tokio::test]
async fn a_push_whose_redirect_could_not_be_written_is_not_recorded() {
    let stores = Stores::embedded().await;
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let current = fixture.versioned(&stores.enrollments).await.unwrap();
    let sealed = vec![0; TOO_LARGE];
    let redirect = SealedRedirect { attempt: 1, expires_at: fixture.redirect().expires_at, sealed };
    let fact = [fixture.pushed().recorded(fixture.at(), "")];
    assert_refused(stores.enrollments.record(current, &fact, Some(&redirect), fixture.at()).await);
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment));
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_an_error_and_no_absent_item() {
    let stores = Stores::embedded().await;
    let tables = TableNames { enrollments: "Nowhere".into(), ..stores.tables.clone() };
    let (nowhere, _) = super::stores(&stores.runtime, &tables, "default");
    let fixture = EnrollmentFixture::new("key-1");
    let now = fixture.at();
    assert_refused(nowhere.begin(&fixture.new_attempt(), now).await);
    assert_refused(nowhere.get(CLIENT.into(), fixture.id()).await);
    assert_refused(nowhere.find(fixture.id()).await);
    assert_refused(nowhere.by_state(&fixture.state(), now).await);
    assert_refused(nowhere.list(CLIENT.into(), None, 50, None).await);
    assert_refused(nowhere.by_card(CARD.into()).await);
    assert_refused(nowhere.due_enrollments(0, now, 50).await);
    let received = nowhere.receive(&[tcn("n-1")], now).await;
    assert!(matches!(*received, [Err(ReceiveError::NotStored(_))]), "{received:?}");
}

const TOO_LARGE: usize = 450_000;

/// A notification of an unknown kind, with a long text.
fn of_size(size: usize) -> Notification {
    Notification {
        id: "n-1".into(),
        kind: NotificationKind::Other { name: "N".repeat(size) },
        occurred_at: Timestamp::MAX,
        client_id: Some(CLIENT.into()),
        card_contract_id: Some(CARD.into()),
        token_requestor_id: None,
        token_unique_reference: None,
    }
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, StoreError>) {
    assert!(matches!(outcome, Err(StoreError::DynamoDb { .. })), "{outcome:.300?}");
}
