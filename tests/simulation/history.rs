//! The history of a run, which the invariants check: every write, response and push in the order of the steps, and the final
//! state of the table and of Mastercard.

mod records;
mod stored_item;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use model::{
    card_enrollment::ShortHash,
    enrollment::{Enrollment, EnrollmentId},
};
use serde_json::Value;
use url::Url;

use super::{
    actor::Sender,
    call::{Call, PUSH, Target},
    gate::Reply,
};

pub(super) use records::{CompletedInvocation, Principal, Push, SentNotification, Token, TokenChange, Write};
pub(super) use stored_item::StoredItem;

#[derive(Default)]
pub(super) struct History {
    pub(super) principals: Vec<Principal>,
    pub(super) writes: Vec<Write>,
    pub(super) completed: Vec<CompletedInvocation>,
    pub(super) pushes: Vec<Push>,
    pub(super) notifications: Vec<SentNotification>,
    pub(super) tokens: Vec<Token>,
    pub(super) token_changes: Vec<TokenChange>,
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
    pub(super) stored: Vec<StoredItem>,
    /// Cards with an active token in the final state.
    pub(super) active: Vec<u64>,
    /// Cards that Processing declines in the final state.
    pub(super) blocked: Vec<u64>,
    /// Whether a refresh was started.
    pub(super) refreshed: bool,
    /// `ClientRequestToken` of the transactions that were processed.
    pub(super) transactions: BTreeSet<String>,
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
        if call.writes()
            && call.target == Target::Enrollments
            && reply.status == StatusCode::OK
            && self.add_transaction(call)
        {
            let written = call.items().into_iter().filter(|item| !item.is_checked);
            self.writes.extend(written.map(|access| Write {
                step,
                sender,
                pk: access.pk.to_owned(),
                sk: access.sk.to_owned(),
                item: access.item.map(StoredItem::from_request),
            }));
        }
        if call.operation == PUSH {
            let callback: Url = call.json["signatureData"]["callbackURL"].as_str().unwrap().parse().unwrap();
            let state = callback.path_segments().unwrap().next_back().unwrap();
            let state = URL_SAFE_NO_PAD.decode(state).expect("a callback state");
            let (id, secret) = state.split_first_chunk().expect("an enrollment id and a secret");
            let response: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            self.pushes.push(Push {
                step,
                at,
                enrollment_id: EnrollmentId::from_bytes(*id).to_string(),
                state: ShortHash::of(secret),
                secrets: secrets(&response),
                has_receipts: !response["pushAccountReceipts"][0]["pushAccountReceipt"].is_null(),
                is_orphan,
            });
        }
    }

    /// Returns whether the call wrote: DynamoDB answers a transaction with a known token as before, and writes nothing.
    fn add_transaction(&mut self, call: &Call) -> bool {
        let token = call.json["ClientRequestToken"].as_str();
        token.is_none_or(|token| self.transactions.insert(token.to_owned()))
    }

    /// Versions of card enrollments and past enrollments that were written, in their order.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = (&Write, &StoredItem)> {
        let versions = self.writes.iter().filter_map(|write| Some((write, write.item.as_ref()?)));
        versions.filter(|(_, item)| item.record().is_some())
    }

    /// An enrollment as it was stored after a step.
    pub(super) fn enrollment_after(&self, step: usize, id: &str) -> Option<&Enrollment> {
        let mut versions = self.versions().rev();
        let found = versions.find(|(write, item)| write.step <= step && item.text("enrollmentId") == id);
        found?.1.enrollment()
    }

    /// Versions of card enrollments, in their order: each one says which enrollment holds the card.
    pub(super) fn guards(&self) -> impl DoubleEndedIterator<Item = (&Write, &StoredItem)> {
        self.versions().filter(|(_, item)| item.kind() == "CARD")
    }

    /// Enrollments of the final state.
    pub(super) fn enrollments(&self) -> impl Iterator<Item = &Enrollment> {
        self.stored.iter().filter_map(StoredItem::enrollment)
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

/// The receipts in a response to a push, its signature, and the decoded parts of the signature, which a compact item may hold
/// in place of the text.
fn secrets(response: &Value) -> Vec<Vec<u8>> {
    let receipts = response["pushAccountReceipts"].as_array().into_iter().flatten();
    let receipts = receipts.filter_map(|receipt| receipt["pushAccountReceipt"].as_str());
    let signature = response["signature"].as_str();
    // The header is the same for all signatures.
    let parts = signature.iter().flat_map(|signature| signature.split('.').skip(1));
    let decoded = parts.filter_map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    receipts.chain(signature).map(|text| text.as_bytes().to_vec()).chain(decoded).collect()
}
