//! The item of a card enrollment: the current enrollment's attributes and what is remembered of earlier ones.

use model::card_enrollment::{CardEnrollment, StatusChange};

use super::{
    super::super::table::{Item, n},
    attributes::{Attributes, InvalidItem, list},
    lists::{
        decode_applied, decode_key, decode_list, decode_redirect, encode_applied, encode_key, encode_redirect,
    },
    record::{record_from_item, record_item},
};

/// The attributes of a card enrollment, without keys of the table and its indexes.
pub(in super::super) fn card_item(card: &CardEnrollment, change: Option<&StatusChange>) -> Item {
    let CardEnrollment { current, redirect, used_keys, applied, past } = card;
    let mut item = record_item(current, change);
    item.extend(redirect.iter().map(|redirect| ("redirect".into(), encode_redirect(redirect))));
    if !used_keys.is_empty() {
        item.insert("keys".into(), list(used_keys.iter().map(encode_key)));
    }
    if !applied.is_empty() {
        item.insert("appliedNotifications".into(), list(applied.iter().map(encode_applied)));
    }
    if *past > 0 {
        item.insert("past".into(), n((*past).into()));
    }
    item
}

/// Reads a card enrollment.
pub(in super::super) fn card_from_item(item: &Item) -> Result<CardEnrollment, InvalidItem> {
    let attributes = Attributes(item);
    let redirect = attributes.get("redirect");
    Ok(CardEnrollment {
        current: record_from_item(item)?,
        redirect: redirect
            .map(|redirect| decode_redirect(redirect).ok_or(InvalidItem("redirect")))
            .transpose()?,
        used_keys: decode_list(attributes.list("keys")?, decode_key).ok_or(InvalidItem("keys"))?,
        applied: decode_list(attributes.list("appliedNotifications")?, decode_applied)
            .ok_or(InvalidItem("appliedNotifications"))?,
        past: attributes.number("past")?.unwrap_or_default(),
    })
}
