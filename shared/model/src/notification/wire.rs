//! PROVISIONAL. Mastercard publishes neither path, payload nor authentication of its TAR, TCN and TVN
//! notifications. This file assumes: JSON, one object or an array of objects, with what [`MAPPING`] names, of which
//! any part may come encrypted. A bank that knows its real format changes the mapping and the words below it, and
//! nothing else.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Notification, NotificationKind};
use crate::enrollment::{Decision, TokenState};
use mastercard::{FieldLevelKeys, digest::sha256_hex};

/// Where a message says what: JSON pointers (RFC 6901) into one message.
struct Mapping {
    id: &'static str,
    kind: &'static str,
    occurred_at: &'static str,
    client_id: &'static str,
    card_contract_id: &'static str,
    token_requestor_id: &'static str,
    token_unique_reference: &'static str,
    decision: &'static str,
    token_state: &'static str,
    /// Field of the message that holds the rest of it, encrypted as MDES encrypts fields.
    encrypted: &'static str,
}

const MAPPING: Mapping = Mapping {
    id: "/notificationId",
    kind: "/type",
    occurred_at: "/occurredAt",
    client_id: "/clientId",
    card_contract_id: "/cardContractId",
    token_requestor_id: "/tokenRequestorId",
    token_unique_reference: "/tokenUniqueReference",
    decision: "/decision",
    token_state: "/tokenStatus",
    encrypted: "encryptedPayload",
};

/// What Processing calls a notification of each kind.
const TAR: &str = "TAR";
const TCN: &str = "TCN";
const TVN: &str = "TVN";

const DECISIONS: [(&str, Decision); 3] = [
    ("APPROVED", Decision::Approved),
    ("DECLINED", Decision::Declined),
    ("REQUIRE_ADDITIONAL_AUTHENTICATION", Decision::RequireAdditionalAuthentication),
];

const TOKEN_STATES: [(&str, TokenState); 3] = [
    ("ACTIVE", TokenState::Active),
    ("SUSPENDED", TokenState::Suspended),
    ("DEACTIVATED", TokenState::Deactivated),
];

/// The most messages in one delivery.
const MOST: usize = 100;
/// Characters of a word that is kept although nobody knows it.
const LONGEST_WORD: usize = 32;

/// What one request brought: what cannot be read does not hide what can.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Those that can be read, in their order.
    pub notifications: Vec<Notification>,
    /// Why the others cannot.
    pub unreadable: Vec<Unreadable>,
}

/// A delivery, or a message in it, that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON.
    #[error("the delivery is not JSON")]
    Json(#[source] serde_json::Error),
    /// Nothing, or too much at once.
    #[error("a delivery holds 1 to {MOST} notifications")]
    Count,
    /// Not an object, or one that does not say what kind it is of.
    #[error("a notification is not in the expected form")]
    Form,
    /// Encrypted, and no key of ours opens it, or none is configured.
    #[error("a notification is encrypted and does not open")]
    Encrypted,
}

/// Reads a delivery. `arrived` stands in for a time that a message does not name; `keys` open what is encrypted.
///
/// # Errors
/// When nothing of it can be read as messages.
pub fn parse(body: &[u8], arrived: Timestamp, keys: Option<&FieldLevelKeys>) -> Result<Delivery, Unreadable> {
    let messages = match serde_json::from_slice(body).map_err(Unreadable::Json)? {
        Value::Array(messages) => messages,
        message => vec![message],
    };
    if messages.is_empty() || messages.len() > MOST {
        return Err(Unreadable::Count);
    }
    let mut delivery = Delivery::default();
    for message in messages {
        let read = opened(message, keys).and_then(|mut message| {
            message.sort_all_objects();
            read(&message, arrived)
        });
        match read {
            Ok(notification) => delivery.notifications.push(notification),
            Err(unreadable) => delivery.unreadable.push(unreadable),
        }
    }
    Ok(delivery)
}

/// The message with its encrypted part in the clear. What is said in both counts as it was encrypted.
fn opened(message: Value, keys: Option<&FieldLevelKeys>) -> Result<Value, Unreadable> {
    let Value::Object(mut fields) = message else { return Err(Unreadable::Form) };
    let Some(encrypted) = fields.remove(MAPPING.encrypted).filter(|encrypted| !encrypted.is_null()) else {
        return Ok(fields.into());
    };
    let open = |keys: &FieldLevelKeys| -> Option<Map<String, Value>> {
        let opened = keys.decrypt(&serde_json::from_value(encrypted).ok()?).ok()?;
        serde_json::from_slice(&opened).ok()
    };
    fields.extend(keys.and_then(open).ok_or(Unreadable::Encrypted)?);
    Ok(fields.into())
}

fn read(message: &Value, arrived: Timestamp) -> Result<Notification, Unreadable> {
    let text = |pointer| message.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let kind = text(MAPPING.kind).ok_or(Unreadable::Form)?;
    let id = text(MAPPING.id).filter(|id| id.len() <= 128);
    let reference = text(MAPPING.token_unique_reference).filter(|reference| reference.len() <= 64);
    let client_id = number(message.pointer(MAPPING.client_id));
    let card_contract_id = number(message.pointer(MAPPING.card_contract_id));
    let token_requestor_id = text(MAPPING.token_requestor_id).and_then(|id| id.parse().ok());
    let said = |pointer| message.pointer(pointer).is_some_and(|value| !value.is_null());
    let misread = said(MAPPING.client_id) && client_id.is_none()
        || said(MAPPING.card_contract_id) && card_contract_id.is_none()
        || said(MAPPING.token_requestor_id) && token_requestor_id.is_none();
    Ok(Notification {
        // The same message twice has the same id, in whatever order its fields come and however it was encrypted.
        id: id.map_or_else(|| sha256_hex(message.to_string().as_bytes()), str::to_owned),
        // It names somebody whom nobody knows: kept, and not applied to whomever the rest of it would fit.
        kind: match misread {
            true => NotificationKind::Other { name: short(kind) },
            false => kind_of(kind, text(MAPPING.decision), text(MAPPING.token_state)),
        },
        occurred_at: text(MAPPING.occurred_at).and_then(|at| at.parse().ok()).unwrap_or(arrived),
        client_id,
        card_contract_id,
        token_requestor_id,
        token_unique_reference: reference.map(str::to_owned),
    })
}

fn kind_of(kind: &str, decision: Option<&str>, token: Option<&str>) -> NotificationKind {
    match (kind, decision, token) {
        (TAR, Some(word), _) => NotificationKind::Tar { decision: known(&DECISIONS, word, Decision::Other) },
        (TCN, ..) => NotificationKind::Tcn,
        (TVN, _, Some(word)) => {
            NotificationKind::Tvn { token: known(&TOKEN_STATES, word, TokenState::Other) }
        }
        _ => NotificationKind::Other { name: short(kind) },
    }
}

fn known<T: Clone>(words: &[(&str, T)], word: &str, other: impl Fn(String) -> T) -> T {
    let known = words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    known.map_or_else(|| other(short(word).to_ascii_uppercase()), |(_, meaning)| meaning.clone())
}

fn short(word: &str) -> String {
    word.chars().take(LONGEST_WORD).collect()
}

/// Ids come as numbers or as text.
fn number<T: std::str::FromStr>(value: Option<&Value>) -> Option<T> {
    match value? {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
