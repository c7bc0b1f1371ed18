//! An enrollment's own attributes, in a card enrollment and in a past one.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};
use model::{
    card_enrollment::{EnrollmentRecord, StatusChange},
    enrollment::{Consent, Enrollment, StatusReason},
};

use super::{
    super::super::table::{Item, n, s},
    attributes::{Attributes, Elements, InvalidItem, list, time, value},
    fact,
    lists::{decode_authentication, decode_list, decode_request, encode_authentication, encode_request},
};

/// One client's card at one token requestor: what its items have in common in their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Place {
    pub(in super::super) client: ClientId,
    pub(in super::super) card: CardContractId,
    pub(in super::super) requestor: TokenRequestorId,
}

impl Place {
    pub(in super::super) fn of(enrollment: &Enrollment) -> Self {
        Self {
            client: enrollment.client_id,
            card: enrollment.card_contract_id,
            requestor: enrollment.token_requestor_id.clone(),
        }
    }
}

/// The attributes of a record, without keys of the table and its indexes.
pub(in super::super) fn record_item(record: &EnrollmentRecord, change: Option<&StatusChange>) -> Item {
    let EnrollmentRecord { enrollment, requests, omitted_notifications, revision, status, due_at: _ } =
        record;
    let Consent { terms_version, accepted_at, authentication } = &enrollment.consent;
    let mut first = vec![
        value(&enrollment.platform),
        s(&enrollment.callback),
        s(terms_version),
        time(*accepted_at),
        time(enrollment.created_at),
        time(enrollment.respond_by),
    ];
    first.extend(authentication.as_deref().map(encode_authentication));
    let mut item = Item::from([
        ("clientId".into(), s(&enrollment.client_id.to_string())),
        ("cardContractId".into(), s(&enrollment.card_contract_id.to_string())),
        ("tokenRequestorId".into(), s(enrollment.token_requestor_id.as_str())),
        ("enrollmentId".into(), s(&enrollment.enrollment_id.to_string())),
        ("status".into(), s(status.as_str())),
        ("revision".into(), n(*revision)),
        ("first".into(), list(first)),
        ("requests".into(), list(requests.iter().map(encode_request))),
        ("facts".into(), list(enrollment.facts.iter().map(fact::encode))),
    ]);
    if *omitted_notifications > 0 {
        item.insert("omitted".into(), n((*omitted_notifications).into()));
    }
    item.extend(change.map(|change| ("statusChange".into(), encode_change(change))));
    item
}

/// Reads a record.
pub(in super::super) fn record_from_item(item: &Item) -> Result<EnrollmentRecord, InvalidItem> {
    let attributes = Attributes(item);
    let mut first = attributes.get("first").and_then(Elements::of).ok_or(InvalidItem("first"))?;
    let mut enrollment = || {
        Some(Enrollment {
            enrollment_id: attributes.parse("enrollmentId").ok()?,
            client_id: attributes.parse("clientId").ok()?,
            card_contract_id: attributes.parse("cardContractId").ok()?,
            token_requestor_id: attributes.parse("tokenRequestorId").ok()?,
            platform: first.value()?,
            callback: first.value()?,
            consent: Consent {
                terms_version: first.value()?,
                accepted_at: first.time()?,
                authentication: None,
            },
            created_at: first.time()?,
            respond_by: first.time()?,
            facts: Vec::new(),
        })
    };
    let mut enrollment = enrollment().ok_or(InvalidItem("first"))?;
    if let Some(stored) = first.next_list() {
        let authentication = decode_authentication(stored).ok_or(InvalidItem("first"))?;
        enrollment.consent.authentication = Some(Box::new(authentication));
    }
    enrollment.facts = decode_list(attributes.list("facts")?, fact::decode).ok_or(InvalidItem("facts"))?;
    let requests =
        decode_list(attributes.list("requests")?, decode_request).ok_or(InvalidItem("requests"))?;
    let due_at = attributes.number("dueAt")?.map(Timestamp::from_second).transpose();
    Ok(EnrollmentRecord {
        enrollment,
        requests,
        omitted_notifications: attributes.number("omitted")?.unwrap_or_default(),
        revision: attributes.number("revision")?.ok_or(InvalidItem("revision"))?,
        status: serde_dynamo::from_attribute_value(s(attributes.text("status")?))
            .map_err(|_| InvalidItem("status"))?,
        due_at: due_at.map_err(|_| InvalidItem("dueAt"))?,
    })
}

/// The pipe in `infra/template.yaml` turns it into an event and cannot leave out a field, so absent values are empty strings.
fn encode_change(change: &StatusChange) -> AttributeValue {
    let StatusChange { from, to, reason, is_final, at, attempt } = change;
    AttributeValue::M(Item::from([
        ("from".into(), s(from.map_or("", |status| status.as_str()))),
        ("to".into(), s(to.as_str())),
        ("reason".into(), s(reason.as_ref().map_or("", StatusReason::as_str))),
        ("final".into(), AttributeValue::Bool(*is_final)),
        ("at".into(), s(&at.to_string())),
        ("attempt".into(), n((*attempt).into())),
    ]))
}
