//! One change of a token at a time, each once for its idempotency key, whatever happens at once.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use mastercard::processing::TokenAction::{Remove, Suspend};
use model::{
    token_changes::{RunEnd, TokenChangeOutcome::Changed, TokenChangeRefusal},
    token_id::TokenId,
};
use runtime::store::enrollments::{IdempotencyKey, TokenRef};

use super::{Stores, checks};
use crate::support::{
    enrollment_fixture::{CARD, CLIENT},
    table_proxy::{Operation, Reply, TableProxy, once},
};

checks! {
    of_many_devices_at_once_one_changes_a_token,
    a_change_that_ended_is_known_by_its_key_for_a_day,
    changes_of_two_tokens_do_not_wait_for_each_other,
    an_interrupted_change_holds_the_token_for_half_a_minute,
    changes_are_deleted_once_no_key_is_known_any_more,
    an_error_of_the_database_is_not_taken_for_another_devices_change,
}

fn token(reference: &str) -> TokenRef {
    let requestor = "50123197928".parse().unwrap();
    let token = TokenId::new(CLIENT.into(), CARD.into(), &requestor, reference);
    TokenRef { client: CLIENT.into(), card: CARD.into(), token }
}

fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

async fn of_many_devices_at_once_one_changes_a_token(stores: &Stores) {
    let start = async |device: usize| {
        stores.enrollments.start_token_change(token("t"), &key(&format!("key-{device}")), Remove, now()).await
    };
    let started = join_all((0..12).map(start)).await;
    let (running, refused): (Vec<_>, Vec<_>) =
        started.into_iter().map(Result::unwrap).partition(Result::is_ok);
    assert_eq!(running.len(), 1);
    assert!(refused.into_iter().all(|it| it.unwrap_err() == TokenChangeRefusal::Running));
}

async fn a_change_that_ended_is_known_by_its_key_for_a_day(stores: &Stores) {
    let store = &stores.enrollments;
    let start = async |key_text: &str, at| {
        store.start_token_change(token("t"), &key(key_text), Suspend, at).await.unwrap()
    };
    let running = start("one", now()).await.unwrap();
    store.end_token_change(&running, RunEnd::Ended(Changed), now()).await.unwrap();
    assert_eq!(start("one", now()).await.unwrap_err(), TokenChangeRefusal::Replayed(Changed));
    let is_known = async |action, at| store.is_token_change_known(token("t"), &key("one"), action, at).await;
    assert!(is_known(Suspend, now()).await.unwrap());
    assert!(!is_known(Remove, now()).await.unwrap(), "another action");
    let later = now() + SignedDuration::from_hours(24);
    assert!(!is_known(Suspend, later).await.unwrap());
    assert!(start("one", later).await.is_ok());
}

async fn changes_of_two_tokens_do_not_wait_for_each_other(stores: &Stores) {
    for reference in ["one", "two"] {
        let started =
            stores.enrollments.start_token_change(token(reference), &key("key"), Suspend, now()).await;
        assert!(started.unwrap().is_ok(), "{reference}");
    }
}

async fn changes_are_deleted_once_no_key_is_known_any_more(stores: &Stores) {
    stores.enrollments.start_token_change(token("t"), &key("one"), Suspend, now()).await.unwrap().unwrap();
    let [changes] = stores.scan(&stores.tables.enrollments).await.try_into().unwrap();
    let end = now() + SignedDuration::from_hours(25);
    assert_eq!(changes["ttl"], AttributeValue::N(end.as_second().to_string()));
}

async fn an_error_of_the_database_is_not_taken_for_another_devices_change(stores: &Stores) {
    let denied = once(Operation::is_write, || Reply::Error("AccessDeniedException"));
    let proxy = TableProxy::new(&stores.url, denied).await;
    let denied = stores.through(&proxy).start_token_change(token("t"), &key("one"), Suspend, now()).await;
    assert!(denied.is_err(), "{denied:?}");
}

async fn an_interrupted_change_holds_the_token_for_half_a_minute(stores: &Stores) {
    let store = &stores.enrollments;
    let start = async |key_text: &str, seconds| {
        let at = now() + SignedDuration::from_secs(seconds);
        store.start_token_change(token("t"), &key(key_text), Suspend, at).await.unwrap()
    };
    let interrupted = start("one", 0).await.unwrap();
    assert_eq!(start("two", 29).await.unwrap_err(), TokenChangeRefusal::Running);
    let second = start("two", 31).await.unwrap();
    // Its end comes too late to change anything.
    store.end_token_change(&interrupted, RunEnd::Ended(Changed), now()).await.unwrap();
    store.end_token_change(&second, RunEnd::Ended(Changed), now()).await.unwrap();
    assert!(start("one", 40).await.unwrap().is_repetition);
}
