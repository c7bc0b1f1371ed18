//! Anybody may ask to enable any card contract id; only Processing knows whose card it is. What strangers ask for changes nothing for
//! the owner.

use jiff::SignedDuration;
use model::{
    enrollment::{CallbackResult, Fact, PushFailure, Status, TokenState},
    notification::Notification,
};
use runtime::store::enrollments::NotificationOutcome::Recorded;

use super::{
    Stores, checks, eventually,
    notifications::{approved, notification, receive, tcn, tvn},
};
use crate::support::enrollment_fixture::{CARD, EnrollmentFixture, facts};

checks! {
    twenty_five_strangers_change_nothing_for_the_owner,
    two_hundred_and_fifty_strangers_change_nothing_for_the_owner,
    a_strangers_enrollment_is_found_by_nobody_else,
}

async fn twenty_five_strangers_change_nothing_for_the_owner(stores: &Stores) {
    owner_among(25, stores).await;
}

async fn two_hundred_and_fifty_strangers_change_nothing_for_the_owner(stores: &Stores) {
    owner_among(250, stores).await;
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn two_thousand_and_five_hundred_strangers_change_nothing_for_the_owner() {
    owner_among(2500, &Stores::embedded().await).await;
}

async fn a_strangers_enrollment_is_found_by_nobody_else(stores: &Stores) {
    let stranger = EnrollmentFixture::new("key-1").with_client(41000).start(&stores.enrollments).await;
    let owner = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    owner.push(&stores.enrollments, &stores.keys).await.unwrap();
    let found = eventually(
        async || stores.enrollments.by_card(CARD.into()).await.unwrap(),
        |found| !found.is_empty(),
    );
    let found: Vec<_> = found.await.into_iter().map(|enrollment| enrollment.enrollment_id).collect();
    assert_eq!(found, [owner.id()]);
    // The push's outcome is unknown: Processing had confirmed the card.
    facts(&stores.enrollments, &stranger, [Fact::PushUnknown]).await;
    let found = async || stores.enrollments.by_card(CARD.into()).await.unwrap();
    assert_eq!(eventually(found, |found| found.len() == 2).await.len(), 2);
}

/// The owner's whole journey, among strangers who ask for the same card before and after each step: half of them are refused by
/// Processing, the others' requests crash.
async fn owner_among(strangers: u64, stores: &Stores) {
    let enrollments = &stores.enrollments;
    let mut clients = 1_000_000..;
    let mut ask = async || {
        for client in clients.by_ref().take(usize::try_from(strangers / 5).unwrap()) {
            let stranger = EnrollmentFixture::new("key-1").with_client(client).start(enrollments).await;
            if client % 2 == 0 {
                let refused = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
                facts(enrollments, &stranger, [refused]).await;
            }
        }
    };
    ask().await;
    let owner = EnrollmentFixture::new("key-1").start(enrollments).await;
    ask().await;
    owner.push(enrollments, &stores.keys).await.unwrap();
    ask().await;
    super::inbox::visible(stores, 1).await;
    let status = async |at| owner.stored(enrollments).await.unwrap().status_at(at).status;
    assert_eq!(status(owner.at()).await, Status::Ready);

    let of_nobody = |notification| Notification { client_id: None, ..notification };
    let recorded = [Recorded(owner.id())];
    let tar = of_nobody(notification("n-1", approved()));
    assert_eq!(receive(enrollments, &[tar], owner.at()).await, recorded);
    assert_eq!(status(owner.at()).await, Status::Authorized);
    ask().await;
    assert_eq!(receive(enrollments, &[of_nobody(tcn("n-2"))], owner.at()).await, recorded);
    assert_eq!(status(owner.at()).await, Status::Tokenized);
    let completed = Fact::Callback { result: CallbackResult::Approved };
    facts(enrollments, &owner, [completed]).await;
    assert_eq!(status(owner.at()).await, Status::Enabled);
    ask().await;
    let later = owner.at() + SignedDuration::from_hours(24 * 30);
    let gone = Notification { token_requestor_id: None, ..of_nobody(tvn("n-3", TokenState::Deactivated)) };
    assert_eq!(receive(enrollments, &[gone], later).await, recorded);
    assert_eq!(status(later).await, Status::Deactivated, "a final enrollment still changes");

    assert_eq!(enrollments.by_card(CARD.into()).await.unwrap().len(), 1, "strangers are not in the index");
    for client in [1_000_000, 1_000_001, 1_000_000 + strangers - 1] {
        let page = enrollments.list(client.into(), None, 50, None).await.unwrap();
        let [stranger] = page.enrollments.as_slice() else { panic!("{:?}", page.enrollments) };
        assert_eq!(stranger.facts.len(), usize::from(client % 2 == 0), "nothing reached a stranger");
    }
}
