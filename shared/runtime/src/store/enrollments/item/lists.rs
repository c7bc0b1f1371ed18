//! Elements of the lists of an item: requests, keys, notifications, the redirect.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use model::{
    card_enrollment::{AppliedNotification, RequestHashes, SealedRedirect, UsedKey},
    enrollment::{Authentication, EnrollmentId},
};

use super::{
    super::super::table::{n, s},
    attributes::{Elements, bytes, list, time, value},
};

/// All elements; `None` if one is invalid.
pub(super) fn decode_list<T>(
    elements: &[AttributeValue],
    decode: impl Fn(&AttributeValue) -> Option<T>,
) -> Option<Vec<T>> {
    elements.iter().map(decode).collect()
}

pub(super) fn encode_request(request: &RequestHashes) -> AttributeValue {
    let RequestHashes { key, fingerprint, state } = request;
    list([key, fingerprint, state].map(|hash| bytes(hash.as_bytes())))
}

pub(super) fn decode_request(stored: &AttributeValue) -> Option<RequestHashes> {
    let mut elements = Elements::of(stored)?;
    Some(RequestHashes { key: elements.hash()?, fingerprint: elements.hash()?, state: elements.hash()? })
}

/// `[acr, amr, seconds, token id hash]`, each null if it is absent.
pub(super) fn encode_authentication(authentication: &Authentication) -> AttributeValue {
    let Authentication { acr, amr, authenticated_at, token_id_hash } = authentication;
    list([
        value(acr),
        value(amr),
        value(&authenticated_at.map(Timestamp::as_second)),
        match token_id_hash.as_ref().map(hex::decode) {
            Some(Ok(hash)) => bytes(&hash),
            _ => value(token_id_hash),
        },
    ])
}

pub(super) fn decode_authentication(stored: &AttributeValue) -> Option<Authentication> {
    let mut elements = Elements::of(stored)?;
    let (acr, amr) = (elements.value()?, elements.value()?);
    let authenticated_at = match elements.value::<Option<i64>>()? {
        Some(seconds) => Some(Timestamp::from_second(seconds).ok()?),
        None => None,
    };
    let token_id_hash = match elements.next()? {
        AttributeValue::B(hash) => Some(hex::encode(hash.as_ref())),
        AttributeValue::Null(_) => None,
        text => Some(text.as_s().ok()?.clone()),
    };
    Some(Authentication { acr, amr, authenticated_at, token_id_hash })
}

pub(super) fn encode_key(used: &UsedKey) -> AttributeValue {
    let UsedKey { key, fingerprint, enrollment_id, attempt, used_at } = used;
    list([
        bytes(key.as_bytes()),
        bytes(fingerprint.as_bytes()),
        s(&enrollment_id.to_string()),
        n((*attempt).into()),
        time(*used_at),
    ])
}

pub(super) fn decode_key(stored: &AttributeValue) -> Option<UsedKey> {
    let mut elements = Elements::of(stored)?;
    Some(UsedKey {
        key: elements.hash()?,
        fingerprint: elements.hash()?,
        enrollment_id: elements.value::<EnrollmentId>()?,
        attempt: elements.number()?,
        used_at: elements.time()?,
    })
}

pub(super) fn encode_applied(applied: &AppliedNotification) -> AttributeValue {
    let AppliedNotification { id, enrollment_id, at } = applied;
    list([bytes(id.as_bytes()), s(&enrollment_id.to_string()), time(*at)])
}

pub(super) fn decode_applied(stored: &AttributeValue) -> Option<AppliedNotification> {
    let mut elements = Elements::of(stored)?;
    let (id, enrollment_id) = (elements.hash()?, elements.value::<EnrollmentId>()?);
    Some(AppliedNotification { id, enrollment_id, at: elements.time()? })
}

pub(super) fn encode_redirect(redirect: &SealedRedirect) -> AttributeValue {
    let SealedRedirect { attempt, expires_at, sealed } = redirect;
    list([n((*attempt).into()), time(*expires_at), bytes(sealed)])
}

pub(super) fn decode_redirect(stored: &AttributeValue) -> Option<SealedRedirect> {
    let mut elements = Elements::of(stored)?;
    Some(SealedRedirect {
        attempt: elements.number()?,
        expires_at: elements.time()?,
        sealed: elements.bytes()?.to_vec(),
    })
}
