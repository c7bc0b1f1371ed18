//! Random keys, bodies, cards and times: the store answers every request as a model of the API's rules does.

mod model;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use ::model::enrollment::{Consent, EnrollmentId, Fact, PushFailure};
use jiff::{SignedDuration, Timestamp};
use mastercard::token_requestor::Platform;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};
use runtime::store::enrollments::{BeginOutcome, Enrollments, IdempotencyKey, NewAttempt, Versioned};
use tokio::runtime::Runtime;
use uuid::Uuid;

use self::model::{Answer, Model};
use super::Stores;
use crate::support::enrollment_fixture::EnrollmentFixture;

/// One step. Numbers select one of few clients, keys, bodies and cards, and one of the enrollments so far.
#[derive(Clone, Debug)]
enum Step {
    /// `POST /enrollments`.
    Begin { client: u64, key: u8, body: u8, card: u64 },
    /// `POST /enrollments/{enrollmentId}/attempts`.
    Restart { which: usize, key: u8, body: u8 },
    /// The push of the latest attempt succeeds; its receipts are valid for ten minutes.
    Pushed { which: usize },
    /// The push of the latest attempt fails, retryable or not.
    Failed { which: usize, passing: bool },
    /// Reconciliation finds no token.
    ReadTokenList { which: usize },
    /// The clock advances.
    Wait { seconds: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    const DAY: i64 = 24 * 3600;
    let waits = select(vec![1, 12, 13, 599, 600, 1000, DAY - 600, DAY - 1, DAY, DAY]);
    let client = prop_oneof![4 => Just(0_u64), 1 => Just(1)];
    let which = || 0..6_usize;
    prop_oneof![
        6 => (client, 0..2_u8, 0..2_u8, 0..2_u64)
            .prop_map(|(client, key, body, card)| Step::Begin { client, key, body, card }),
        3 => (which(), 0..2_u8, 0..2_u8).prop_map(|(which, key, body)| Step::Restart { which, key, body }),
        3 => which().prop_map(|which| Step::Pushed { which }),
        3 => (which(), any::<bool>()).prop_map(|(which, passing)| Step::Failed { which, passing }),
        2 => which().prop_map(|which| Step::ReadTokenList { which }),
        4 => waits.prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// The store under test.
struct Played<'a> {
    enrollments: &'a Enrollments,
    /// First of two clients that no other run uses.
    client: u64,
    began: Vec<EnrollmentFixture>,
    keys: Vec<IdempotencyKey>,
}

impl Played<'_> {
    fn number(&self, id: EnrollmentId) -> usize {
        self.began.iter().position(|fixture| fixture.id() == id).expect("an enrollment of this run")
    }

    fn answer(&self, outcome: BeginOutcome) -> Answer {
        match outcome {
            BeginOutcome::Started => Answer::Started,
            BeginOutcome::Replayed(id, attempt) => Answer::Before(self.number(id), attempt),
            BeginOutcome::IdempotencyKeyReused => Answer::KeyReused,
            BeginOutcome::CardLocked(id) => Answer::Busy(self.number(id)),
            BeginOutcome::RevisionConflict => panic!("nobody else is here"),
        }
    }

    async fn begin(&mut self, client: u64, key: u8, body: u8, card: u64, now: Timestamp) -> Answer {
        let fixture = EnrollmentFixture::new(&format!("key-{key}"))
            .of_client(self.client + client)
            .of_card(70001 + card);
        let fixture = EnrollmentFixture { fingerprint: format!("{card} {body}"), ..fixture.created_at(now) };
        let outcome = fixture.begin(self.enrollments).await;
        if outcome == BeginOutcome::Started {
            self.keys.push(fixture.key.parse().unwrap());
            self.began.push(fixture);
        }
        self.answer(outcome)
    }

    /// A new attempt, as `enroll` creates it.
    async fn restart(&mut self, which: usize, key: u8, body: u8, now: Timestamp) -> Answer {
        let (fixture, consent) =
            (&self.began[which], Consent { terms_version: "2".into(), accepted_at: now });
        let client = fixture.enrollment.client_id;
        let Versioned { mut enrollment, revision } =
            self.enrollments.get_versioned(client, fixture.id()).await.unwrap().unwrap();
        let restartable = enrollment.is_restartable(now);
        let answer_by = now + SignedDuration::from_secs(10);
        let fact =
            Fact::Restarted { platform: Platform::Web, callback: "web-bank".into(), consent, answer_by };
        let number = enrollment.attempt().number + 1;
        enrollment.add_fact(fact.recorded(now, "").in_attempt(number));
        let key = format!("key-{key}").parse::<IdempotencyKey>().unwrap().for_restart_of(fixture.id());
        let (fingerprint, state) = (body.to_string(), mastercard::secret::CallbackState::new(Uuid::new_v4()));
        let (revision, key, state) = (Some(revision), &key, &state);
        let new_attempt =
            NewAttempt { enrollment: &enrollment, revision, key, fingerprint: &fingerprint, state };
        let known = || async { self.enrollments.find_replay(&new_attempt, now).await.unwrap() };
        let outcome = match restartable {
            true => self.enrollments.begin(&new_attempt, now).await.unwrap(),
            false => match known().await {
                Some(outcome) => outcome,
                None => return Answer::NotRestartable,
            },
        };
        if outcome == BeginOutcome::Started {
            self.keys[which] = key.clone();
        }
        self.answer(outcome)
    }

    /// Records a fact of the latest attempt, or a reading of the token list.
    async fn learns(&self, which: usize, fact: Fact, now: Timestamp) {
        let (client, id) = (self.began[which].enrollment.client_id, self.began[which].id());
        let stored = self.enrollments.get(client, id).await.unwrap().unwrap();
        let recorded = match fact {
            Fact::TokenList { .. } => fact.recorded(now, &now.to_string()),
            _ => fact.recorded(now, "").in_attempt(stored.attempt().number),
        };
        self.enrollments.record_facts(client, id, &[recorded], now).await.unwrap().unwrap();
    }

    async fn release(&self, which: usize) {
        let fixture = &self.began[which];
        self.enrollments
            .release(fixture.enrollment.client_id, &self.keys[which], fixture.id())
            .await
            .unwrap();
    }
}

/// Applies the steps to store and model. Returns the first answers that differ.
async fn differ(
    enrollments: &Enrollments,
    client: u64,
    steps: &[Step],
    answers: &mut BTreeMap<&'static str, usize>,
) -> Result<(), TestCaseError> {
    let mut played = Played { enrollments, client, began: Vec::new(), keys: Vec::new() };
    let (mut model, mut now) =
        (Model::default(), Timestamp::from_second(Timestamp::now().as_second()).unwrap());
    for (at, step) in steps.iter().enumerate() {
        let chosen = |which: usize| which.checked_rem(played.began.len());
        let (answer, expected) = match *step {
            Step::Wait { seconds } => {
                now += SignedDuration::from_secs(seconds);
                continue;
            }
            Step::Begin { client, key, body, card } => {
                let expected = model.begin(client, key, (card, body), now);
                (played.begin(client, key, body, card, now).await, expected)
            }
            Step::Restart { which, key, body } => {
                let Some(which) = chosen(which) else { continue };
                let expected = model.restart(which, key, body, now);
                (played.restart(which, key, body, now).await, expected)
            }
            Step::Pushed { which } => {
                let Some(which) = chosen(which).filter(|which| model.is_being_pushed(*which)) else {
                    continue;
                };
                let expires_at = now + SignedDuration::from_secs(600);
                model.pushed(which, expires_at);
                played.learns(which, Fact::Pushed { receipt_hashes: Vec::new(), expires_at }, now).await;
                continue;
            }
            Step::Failed { which, passing } => {
                let Some(which) = chosen(which).filter(|which| model.is_being_pushed(*which)) else {
                    continue;
                };
                model.failed(which, passing);
                let fact =
                    Fact::PushFailed { reason: PushFailure::Other("refused".into()), retryable: passing };
                played.learns(which, fact, now).await;
                if passing {
                    played.release(which).await;
                }
                continue;
            }
            Step::ReadTokenList { which } => {
                let Some(which) = chosen(which) else { continue };
                model.token_list_read(which, now);
                played.learns(which, Fact::TokenList { token: None }, now).await;
                continue;
            }
        };
        prop_assert_eq!(answer, expected, "step {} of {:?}", at, steps);
        *answers.entry(answer.as_str()).or_default() += 1;
    }
    Ok(())
}

#[test]
fn every_request_is_answered_as_the_model_does() {
    let runtime = Runtime::new().unwrap();
    let stores = runtime.block_on(Stores::embedded());
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    let (clients, answers) = (Cell::new(50_000), RefCell::default());
    let outcome = TestRunner::new(config).run(&vec(step(), 1..60), |steps| {
        clients.set(clients.get() + 2);
        runtime.block_on(differ(&stores.enrollments, clients.get(), &steps, &mut answers.borrow_mut()))
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    assert_eq!(answers.borrow().len(), 5, "every kind of answer was given: {answers:?}");
}
