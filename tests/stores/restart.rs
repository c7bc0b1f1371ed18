//! Further attempts of an enrollment: at most five, each ends the redirect of the one before, and none of a past enrollment.

use jiff::{SignedDuration, Timestamp};
use mastercard::secret::CallbackState;
use model::card_enrollment::{MAX_ATTEMPTS, Refusal};
use runtime::store::enrollments::{Versioned, callback_state};
use tokio::task::JoinSet;

use super::{Stores, checks};
use crate::support::enrollment_fixture::EnrollmentFixture;

checks! {
    a_restart_ends_the_earlier_redirect,
    a_sixth_attempt_is_refused,
    of_twenty_restarts_one_begins,
    a_restart_is_refused_while_a_push_is_in_progress,
    a_past_enrollment_is_not_restarted,
    each_attempt_has_a_callback_state_of_its_own,
}

async fn a_restart_ends_the_earlier_redirect(stores: &Stores) {
    let first = pushed(stores).await;
    let before = first.versioned(&stores.enrollments).await.unwrap();
    assert!(before.unexpired_redirect(1, first.at()).is_some());
    let restarted = restart(stores, &first, "key-2", first.at()).await.unwrap();
    let stored = first.versioned(&stores.enrollments).await.unwrap();
    assert_eq!(restarted, stored, "known without reading it");
    for attempt in [1, 2] {
        assert_eq!(stored.unexpired_redirect(attempt, first.at()), None, "{attempt}");
    }
    let [item] = stores.enrollment_items().await.try_into().unwrap();
    assert!(!item.contains_key("redirect"), "nor is it stored any more");
}

async fn a_sixth_attempt_is_refused(stores: &Stores) {
    let first = pushed(stores).await;
    for number in 2..=MAX_ATTEMPTS {
        restart(stores, &first, &format!("key-{number}"), first.at()).await.unwrap();
        push_attempt(stores, &first, number).await;
    }
    assert_eq!(MAX_ATTEMPTS, 5);
    let before = first.stored(&stores.enrollments).await;
    assert_eq!(restart(stores, &first, "key-6", first.at()).await, Err(Refusal::TooManyAttempts));
    assert_eq!(first.stored(&stores.enrollments).await, before);
    let replayed = Refusal::Replayed { enrollment_id: first.id(), attempt: 5 };
    assert_eq!(restart(stores, &first, "key-5", first.at()).await, Err(replayed));
}

async fn of_twenty_restarts_one_begins(stores: &Stores) {
    let first = pushed(stores).await;
    for key in [|_| "key-2".to_owned(), |n| format!("key-{n}")] {
        let before = first.versioned(&stores.enrollments).await.unwrap();
        let number = before.enrollment().attempt().number + 1;
        let mut restarts = JoinSet::new();
        for n in 10..30 {
            let (enrollments, current, at) = (stores.enrollments.clone(), before.clone(), first.at());
            let restart = EnrollmentFixture::new(&key(n)).restart_of(first.id(), at);
            restarts.spawn(async move { enrollments.restart(current, &restart, at).await.unwrap() });
        }
        let outcomes = restarts.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let refusal = |outcome: &Result<Versioned, Refusal>| outcome.as_ref().err().copied();
        let replayed = Refusal::Replayed { enrollment_id: first.id(), attempt: number };
        assert!(
            outcomes.iter().filter_map(refusal).all(|it| it == replayed || it == Refusal::NotRestartable)
        );
        assert_eq!(first.stored(&stores.enrollments).await.unwrap().attempt().number, number);
        push_attempt(stores, &first, number).await;
    }
}

async fn a_restart_is_refused_while_a_push_is_in_progress(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert_eq!(restart(stores, &first, "key-2", first.at()).await, Err(Refusal::NotRestartable));
}

async fn a_past_enrollment_is_not_restarted(stores: &Stores) {
    let first = pushed(stores).await;
    restart(stores, &first, "key-2", first.at()).await.unwrap();
    let later = first.at() + SignedDuration::from_mins(1);
    let third = EnrollmentFixture::new("key-3").with_created_at(later).start(&stores.enrollments).await;
    assert_eq!(restart(stores, &first, "key-4", later).await, Err(Refusal::CardLocked(third.id())));
    let crashed = later + SignedDuration::from_mins(1);
    assert_eq!(restart(stores, &first, "key-4", crashed).await, Err(Refusal::NotRestartable));
    let replayed = Refusal::Replayed { enrollment_id: first.id(), attempt: 2 };
    assert_eq!(restart(stores, &first, "key-2", later).await, Err(replayed));
}

async fn each_attempt_has_a_callback_state_of_its_own(stores: &Stores) {
    let first = pushed(stores).await;
    let second = EnrollmentFixture::new("key-2");
    let later = first.at() + SignedDuration::from_mins(9);
    let current = first.versioned(&stores.enrollments).await.unwrap();
    let attempt = second.restart_of(first.id(), later);
    stores.enrollments.restart(current, &attempt, later).await.unwrap().unwrap();
    let state = callback_state(first.id(), second.secret);
    let attempt_of = async |state: &CallbackState, at| {
        let found = stores.enrollments.by_state(state, at).await.unwrap();
        found.map(|(stored, attempt)| (stored.enrollment().enrollment_id, attempt))
    };
    assert_eq!(attempt_of(&first.state(), later).await, Some((first.id(), 1)));
    assert_eq!(attempt_of(&state, later).await, Some((first.id(), 2)));
    let first_ends = first.at() + SignedDuration::from_hours(2);
    assert_eq!(attempt_of(&first.state(), first_ends).await, None);
    assert_eq!(attempt_of(&state, first_ends).await, Some((first.id(), 2)), "from its own beginning");
}

async fn pushed(stores: &Stores) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert!(fixture.push(&stores.enrollments, &stores.keys).await.unwrap().is_current);
    fixture
}

async fn push_attempt(stores: &Stores, fixture: &EnrollmentFixture, number: u32) {
    let pushed = [fixture.pushed().recorded(fixture.at(), "").in_attempt(number)];
    let (client, id, at) = (fixture.enrollment.client_id, fixture.id(), fixture.at());
    stores.enrollments.record_facts(client, id, &pushed, at).await.unwrap().unwrap();
}

async fn restart(
    stores: &Stores,
    fixture: &EnrollmentFixture,
    key: &str,
    now: Timestamp,
) -> Result<Versioned, Refusal> {
    let current = fixture.versioned(&stores.enrollments).await.unwrap();
    let restart = EnrollmentFixture::new(key).restart_of(fixture.id(), now);
    stores.enrollments.restart(current, &restart, now).await.unwrap()
}
