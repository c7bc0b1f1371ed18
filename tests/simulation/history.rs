//! The history of a run, which the invariants check: every write, response and push in the order of the steps, and the final
//! state of the table and of Mastercard.

mod records;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jiff::Timestamp;
use mastercard::digest::sha256_hex;
use model::enrollment::Enrollment;
use serde_json::Value;
use url::Url;

use super::{
    actor::Sender,
    call::{Call, PUSH, plain_item},
    gate::Reply,
};

pub(super) use records::{CompletedInvocation, Principal, Push, SentNotification, Token, Write};

#[derive(Default)]
pub(super) struct History {
    pub(super) principals: Vec<Principal>,
    pub(super) writes: Vec<Write>,
    pub(super) completed: Vec<CompletedInvocation>,
    pub(super) pushes: Vec<Push>,
    pub(super) notifications: Vec<SentNotification>,
    pub(super) tokens: Vec<Token>,
    /// Names of enrollments in the trace, by id.
    pub(super) names: BTreeMap<String, String>,
    /// Origin of every push method.
    pub(super) origin: String,
    /// URLs to which the callback may redirect.
    pub(super) app_links: Vec<String>,
    /// The step at which faults ended.
    pub(super) quiesced_at_step: usize,
    /// The step from which on every enrollment is final.
    pub(super) final_at_step: usize,
    /// Time of the final state.
    pub(super) settled_at: Timestamp,
    /// All items of the final state.
    pub(super) stored: Vec<Value>,
    /// Cards with an active token in the final state.
    pub(super) active: Vec<u64>,
    /// Cards that Processing declines in the final state.
    pub(super) blocked: Vec<u64>,
    /// Whether a refresh was started.
    pub(super) refreshed: bool,
}

impl History {
    /// Records a request that was processed, and its response.
    pub(super) fn record(
        &mut self,
        step: usize,
        at: Timestamp,
        sender: Sender,
        call: &Call,
        reply: &Reply,
        is_orphan: bool,
    ) {
        if call.writes() && reply.status == StatusCode::OK {
            let written = call.items().into_iter().filter(|item| !item.is_checked);
            self.writes.extend(written.map(|access| Write {
                step,
                sender,
                pk: access.pk.to_owned(),
                sk: access.sk.to_owned(),
                item: access.item.map(plain_item),
            }));
        }
        if call.operation == PUSH {
            let callback: Url = call.json["signatureData"]["callbackURL"].as_str().unwrap().parse().unwrap();
            let state = callback.path_segments().unwrap().next_back().unwrap();
            let response: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            self.pushes.push(Push {
                step,
                at,
                state: format!("#{}", sha256_hex(state.as_bytes())),
                has_receipts: !response["pushAccountReceipts"][0]["pushAccountReceipt"].is_null(),
                is_orphan,
            });
        }
    }

    /// An enrollment as it was stored after a step.
    pub(super) fn enrollment_after(&self, step: usize, id: &str) -> Option<Enrollment> {
        let matches = |write: &&Write| {
            write.step <= step && write.sk.strip_prefix("ENROLLMENT#").is_some_and(|it| it == id)
        };
        self.writes.iter().rfind(matches)?.item.as_ref().map(parse_enrollment)
    }

    /// Writes of card guards, in their order.
    pub(super) fn guards(&self) -> impl Iterator<Item = &Write> {
        self.writes.iter().filter(|write| write.sk.starts_with("LIVE#") && write.item.is_some())
    }

    /// Enrollments of the final state.
    pub(super) fn enrollments(&self) -> impl Iterator<Item = Enrollment> {
        self.stored_items("ENROLLMENT").map(parse_enrollment)
    }

    /// Items of a kind in the final state.
    pub(super) fn stored_items(&self, kind: &str) -> impl Iterator<Item = &Value> {
        let matches = move |item: &&Value| {
            item["sk"].as_str().and_then(|sk| sk.split('#').next()).is_some_and(|it| it == kind)
        };
        self.stored.iter().filter(matches)
    }

    /// Whether there is an enrollment of this card by its own client.
    pub(super) fn has_enrollment_of(&self, card: u64) -> bool {
        self.enrollments().any(|enrollment| {
            let principal = self.principal(enrollment.client_id.number());
            enrollment.card_contract_id.number() == card
                && principal.is_some_and(|principal| principal.cards.contains(&card))
        })
    }

    /// Name of an enrollment in the trace.
    pub(super) fn name(&self, id: &str) -> &str {
        self.names.get(id).map_or("an enrollment", String::as_str)
    }

    pub(super) fn principal(&self, client: u64) -> Option<&Principal> {
        self.principals.iter().find(|principal| principal.client == client)
    }
}

fn parse_enrollment(item: &Value) -> Enrollment {
    serde_json::from_value(item.clone()).expect("an enrollment")
}
