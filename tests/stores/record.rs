//! Recording facts: a repeated fact is recorded once, concurrent facts are all recorded, and a redirect is shown
//! only after its fact is recorded.

use jiff::SignedDuration;
use model::enrollment::{Decision, EnrollmentId, Fact, Status};
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
    assert_eq!((once.facts.len(), twice.as_ref()), (1, Some(&once)));
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
    let pushes: JoinSet<_> = (0..20)
        .map(|_| {
            let (enrollments, fixture) = (stores.enrollments.clone(), fixture.clone());
            async move { push(&enrollments, &fixture).await }
        })
        .collect();
    assert_eq!(pushes.join_all().await, [Some(fixture.id()); 20]);
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 1);
}

async fn a_redirect_is_shown_once_the_push_is_recorded(stores: &Stores) {
    let (enrollments, now) = (&stores.enrollments, EnrollmentFixture::new("any").at());
    let fixture = EnrollmentFixture::new("key-1").with_created_at(now);
    assert_eq!(push(enrollments, &fixture).await, None, "the redirect is put, the fact is not");
    let fixture = fixture.start(enrollments).await;
    let without_push = fixture.stored(enrollments).await.unwrap();
    assert_eq!(enrollments.redirect(&without_push, 1, now).await.unwrap(), None);
    push(enrollments, &fixture).await.unwrap();
    let stored = fixture.stored(enrollments).await.unwrap();
    assert_eq!(stored.status_at(now).status, Status::Ready);
    assert_eq!(stored.facts.iter().map(|recorded| &recorded.fact).collect::<Vec<_>>(), [&fixture.pushed()]);
    assert_eq!(enrollments.redirect(&stored, 1, now).await.unwrap(), Some(fixture.redirect()));
    assert_eq!(enrollments.redirect(&stored, 2, now).await.unwrap(), None, "of another attempt");
}

async fn nothing_is_recorded_of_an_unknown_enrollment(stores: &Stores) {
    let (enrollments, unknown) = (&stores.enrollments, EnrollmentFixture::new("never-started"));
    let fact = [approved().recorded(unknown.at(), "a source")];
    assert_eq!(
        enrollments.record_facts(CLIENT.into(), unknown.id(), &fact, unknown.at()).await.unwrap(),
        None
    );
    assert_eq!(push(enrollments, &unknown).await, None);
    assert_eq!(unknown.stored(enrollments).await, None);
}

async fn a_redirect_ends_with_its_receipts(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    push(&stores.enrollments, &fixture).await.unwrap();
    let end = fixture.redirect().expires_at;
    let stored = fixture.stored(&stores.enrollments).await.unwrap();
    let redirect = async |at| stores.enrollments.redirect(&stored, 1, at).await.unwrap();
    assert_eq!(redirect(end - SignedDuration::from_millis(1)).await, Some(fixture.redirect()));
    assert_eq!(redirect(end).await, None);
}

fn approved() -> Fact {
    Fact::Tar { decision: Decision::Approved, occurred_at: None }
}

async fn push(enrollments: &Enrollments, fixture: &EnrollmentFixture) -> Option<EnrollmentId> {
    let fact = fixture.pushed().recorded(fixture.at(), "");
    let pushed = enrollments
        .record_push(fixture.versioned(enrollments), fact, &fixture.redirect(), fixture.at())
        .await;
    pushed.unwrap().map(|enrollment| enrollment.enrollment_id)
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
async fn revision(stores: &Stores, fixture: &EnrollmentFixture) -> String {
    let items = stores.scan(&stores.tables.enrollments).await;
    let key = format!("ENROLLMENT#{}", fixture.id());
    let item = items.into_iter().find(|item| item["sk"].as_s() == Ok(&key)).unwrap();
    item["revision"].as_n().unwrap().clone()
}
