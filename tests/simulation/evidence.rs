//! What a run leaves for the invariants to judge: every write that arrived, every answer, every push, and in the end what
//! is stored and what Mastercard has.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jiff::Timestamp;
use local::cardholder::Answer;
use mastercard::digest::sha256_hex;
use model::enrollment::Enrollment;
use serde_json::Value;
use url::Url;

use super::{
    actor::By,
    call::{Call, PUSH, plain_item},
    deed::Deed,
    gate::Reply,
};

/// Somebody served under one client id.
pub(super) struct Person {
    /// For the trace: `C1`, or `A` for who tries the things of others.
    pub(super) name: String,
    pub(super) client: u64,
    pub(super) cards: Vec<u64>,
}

/// An item as it was written or, without one, deleted; in the order of arrival.
pub(super) struct Write {
    pub(super) step: usize,
    pub(super) by: By,
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) item: Option<Value>,
}

impl Write {
    /// Whether both are writes of one item.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        (&self.pk, &self.sk) == (&other.pk, &other.sk)
    }
}

/// An answer that left a function.
pub(super) struct Said {
    pub(super) step: usize,
    pub(super) actor: usize,
    pub(super) deed: Deed,
    pub(super) answer: Answer,
    /// The whole body.
    pub(super) text: String,
}

/// A push that reached Token Connect.
pub(super) struct Push {
    pub(super) step: usize,
    pub(super) at: Timestamp,
    /// Partition key of the callback state in it, which says for which attempt of which enrollment it was.
    pub(super) state: String,
    /// Whether it brought receipts.
    pub(super) issued: bool,
    /// Its sender was ended before it arrived: nobody learned of the receipts.
    pub(super) stray: bool,
}

/// A notification by Processing.
pub(super) struct Letter {
    pub(super) body: Value,
    /// By its own clock; no two letters name the same moment.
    pub(super) occurred_at: Timestamp,
    /// Place of its client in the cast.
    pub(super) who: usize,
    pub(super) card: u64,
    /// `TAR 2` …
    pub(super) told: String,
    /// How often it is still to be delivered.
    pub(super) copies: usize,
    /// The step at which it was acknowledged first.
    pub(super) acknowledged: Option<usize>,
}

/// A token that Mastercard made, from the step on at which it was first seen.
pub(super) struct Token {
    pub(super) step: usize,
    pub(super) card: u64,
    pub(super) reference: String,
}

#[derive(Default)]
pub(super) struct Evidence {
    pub(super) people: Vec<Person>,
    pub(super) writes: Vec<Write>,
    pub(super) said: Vec<Said>,
    pub(super) pushes: Vec<Push>,
    pub(super) letters: Vec<Letter>,
    pub(super) tokens: Vec<Token>,
    /// Enrollments' names in the trace, by their ids.
    pub(super) names: BTreeMap<String, String>,
    /// Origin of every push method.
    pub(super) origin: String,
    /// Where cardholders may be sent on to.
    pub(super) app_links: Vec<String>,
    /// The step at which faults ended.
    pub(super) calm_since: usize,
    /// The step at which everything was said to be final.
    pub(super) anew_since: usize,
    /// In the calm, the moment of the last reconciliation and all items that were stored then.
    pub(super) settled_at: Timestamp,
    pub(super) stored: Vec<Value>,
    /// Cards with an active token then.
    pub(super) active: Vec<u64>,
    /// Cards that Processing would decline then.
    pub(super) blocked: Vec<u64>,
    /// Whether a refresh was tried.
    pub(super) refreshed: bool,
}

impl Evidence {
    /// Takes in a request that arrived, and what was answered to it.
    pub(super) fn arrived(
        &mut self,
        step: usize,
        at: Timestamp,
        by: By,
        call: &Call,
        reply: &Reply,
        stray: bool,
    ) {
        if call.writes() && reply.status == StatusCode::OK {
            let written = call.touched().into_iter().filter(|touched| !touched.is_checked);
            self.writes.extend(written.map(|touched| Write {
                step,
                by,
                pk: touched.pk.to_owned(),
                sk: touched.sk.to_owned(),
                item: touched.item.map(plain_item),
            }));
        }
        if call.operation == PUSH {
            let callback: Url = call.json["signatureData"]["callbackURL"].as_str().unwrap().parse().unwrap();
            let state = callback.path_segments().unwrap().next_back().unwrap();
            let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            self.pushes.push(Push {
                step,
                at,
                state: format!("#{}", sha256_hex(state.as_bytes())),
                issued: !answer["pushAccountReceipts"][0]["pushAccountReceipt"].is_null(),
                stray,
            });
        }
    }

    /// An enrollment as it was after a step.
    pub(super) fn enrollment_after(&self, step: usize, id: &str) -> Option<Enrollment> {
        let its = |write: &&Write| {
            write.step <= step && write.sk.strip_prefix("ENROLLMENT#").is_some_and(|its| its == id)
        };
        self.writes.iter().rfind(its)?.item.as_ref().map(enrollment)
    }

    /// Who took which card, in the order of taking.
    pub(super) fn guards(&self) -> impl Iterator<Item = &Write> {
        self.writes.iter().filter(|write| write.sk.starts_with("LIVE#") && write.item.is_some())
    }

    /// Enrollments as they were stored in the end.
    pub(super) fn enrollments(&self) -> impl Iterator<Item = Enrollment> {
        self.stored_as("ENROLLMENT").map(enrollment)
    }

    /// Items of a kind that were stored in the end.
    pub(super) fn stored_as(&self, kind: &str) -> impl Iterator<Item = &Value> {
        let of = move |item: &&Value| {
            item["sk"].as_str().and_then(|sk| sk.split('#').next()).is_some_and(|it| it == kind)
        };
        self.stored.iter().filter(of)
    }

    /// Whether an app of its own client asked to enable this card.
    pub(super) fn was_asked_for(&self, card: u64) -> bool {
        self.enrollments().any(|enrollment| {
            let person = self.person(enrollment.client_id.number());
            enrollment.card_contract_id.number() == card
                && person.is_some_and(|person| person.cards.contains(&card))
        })
    }

    pub(super) fn name(&self, id: &str) -> &str {
        self.names.get(id).map_or("an enrollment", String::as_str)
    }

    pub(super) fn person(&self, client: u64) -> Option<&Person> {
        self.people.iter().find(|person| person.client == client)
    }
}

pub(super) fn enrollment(item: &Value) -> Enrollment {
    serde_json::from_value(item.clone()).expect("an enrollment")
}
