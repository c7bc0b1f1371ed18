//! PROVISIONAL. Mastercard publishes neither path, payload nor authentication of its TAR, TCN and TVN
//! notifications. This file assumes JSON: one object or an array of objects, with the fields of [`MAPPING`], some or
//! all of which may be encrypted. A bank that knows the real format changes the mapping and the words in `words.rs`, and
//! nothing else.

mod fields;
mod unreadable;
mod words;

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Notification, NotificationKind};
use crate::{card_number::CardNumberDetector, unknown::bounded_word};
use mastercard::{FieldLevelKeys, digest::sha256_hex};
pub use unreadable::{DeliveryError, UnreadableMessage};
use words::Content;

/// The fields of one message, as JSON pointers (RFC 6901).
struct Mapping {
    id: &'static str,
    kind: &'static str,
    occurred_at: &'static str,
    client_id: &'static str,
    card_contract_id: &'static str,
    token_requestor_id: &'static str,
    token_unique_reference: &'static str,
    decision: &'static str,
    response_code: &'static str,
    token_state: &'static str,
    /// Why a token changed.
    reason: &'static str,
    /// Who caused a change; the first one that is present counts.
    requested_by: [&'static str; 2],
    /// Name of the field that holds the encrypted fields, in Mastercard's field-level encryption.
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
    response_code: "/responseCode",
    token_state: "/tokenStatus",
    reason: "/reasonCode",
    requested_by: ["/requestedBy", "/triggeredBy"],
    encrypted: "encryptedPayload",
};

/// 2019-01-01T00:00:00Z, when there was no Click to Pay. A time before it is a sender's error.
const EARLIEST: Timestamp = Timestamp::constant(1_546_300_800, 0);
/// Most messages in one delivery.
const MAX_MESSAGES: usize = 100;
/// The content of one request. A message that cannot be read does not prevent the others from being read.
#[derive(Debug, Default)]
pub struct Delivery {
    /// The messages that were read, in the order of the request.
    pub notifications: Vec<Notification>,
    /// Messages that cannot be read. One whose kind is [`NotificationKind::Other`] is here and in `notifications`.
    pub unreadable: Vec<UnreadableMessage>,
    /// Number of messages that contain a card number. Nothing of them is kept.
    pub with_card_number: usize,
}

/// Parses a delivery. `received_at` replaces a time of a message that is missing, invalid or later: a sender's clock that
/// is ahead must not win. `keys` decrypt encrypted messages; `card_numbers` detects what must not be stored, also in fields
/// that are not read and in encrypted ones.
///
/// # Errors
/// [`DeliveryError::Count`] if the number of messages is wrong, [`DeliveryError::CardNumber`] if the body is not JSON and contains
/// a card number.
pub fn parse(
    body: &[u8],
    received_at: Timestamp,
    keys: Option<&FieldLevelKeys>,
    card_numbers: &CardNumberDetector,
) -> Result<Delivery, DeliveryError> {
    let mut delivery = Delivery::default();
    let messages = match mastercard::json::parse(body) {
        Ok(Value::Array(messages)) => messages,
        Ok(message) => vec![message],
        Err(error) => {
            let text = String::from_utf8_lossy(body);
            if card_numbers.in_text(&text) {
                return Err(DeliveryError::CardNumber);
            }
            let (error, content) = (DeliveryError::Json(error), Value::from(text));
            delivery.unreadable.push(UnreadableMessage { error, content });
            return Ok(delivery);
        }
    };
    if messages.is_empty() || messages.len() > MAX_MESSAGES {
        return Err(DeliveryError::Count);
    }
    for message in messages {
        let (mut message, encrypted) = decrypted(message, keys);
        // What was not decrypted may be plaintext that a sender put there.
        let in_encrypted = encrypted.as_ref().is_some_and(|encrypted| card_numbers.in_json(encrypted));
        if in_encrypted || card_numbers.in_json(&message) {
            delivery.with_card_number += 1;
            continue;
        }
        message.sort_all_objects();
        let notification = match &encrypted {
            None => read(&message, received_at),
            Some(_) => Err(DeliveryError::Decryption),
        };
        let error = match notification {
            Ok(notification) => {
                let is_unknown = matches!(notification.kind, NotificationKind::Other { .. });
                delivery.notifications.push(notification);
                is_unknown.then_some(DeliveryError::Kind)
            }
            Err(error) => Some(error),
        };
        if let (Some(fields), Some(encrypted)) = (message.as_object_mut(), encrypted) {
            fields.insert(MAPPING.encrypted.into(), encrypted);
        }
        delivery.unreadable.extend(error.map(|error| UnreadableMessage { error, content: message }));
    }
    Ok(delivery)
}

/// The message with its encrypted fields decrypted, and these fields if no key decrypts them. Decrypted fields replace fields of the
/// same name that came unencrypted.
fn decrypted(message: Value, keys: Option<&FieldLevelKeys>) -> (Value, Option<Value>) {
    let Value::Object(mut fields) = message else { return (message, None) };
    let Some(encrypted) = fields.remove(MAPPING.encrypted).filter(|encrypted| !encrypted.is_null()) else {
        return (fields.into(), None);
    };
    let decrypt = |keys: &FieldLevelKeys| -> Option<Map<String, Value>> {
        let decrypted = keys.decrypt(&serde_json::from_value(encrypted.clone()).ok()?).ok()?;
        match mastercard::json::parse(&decrypted).ok()? {
            Value::Object(fields) => Some(fields),
            _ => None,
        }
    };
    match keys.and_then(decrypt) {
        Some(decrypted) => {
            fields.extend(decrypted);
            (fields.into(), None)
        }
        None => (fields.into(), Some(encrypted)),
    }
}

fn read(message: &Value, received_at: Timestamp) -> Result<Notification, DeliveryError> {
    let kind = fields::text(message, MAPPING.kind)?.ok_or(DeliveryError::Shape)?;
    let response_code = fields::code(message, MAPPING.response_code)?;
    let content = Content {
        decision: fields::text(message, MAPPING.decision)?,
        response_code: response_code.as_deref(),
        token_state: fields::text(message, MAPPING.token_state)?,
        reason: message.pointer(MAPPING.reason).and_then(Value::as_str),
        // For support only: one of another type does not make the message unreadable.
        requested_by: MAPPING.requested_by.iter().find_map(|field| message.pointer(field)?.as_str()),
    };
    let id = fields::code(message, MAPPING.id)?.filter(|id| id.len() <= 128);
    let reference = fields::text(message, MAPPING.token_unique_reference)?;
    let client_id = fields::number(message, MAPPING.client_id)?.map(|id| id.parse());
    let card_contract_id = fields::number(message, MAPPING.card_contract_id)?.map(|id| id.parse());
    let token_requestor_id = fields::code(message, MAPPING.token_requestor_id)?.map(|id| id.trim().parse());
    let has_invalid_id = matches!(client_id, Some(Err(_)))
        || matches!(card_contract_id, Some(Err(_)))
        || matches!(token_requestor_id, Some(Err(_)));
    let occurred_at = message.pointer(MAPPING.occurred_at).and_then(Value::as_str);
    Ok(Notification {
        // A repeated message has the same id in any order of its fields and with any encryption.
        id: id.map_or_else(|| sha256_hex(message.to_string().as_bytes()), Cow::into_owned),
        // A message with an invalid id is kept and not applied: the rest of it could match another enrollment.
        kind: match has_invalid_id {
            true => NotificationKind::Other { name: bounded_word(kind) },
            false => words::kind_of(kind, content),
        },
        occurred_at: occurred_at
            .and_then(|at| at.parse().ok())
            .filter(|at| *at >= EARLIEST)
            .map_or(received_at, |at: Timestamp| at.min(received_at)),
        client_id: client_id.and_then(Result::ok),
        card_contract_id: card_contract_id.and_then(Result::ok),
        token_requestor_id: token_requestor_id.and_then(Result::ok),
        token_unique_reference: reference.filter(|it| it.len() <= 64).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests;
