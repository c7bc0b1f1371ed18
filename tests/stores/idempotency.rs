//! Random keys, bodies, cards and times: the store answers every request as a model of the API's rules does.

mod model;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use ::model::{
    card_enrollment::Refusal,
    enrollment::{EnrollmentId, Fact, PushFailure},
};
use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};
use runtime::store::enrollments::{Enrollments, Versioned};
use tokio::runtime::Runtime;

use self::model::{Model, RequestOutcome};
use super::Stores;
use crate::support::enrollment_fixture::EnrollmentFixture;

/// One step. Numbers select one of few clients, keys, bodies and cards, and one of the enrollments so far.
#[derive(Clone, Debug)]
enum Step {
    /// `POST /enrollments`.
    Begin { client: u64, key: u8, body: u8, card: u64 },
    /// `POST /enrollments/{enrollmentId}/attempts`.
    Restart { index: usize, key: u8, body: u8 },
    /// The push of the latest attempt succeeds; its receipts are valid for ten minutes.
    Pushed { index: usize },
    /// The push of the latest attempt fails, retryable or not.
    Failed { index: usize, retryable: bool },
    /// Reconciliation finds no token.
    ReadTokenList { index: usize },
    /// The clock advances.
    Wait { seconds: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    const DAY: i64 = 24 * 3600;
    let waits = select(vec![1, 12, 13, 599, 600, 1000, DAY - 600, DAY - 1, DAY, DAY]);
    let client = prop_oneof![4 => Just(0_u64), 1 => Just(1)];
    let index = || 0..6_usize;
    prop_oneof![
        6 => (client, 0..2_u8, 0..2_u8, 0..2_u64)
            .prop_map(|(client, key, body, card)| Step::Begin { client, key, body, card }),
        3 => (index(), 0..2_u8, 0..2_u8).prop_map(|(index, key, body)| Step::Restart { index, key, body }),
        3 => index().prop_map(|index| Step::Pushed { index }),
        3 => (index(), any::<bool>()).prop_map(|(index, retryable)| Step::Failed { index, retryable }),
        2 => index().prop_map(|index| Step::ReadTokenList { index }),
        4 => waits.prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// The store under test.
struct StoreRun<'a> {
    enrollments: &'a Enrollments,
    /// First of two clients that no other run uses.
    client: u64,
    fixtures: Vec<EnrollmentFixture>,
}

impl StoreRun<'_> {
    fn number(&self, id: EnrollmentId) -> usize {
        self.fixtures.iter().position(|fixture| fixture.id() == id).expect("an enrollment of this run")
    }

    fn to_request_outcome(&self, outcome: Result<Versioned, Refusal>) -> RequestOutcome {
        match outcome {
            Ok(_) => RequestOutcome::Started,
            Err(Refusal::Replayed { enrollment_id, attempt }) => {
                RequestOutcome::Replayed(self.number(enrollment_id), attempt)
            }
            Err(Refusal::IdempotencyKeyReused) => RequestOutcome::KeyReused,
            Err(Refusal::CardLocked(id)) => RequestOutcome::CardLocked(self.number(id)),
            Err(Refusal::NotRestartable) => RequestOutcome::NotRestartable,
            Err(Refusal::TooManyAttempts) => RequestOutcome::TooManyAttempts,
            Err(refusal @ (Refusal::TooManyKeys | Refusal::NotFound)) => panic!("{refusal:?}"),
        }
    }

    async fn begin(&mut self, client: u64, key: u8, body: u8, card: u64, now: Timestamp) -> RequestOutcome {
        let fixture = EnrollmentFixture::new(&format!("key-{key}"))
            .with_client(self.client + client)
            .with_card(70001 + card);
        let fixture = EnrollmentFixture { fingerprint: body.to_string(), ..fixture.with_created_at(now) };
        let outcome = fixture.begin(self.enrollments).await;
        if outcome.is_ok() {
            self.fixtures.push(fixture);
        }
        self.to_request_outcome(outcome)
    }

    /// A new attempt, as `enroll` starts it.
    async fn restart(&self, index: usize, key: u8, body: u8, now: Timestamp) -> RequestOutcome {
        let fixture = &self.fixtures[index];
        let request = EnrollmentFixture::new(&format!("key-{key}"));
        let request = EnrollmentFixture { fingerprint: body.to_string(), ..request };
        let current = fixture.versioned(self.enrollments).await.unwrap();
        let restart = request.restart_of(fixture.id(), now);
        self.to_request_outcome(self.enrollments.restart(current, &restart, now).await.unwrap())
    }

    /// Records a fact of the latest attempt, or a reading of the token list.
    async fn record_fact(&self, index: usize, fact: Fact, now: Timestamp) {
        let (client, id) = (self.fixtures[index].enrollment.client_id, self.fixtures[index].id());
        let stored = self.fixtures[index].stored(self.enrollments).await.unwrap();
        let recorded = match fact {
            Fact::TokenList { .. } => fact.recorded(now, &now.to_string()),
            _ => fact.recorded(now, "").in_attempt(stored.attempt().number),
        };
        self.enrollments.record_facts(client, id, &[recorded], now).await.unwrap().unwrap();
    }
}

/// Applies the steps to store and model. Returns the first difference between their outcomes.
async fn compare(
    enrollments: &Enrollments,
    client: u64,
    steps: &[Step],
    outcomes: &mut BTreeMap<&'static str, usize>,
) -> Result<(), TestCaseError> {
    let mut store_run = StoreRun { enrollments, client, fixtures: Vec::new() };
    let (mut model, mut now) =
        (Model::default(), Timestamp::from_second(Timestamp::now().as_second()).unwrap());
    for (at, step) in steps.iter().enumerate() {
        let chosen = |index: usize| index.checked_rem(store_run.fixtures.len());
        let (outcome, expected) = match *step {
            Step::Wait { seconds } => {
                now += SignedDuration::from_secs(seconds);
                continue;
            }
            Step::Begin { client, key, body, card } => {
                let expected = model.begin(client, key, (card, body), now);
                (store_run.begin(client, key, body, card, now).await, expected)
            }
            Step::Restart { index, key, body } => {
                let Some(index) = chosen(index) else { continue };
                let expected = model.restart(index, key, body, now);
                (store_run.restart(index, key, body, now).await, expected)
            }
            Step::Pushed { index } => {
                let Some(index) = chosen(index).filter(|index| model.is_being_pushed(*index)) else {
                    continue;
                };
                let expires_at = now + SignedDuration::from_secs(600);
                model.pushed(index, expires_at);
                store_run
                    .record_fact(index, Fact::Pushed { receipt_hashes: Vec::new(), expires_at }, now)
                    .await;
                continue;
            }
            Step::Failed { index, retryable } => {
                let Some(index) = chosen(index).filter(|index| model.is_being_pushed(*index)) else {
                    continue;
                };
                model.failed(index, retryable);
                let fact = Fact::PushFailed { reason: PushFailure::Other("refused".into()), retryable };
                store_run.record_fact(index, fact, now).await;
                continue;
            }
            Step::ReadTokenList { index } => {
                let Some(index) = chosen(index) else { continue };
                model.token_list_read(index, now);
                store_run.record_fact(index, Fact::TokenList { token: None }, now).await;
                continue;
            }
        };
        prop_assert_eq!(outcome, expected, "step {} of {:?}", at, steps);
        *outcomes.entry(outcome.as_str()).or_default() += 1;
    }
    Ok(())
}

#[test]
fn every_request_is_answered_as_the_model_does() {
    let runtime = Runtime::new().unwrap();
    let stores = runtime.block_on(Stores::embedded());
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    let (clients, outcomes) = (Cell::new(50_000), RefCell::default());
    let outcome = TestRunner::new(config).run(&vec(step(), 1..60), |steps| {
        clients.set(clients.get() + 2);
        runtime.block_on(compare(&stores.enrollments, clients.get(), &steps, &mut outcomes.borrow_mut()))
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    let usual = ["started", "replayed", "key reused", "card locked", "not restartable"];
    let outcomes = outcomes.into_inner();
    assert!(usual.iter().all(|kind| outcomes.contains_key(kind)), "every kind occurred: {outcomes:?}");
}
