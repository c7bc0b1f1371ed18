//! Recording facts: a repeated fact is recorded once, concurrent facts are all recorded, and a redirect is shown
//! only after its fact is recorded.

use jiff::SignedDuration;
use model::enrollment::{Decision, Fact, Status};
use runtime::store::enrollments::Enrollments;
use tokio::task::JoinSet;

use super::{Stores, checks};
use crate::support::enrollment_fixture::{CLIENT, EnrollmentFixture, facts};

checks! {
    a_repeated_fact_is_recorded_once,
    of_twenty_concurrent_facts_none_is_lost,
    one_fact_recorded_twenty_times_concurrently_is_recorded_once,
    one_push_recorded_twenty_times_concurrently_is_recorded_once,
    a_redirect_is_shown_once_the_push_is_recorded,
    nothing_is_recorded_of_an_unknown_enrollment,
    a_redirect_ends_with_its_receipts,
}

async fn a_repeated_fact_is_recorded_once(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let once = facts(&stores.enrollments, &fixture, [approved()]).await;
    let written = revision(stores, &fixture).await;
    let later = fixture.at() + SignedDuration::from_secs(5);
    let again = approved().recorded(later, "a source");
    let twice = stores.enrollments.record_facts(CLIENT.into(), fixture.id(), &[again], later).await.unwrap();
    let twice = twice.unwrap().stored.into_enrollment();
    assert_eq!((once.facts.len(), &twice), (1, &once));
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(once), "the first record stays");
    assert_eq!(revision(stores, &fixture).await, written, "nothing is written for it");
}

async fn of_twenty_concurrent_facts_none_is_lost(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    record_concurrently(&stores.enrollments, &fixture, |n| format!("notification {n}")).await;
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 20);
}

async fn one_fact_recorded_twenty_times_concurrently_is_recorded_once(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    record_concurrently(&stores.enrollments, &fixture, |_| "the same notification".into()).await;
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 1);
}

async fn one_push_recorded_twenty_times_concurrently_is_recorded_once(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let current = fixture.versioned(&stores.enrollments).await.unwrap();
    let pushes: JoinSet<_> = (0..20)
        .map(|_| {
            let (enrollments, fixture) = (stores.enrollments.clone(), fixture.clone());
            let sealed = enrollments.seal(&stores.keys, &fixture.enrollment, 1, &fixture.redirect()).ok();
            let current = current.clone();
            async move {
                let pushed = [fixture.pushed().recorded(fixture.at(), "")];
                let recorded = enrollments.record(current, &pushed, sealed.as_ref(), fixture.at()).await;
                recorded.unwrap().unwrap().stored
            }
        })
        .collect();
    let stored = fixture.versioned(&stores.enrollments);
    let (pushes, stored) = (pushes.join_all().await, stored.await.unwrap());
    assert!(pushes.iter().all(|pushed| *pushed == stored), "all see the redirect that was stored");
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 1);
}

async fn a_redirect_is_shown_once_the_push_is_recorded(stores: &Stores) {
    let enrollments = &stores.enrollments;
    let fixture = EnrollmentFixture::new("key-1").start(enrollments).await;
    let (without_push, now) = (fixture.versioned(enrollments).await.unwrap(), fixture.at());
    assert_eq!(without_push.unexpired_redirect(1, now), None);
    let pushed = fixture.push(enrollments, &stores.keys).await.unwrap();
    let stored = fixture.versioned(enrollments).await.unwrap();
    assert_eq!(pushed.stored, stored, "known without reading it");
    assert_eq!(stored.enrollment().status_at(now).status, Status::Ready);
    let facts = stored.enrollment().facts.iter().map(|recorded| &recorded.fact);
    assert_eq!(facts.collect::<Vec<_>>(), [&fixture.pushed()]);
    let redirect = stored.unexpired_redirect(1, now).unwrap();
    let opened = enrollments.open(&stores.keys, stored.enrollment(), redirect).await;
    assert_eq!(opened, Some(fixture.redirect()));
    assert_eq!(stored.unexpired_redirect(2, now), None, "of another attempt");
}

async fn nothing_is_recorded_of_an_unknown_enrollment(stores: &Stores) {
    let (enrollments, unknown) = (&stores.enrollments, EnrollmentFixture::new("never-started"));
    let fact = [approved().recorded(unknown.at(), "a source")];
    let recorded = enrollments.record_facts(CLIENT.into(), unknown.id(), &fact, unknown.at()).await;
    assert!(recorded.unwrap().is_none());
    assert!(unknown.push(enrollments, &stores.keys).await.is_none());
    assert_eq!(unknown.stored(enrollments).await, None);
}

async fn a_redirect_ends_with_its_receipts(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    let end = fixture.redirect().expires_at;
    let stored = fixture.versioned(&stores.enrollments).await.unwrap();
    let redirect = |at| stored.unexpired_redirect(1, at);
    assert!(redirect(end - SignedDuration::from_millis(1)).is_some());
    assert_eq!(redirect(end), None);
    // Reconciliation removes it for good.
    let list = Fact::TokenList { token: None }.recorded(end, &end.to_string());
    stores.enrollments.record_facts(CLIENT.into(), fixture.id(), &[list], end).await.unwrap().unwrap();
    assert!(!stores.enrollment_items().await[0].contains_key("redirect"));
}

fn approved() -> Fact {
    Fact::Tar { decision: Decision::Approved, occurred_at: None }
}

async fn record_concurrently(
    enrollments: &Enrollments,
    fixture: &EnrollmentFixture,
    source: impl Fn(u8) -> String,
) {
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let (enrollments, id, now) = (enrollments.clone(), fixture.id(), fixture.at());
        let fact = [approved().recorded(now, &source(n))];
        tasks.spawn(async move {
            enrollments.record_facts(CLIENT.into(), id, &fact, now).await.unwrap().unwrap()
        });
    }
    tasks.join_all().await;
}

/// How often the enrollment was written.
async fn revision(stores: &Stores, fixture: &EnrollmentFixture) -> i64 {
    fixture.versioned(&stores.enrollments).await.unwrap().record().revision
}
