//! An error of DynamoDB is returned as an error, not as an absent item or a lost race. The embedded engine has DynamoDB's limit
//! of 400 KB per item, so that a larger item fails only when it is written.

use jiff::Timestamp;
use local::TableNames;
use mastercard::secret::PushAccountReceipt;
use model::{
    enrollment::{Fact, PushFailure},
    notification::{Notification, NotificationKind},
};
use runtime::store::{
    StoreError,
    enrollments::{InboxEntry, ReceiveError, Redirect},
};

use super::Stores;
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture};

#[tokio::test]
async fn a_notification_that_could_not_be_stored_is_not_accepted() {
    let stores = Stores::embedded().await;
    let received = stores.enrollments.receive(&of_size(TOO_LARGE), Timestamp::now()).await;
    let Err(ReceiveError::NotStored(error)) = received else { panic!("{received:?}") };
    assert_refused::<()>(Err(error));
    assert_eq!(stores.enrollments.notification("n-1").await.unwrap(), None);
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
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment));
}

#[tokio::test]
async fn a_push_whose_redirect_could_not_be_written_is_not_recorded() {
    let stores = Stores::embedded().await;
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let receipt = PushAccountReceipt::new("R".repeat(TOO_LARGE));
    let redirect = Redirect { push_account_receipts: vec![receipt], ..fixture.redirect() };
    let fact = fixture.pushed().recorded(fixture.at(), "");
    assert_refused(
        stores
            .enrollments
            .record_push(fixture.versioned(&stores.enrollments), fact, &redirect, fixture.at())
            .await,
    );
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment));
}

#[tokio::test]
async fn a_key_that_could_not_be_released_is_not_free() {
    let stores = Stores::embedded().await;
    let tables = TableNames { enrollments: "Nowhere".into(), ..stores.tables.clone() };
    let (nowhere, _) = super::stores(&stores.runtime, &tables, "default");
    assert_refused(
        nowhere.release(CLIENT.into(), &"key-1".parse().unwrap(), EnrollmentFixture::new("key-1").id()).await,
    );
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
