//! A returning browser is found by its callback state: through the index `by-id`, which may be late or may still name the card's item
//! after another enrollment took the card.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use jiff::SignedDuration;
use mastercard::secret::CallbackState;
use model::enrollment::{CallbackResult, Fact, PushFailure};
use runtime::store::enrollments::callback_state;
use serde_json::json;

use super::{Stores, checks};
use crate::support::{
    enrollment_fixture::{EnrollmentFixture, facts},
    table_proxy::{Operation, Reply, TableProxy, once},
};

checks! {
    a_returning_browser_is_identified_by_its_state_for_two_hours,
    a_state_with_another_secret_or_id_is_unknown,
    an_index_that_is_a_moment_late_is_asked_again,
    an_index_that_is_late_for_longer_is_a_miss_after_the_second_read,
    an_index_that_names_a_later_enrollment_leads_to_the_past_one,
    a_browser_of_a_past_enrollment_is_identified,
}

async fn a_returning_browser_is_identified_by_its_state_for_two_hours(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let other = EnrollmentFixture::new("key-2").with_card(70002).start(&stores.enrollments).await;
    let end = fixture.at() + SignedDuration::from_hours(2);
    let find = async |state: &CallbackState, at| {
        let found = stores.enrollments.by_state(state, at).await.unwrap();
        found.map(|(stored, attempt)| (stored.into_enrollment(), attempt))
    };
    assert_eq!(
        find(&fixture.state(), end - SignedDuration::from_millis(1)).await,
        Some((fixture.enrollment.clone(), 1))
    );
    assert_eq!(find(&other.state(), fixture.at()).await, Some((other.enrollment.clone(), 1)));
    assert_eq!(find(&fixture.state(), end).await, None);
}

async fn a_state_with_another_secret_or_id_is_unknown(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let other = EnrollmentFixture::new("key-2").with_card(70002).start(&stores.enrollments).await;
    let proxy = TableProxy::counting(&stores.url).await;
    let enrollments = stores.through(&proxy);
    let find = async |state: CallbackState| enrollments.by_state(&state, fixture.at()).await.unwrap();
    for secret in [other.secret, [0; 16]] {
        assert_eq!(find(callback_state(fixture.id(), secret)).await, None);
    }
    assert_eq!(find(EnrollmentFixture::new("never-started").state()).await, None);
    proxy.take_operations();
    for text in ["", "never-given", &"A".repeat(42), &"A".repeat(44), &"=".repeat(43), &"A".repeat(256)] {
        assert_eq!(find(CallbackState::new(text)).await, None);
        assert!(proxy.take_operations().is_empty(), "{text:?} is not looked up");
    }
}

async fn an_index_that_is_a_moment_late_is_asked_again(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let reads_index = |operation: &Operation| operation.reads_index("by-id");
    let proxy = TableProxy::new(&stores.url, once(reads_index, || Reply::Nothing)).await;
    assert_eq!(fixture.by_state(&stores.through(&proxy)).await, Some(fixture.enrollment));
    assert_eq!(proxy.take_operations(), ["Query", "Query", "BatchGetItem"]);
}

async fn an_index_that_is_late_for_longer_is_a_miss_after_the_second_read(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let is_late = Arc::new(AtomicBool::new(true));
    let proxy = with_index(Arc::clone(&is_late), stores).await;
    let enrollments = stores.through(&proxy);
    assert_eq!(fixture.by_state(&enrollments).await, None);
    assert_eq!(proxy.take_operations(), ["Query", "Query"], "the browser waits for no third read");
    is_late.store(false, Relaxed);
    let found = super::eventually(async || fixture.by_state(&enrollments).await, Option::is_some).await;
    assert_eq!(found, Some(fixture.enrollment.clone()), "once the index has it");
    // The app never waits for the index.
    is_late.store(true, Relaxed);
    assert_eq!(fixture.stored(&enrollments).await, Some(fixture.enrollment.clone()));
    let second = taken_over(stores, &fixture).await;
    assert!(fixture.stored(&enrollments).await.is_some(), "nor for a past enrollment");
    assert_eq!(second.stored(&enrollments).await, Some(second.enrollment));
}

async fn an_index_that_names_a_later_enrollment_leads_to_the_past_one(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let card = stores.enrollment_items().await.remove(0);
    let key = |name: &str| json!({"S": card[name].as_s().unwrap()});
    let entry = json!({"pk": key("pk"), "sk": key("sk"), "enrollmentId": key("enrollmentId")});
    taken_over(stores, &fixture).await;
    let answer = json!({"Items": [entry], "Count": 1, "ScannedCount": 1}).to_string();
    let proxy = TableProxy::new(&stores.url, move |operation| match operation.reads_index("by-id") {
        true => Reply::Answer(answer.clone()),
        false => Reply::Engine,
    })
    .await;
    let enrollments = stores.through(&proxy);
    let (stored, attempt) = enrollments.by_state(&fixture.state(), fixture.at()).await.unwrap().unwrap();
    assert_eq!((stored.enrollment().enrollment_id, attempt), (fixture.id(), 1));
    assert_eq!(fixture.versioned(&stores.enrollments).await.as_ref(), Some(&stored));
}

async fn a_browser_of_a_past_enrollment_is_identified(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let second = taken_over(stores, &first).await;
    let find = async || stores.enrollments.by_state(&first.state(), first.at()).await.unwrap();
    let (stored, attempt) = super::eventually(find, Option::is_some).await.unwrap();
    let returned = Fact::Callback { result: CallbackResult::Cancelled };
    let fact = [returned.clone().recorded(second.at(), "").in_attempt(attempt)];
    let recorded = stores.enrollments.record(stored, &fact, None, second.at()).await.unwrap().unwrap();
    assert!(!recorded.is_current);
    assert_eq!(first.stored(&stores.enrollments).await.unwrap().facts.last().unwrap().fact, returned);
    assert_eq!(second.stored(&stores.enrollments).await, Some(second.enrollment));
}

/// A proxy with an index `by-id` that is empty while it is late.
async fn with_index(is_late: Arc<AtomicBool>, stores: &Stores) -> TableProxy {
    TableProxy::new(&stores.url, move |operation| {
        match operation.reads_index("by-id") && is_late.load(Relaxed) {
            true => Reply::Nothing,
            false => Reply::Engine,
        }
    })
    .await
}

/// Another enrollment of the same card, after this one failed.
async fn taken_over(stores: &Stores, ended: &EnrollmentFixture) -> EnrollmentFixture {
    let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    facts(&stores.enrollments, ended, [failed]).await;
    let later = ended.at() + SignedDuration::from_secs(1);
    EnrollmentFixture::new("key-2").with_created_at(later).start(&stores.enrollments).await
}
