//! A card is taken over only from an enrollment that is not live at that time, and what a past enrollment learns afterwards stays
//! with it.

use jiff::SignedDuration;
use model::{
    card_enrollment::Refusal,
    enrollment::{Decision, Fact, Status},
};
use runtime::store::Enrollments;

use super::{Stores, checks};
use crate::support::{
    self,
    crash_proxy::{CrashProxy, LastWrite},
    enrollment_fixture::{EnrollmentFixture, facts},
    function_runtime::enrollments,
};

checks! {
    a_push_that_finishes_after_a_takeover_is_recorded_in_the_past_enrollment,
    a_past_enrollment_keeps_its_facts_and_is_reconciled,
    a_status_change_is_reported_once_by_a_takeover,
}

async fn a_push_that_finishes_after_a_takeover_is_recorded_in_the_past_enrollment(stores: &Stores) {
    let enrollments = &stores.enrollments;
    let slow = EnrollmentFixture::new("key-1");
    let stored = slow.begin(enrollments).await.unwrap();
    let later = slow.at() + SignedDuration::from_secs(13);
    let second = EnrollmentFixture::new("key-2").with_created_at(later).start(enrollments).await;
    let before = second.versioned(enrollments).await;

    let sealed = enrollments.seal(&stores.keys, &slow.enrollment, 1, &slow.redirect()).unwrap();
    let pushed = [slow.pushed().recorded(later, "")];
    let recorded = enrollments.record(stored, &pushed, Some(&sealed), later).await.unwrap().unwrap();
    assert!(!recorded.is_current, "its redirect must not be answered");
    assert_eq!(recorded.stored.unexpired_redirect(1, later), None);
    let stored = slow.versioned(enrollments).await.unwrap();
    assert_eq!(stored.record(), recorded.stored.record());
    let facts = stored.enrollment().facts.iter().map(|recorded| &recorded.fact);
    assert_eq!(facts.collect::<Vec<_>>(), [&slow.pushed()]);
    assert_eq!(second.versioned(enrollments).await, before, "the later enrollment is unchanged");
    assert!(stores.enrollment_items().await.iter().all(|item| !item.contains_key("redirect")));
}

async fn a_past_enrollment_keeps_its_facts_and_is_reconciled(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let known = facts(&stores.enrollments, &first, [first.pushed()]).await;
    let later = first.at() + SignedDuration::from_mins(11);
    let second = EnrollmentFixture::new("key-2").with_created_at(later).start(&stores.enrollments).await;
    assert_eq!(first.stored(&stores.enrollments).await, Some(known));
    assert_eq!(second.stored(&stores.enrollments).await, Some(second.enrollment.clone()));
    let end = first.at() + SignedDuration::from_mins(16);
    let due = super::due::due(stores, end, |due| due.len() == 1).await;
    assert_eq!(super::due::ids(&due), [first.id()], "its token list is still to be read");

    let list = Fact::TokenList { token: None }.recorded(later, &later.to_string());
    let (client, id) = (first.enrollment.client_id, first.id());
    let recorded = stores.enrollments.record_facts(client, id, &[list], later).await.unwrap().unwrap();
    assert!(!recorded.is_current);
    assert_eq!(recorded.stored.enrollment().status_at(later).status, Status::Expired);
}

/// The past item would otherwise tell the bank's other systems the same change again.
async fn a_status_change_is_reported_once_by_a_takeover(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    facts(&stores.enrollments, &first, [first.pushed()]).await;
    let [item] = stores.enrollment_items().await.try_into().unwrap();
    assert_eq!(item["statusChange"].as_m().unwrap()["to"].as_s().unwrap(), "READY");
    let later = first.at() + SignedDuration::from_mins(11);
    EnrollmentFixture::new("key-2").with_created_at(later).start(&stores.enrollments).await;
    let items = stores.enrollment_items().await;
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|item| !item.contains_key("statusChange")));
}

/// The first write meets the card's enrollment, the second is the takeover: the proxy holds it until the approval is recorded.
#[tokio::test]
async fn a_late_approval_prevents_a_concurrent_takeover_of_the_card() {
    let world = support::world().await;
    let direct = enrollments(&world);
    let late = EnrollmentFixture::new("key-1").start(&direct).await;
    facts(&direct, &late, [late.pushed()]).await;
    let ended = late.at() + SignedDuration::from_mins(11);

    let proxy = CrashProxy::crash_after(1, LastWrite::Late, &world).await;
    let runtime = proxy.runtime(&world);
    let held = Enrollments::from_settings(&mut runtime.settings.read(), &runtime).unwrap();
    let other = EnrollmentFixture::new("key-2").with_created_at(ended);
    let approval = async {
        proxy.crashed().await;
        let approved = Fact::Tar { decision: Decision::Approved, occurred_at: Some(ended) };
        let updated = facts(&direct, &late, [approved]).await;
        assert_eq!(updated.status_at(ended).status, Status::Authorized);
        proxy.release();
    };
    let (outcome, ()) = tokio::join!(other.begin_at(&held, ended), approval);
    assert_eq!(outcome, Err(Refusal::CardLocked(late.id())));
    assert_eq!(other.stored(&direct).await, None);
    assert_eq!(proxy.writes(), ["PutItem", "TransactWriteItems"]);
}
