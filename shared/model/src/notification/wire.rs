//! PROVISIONAL. Mastercard publishes neither path, payload nor authentication of its TAR, TCN and TVN
//! notifications. This file assumes JSON: one object or an array of objects, with the fields of [`MAPPING`], some or
//! all of which may be encrypted. A bank that knows the real format changes the mapping and the constants below it,
//! and nothing else.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Notification, NotificationKind};
use crate::{
    card_number::CardNumberDetector,
    enrollment::{Decision, TokenState},
};
use mastercard::{FieldLevelKeys, digest::sha256_hex};

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
    token_state: &'static str,
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
    token_state: "/tokenStatus",
    encrypted: "encryptedPayload",
};

/// Processing's names of the kinds.
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

/// Most messages in one delivery.
const MAX_MESSAGES: usize = 100;
/// Most characters of an unknown value that are kept.
const MAX_VALUE_LENGTH: usize = 32;

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
    /// The message is encrypted, and no configured key decrypts it.
    #[error("a notification is encrypted and cannot be decrypted")]
    Decryption,
    /// The message contains a card number, in whichever field.
    #[error("a notification contains a card number")]
    CardNumber,
}

/// Parses a delivery. `received_at` replaces a missing or invalid time of a message; `keys` decrypt encrypted messages;
/// `card_numbers` detects what must not be stored, also in fields that are not read and in encrypted ones.
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
    let text = |pointer| message.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let kind = text(MAPPING.kind).ok_or(DeliveryError::Shape)?;
    let id = text(MAPPING.id).filter(|id| id.len() <= 128);
    let reference = text(MAPPING.token_unique_reference).filter(|reference| reference.len() <= 64);
    let client_id = id_of(message.pointer(MAPPING.client_id));
    let card_contract_id = id_of(message.pointer(MAPPING.card_contract_id));
    let token_requestor_id = text(MAPPING.token_requestor_id).and_then(|id| id.parse().ok());
    let is_stated = |pointer| message.pointer(pointer).is_some_and(|value| !value.is_null());
    let has_invalid_id = is_stated(MAPPING.client_id) && client_id.is_none()
        || is_stated(MAPPING.card_contract_id) && card_contract_id.is_none()
        || is_stated(MAPPING.token_requestor_id) && token_requestor_id.is_none();
    Ok(Notification {
        // A repeated message has the same id in any order of its fields and with any encryption.
        id: id.map_or_else(|| sha256_hex(message.to_string().as_bytes()), str::to_owned),
        // A message with an invalid id is kept and not applied: the rest of it could match another enrollment.
        kind: match has_invalid_id {
            true => NotificationKind::Other { name: truncated(kind) },
            false => kind_of(kind, text(MAPPING.decision), text(MAPPING.token_state)),
        },
        occurred_at: text(MAPPING.occurred_at).and_then(|at| at.parse().ok()).unwrap_or(received_at),
        client_id,
        card_contract_id,
        token_requestor_id,
        token_unique_reference: reference.map(str::to_owned),
    })
}

fn kind_of(kind: &str, decision: Option<&str>, token: Option<&str>) -> NotificationKind {
    match (kind, decision, token) {
        (TAR, Some(value), _) => {
            NotificationKind::Tar { decision: value_or_other(&DECISIONS, value, Decision::Other) }
        }
        (TCN, ..) => NotificationKind::Tcn,
        (TVN, _, Some(value)) => {
            NotificationKind::Tvn { token: value_or_other(&TOKEN_STATES, value, TokenState::Other) }
        }
        _ => NotificationKind::Other { name: truncated(kind) },
    }
}

fn value_or_other<T: Clone>(values: &[(&str, T)], value: &str, other: impl Fn(String) -> T) -> T {
    let known = values.iter().find(|(known, _)| known.eq_ignore_ascii_case(value));
    known.map_or_else(|| other(truncated(value).to_ascii_uppercase()), |(_, meaning)| meaning.clone())
}

fn truncated(value: &str) -> String {
    value.chars().take(MAX_VALUE_LENGTH).collect()
}

/// An id, which may be a number or text.
fn id_of<T: std::str::FromStr>(value: Option<&Value>) -> Option<T> {
    match value? {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
