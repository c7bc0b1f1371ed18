//! PROVISIONAL. Mastercard publishes neither path, payload nor authentication of its TAR, TCN and TVN
//! notifications. This file assumes JSON: one object or an array of objects, with the fields of [`MAPPING`], some or
//! all of which may be encrypted. A bank that knows the real format changes the mapping and the words in `words.rs`, and
//! nothing else.

mod fields;
mod words;

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Notification, NotificationKind};
use crate::{card_number::CardNumberDetector, unknown::bounded_word};
use mastercard::{FieldLevelKeys, digest::sha256_hex};
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
    requested_by: ["/requestedBy", "/triggeredBy"],
    encrypted: "encryptedPayload",
};

/// 2019-01-01T00:00:00Z, when there was no Click to Pay. A time before it is a sender's error.
const EARLIEST: Timestamp = Timestamp::constant(1_546_300_800, 0);
/// Most messages in one delivery.
const MAX_MESSAGES: usize = 100;
/// The content of one request. An invalid message does not prevent the others from being read.
#[derive(Debug, Default)]
pub struct Delivery {
    /// The valid messages, in the order of the request.
    pub notifications: Vec<Notification>,
    /// One error for each invalid message.
    pub errors: Vec<DeliveryError>,
}

/// Why a delivery, or a message in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The body is not JSON.
    #[error("the delivery is not JSON")]
    Json(#[source] serde_json::Error),
    /// The body holds no message, or too many.
    #[error("a delivery must hold 1 to {MAX_MESSAGES} notifications")]
    Count,
    /// The message is not an object, or does not state its kind.
    #[error("a notification is not in the expected form")]
    Shape,
    /// A field, here its JSON pointer, has another type than expected.
    #[error("a notification has a field of the wrong type: {0}")]
    Field(&'static str),
    /// The message is encrypted, and no configured key decrypts it.
    #[error("a notification is encrypted and cannot be decrypted")]
    Decryption,
    /// The message contains a card number, in whichever field.
    #[error("a notification contains a card number")]
    CardNumber,
}

/// Parses a delivery. `received_at` replaces a time of a message that is missing, invalid or later: a sender's clock that
/// is ahead must not win. `keys` decrypt encrypted messages; `card_numbers` detects what must not be stored, also in fields
/// that are not read and in encrypted ones.
///
/// # Errors
/// When the body as a whole is invalid: [`DeliveryError::Json`] or [`DeliveryError::Count`], or [`DeliveryError::CardNumber`]
/// if there is one in it. Errors of single messages are in [`Delivery::errors`].
pub fn parse(
    body: &[u8],
    received_at: Timestamp,
    keys: Option<&FieldLevelKeys>,
    card_numbers: &CardNumberDetector,
) -> Result<Delivery, DeliveryError> {
    let messages = match serde_json::from_slice(body) {
        Ok(Value::Array(messages)) => messages,
        Ok(message) => vec![message],
        Err(_) if card_numbers.in_text(&String::from_utf8_lossy(body)) => {
            return Err(DeliveryError::CardNumber);
        }
        Err(error) => return Err(DeliveryError::Json(error)),
    };
    if messages.is_empty() || messages.len() > MAX_MESSAGES {
        return Err(DeliveryError::Count);
    }
    let mut delivery = Delivery::default();
    for message in messages {
        let read = decrypted(message, keys).and_then(|mut message| {
            if card_numbers.in_json(&message) {
                return Err(DeliveryError::CardNumber);
            }
            message.sort_all_objects();
            read(&message, received_at)
        });
        match read {
            Ok(notification) => delivery.notifications.push(notification),
            Err(error) => delivery.errors.push(error),
        }
    }
    Ok(delivery)
}

/// The message with its encrypted fields decrypted. They replace fields of the same name that came unencrypted.
fn decrypted(message: Value, keys: Option<&FieldLevelKeys>) -> Result<Value, DeliveryError> {
    let Value::Object(mut fields) = message else { return Err(DeliveryError::Shape) };
    let Some(encrypted) = fields.remove(MAPPING.encrypted).filter(|encrypted| !encrypted.is_null()) else {
        return Ok(fields.into());
    };
    let decrypt = |keys: &FieldLevelKeys| -> Option<Map<String, Value>> {
        let decrypted = keys.decrypt(&serde_json::from_value(encrypted).ok()?).ok()?;
        serde_json::from_slice(&decrypted).ok()
    };
    fields.extend(keys.and_then(decrypt).ok_or(DeliveryError::Decryption)?);
    Ok(fields.into())
}

fn read(message: &Value, received_at: Timestamp) -> Result<Notification, DeliveryError> {
    let kind = fields::text(message, MAPPING.kind)?.ok_or(DeliveryError::Shape)?;
    let response_code = fields::code(message, MAPPING.response_code)?;
    let content = Content {
        decision: fields::text(message, MAPPING.decision)?,
        response_code: response_code.as_deref(),
        token_state: fields::text(message, MAPPING.token_state)?,
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
