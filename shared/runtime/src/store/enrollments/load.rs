//! Loads the items of one card at one requestor that a command may concern.

use std::cmp::Reverse;

use aws_sdk_dynamodb::types::AttributeValue;
use model::{
    card_enrollment::{CardEnrollment, Command, EnrollmentRecord, Items},
    enrollment::EnrollmentId,
};

use super::{
    super::{
        StoreError,
        table::{Item, s},
    },
    Enrollments,
    item::{Place, card_from_item, record_from_item},
};

/// The prefix of the sort key of a card enrollment.
pub(super) const CARD: &str = "CARD#";
/// The prefix of the sort key of a past enrollment.
pub(super) const PAST: &str = "PAST#";

impl Place {
    pub(super) fn card_sort_key(&self) -> String {
        format!("{CARD}{}#{}", self.card, self.requestor)
    }

    pub(super) fn past_sort_key(&self, id: EnrollmentId) -> String {
        format!("{PAST}{}#{}#{id}", self.card, self.requestor)
    }
}

impl Enrollments {
    /// The items that a command may concern, strongly consistent.
    pub(super) async fn load(&self, place: &Place, command: Command<'_>) -> Result<Items, StoreError> {
        let card = self.load_card(place).await?;
        self.load_past(place, card, command).await
    }

    /// The card enrollment.
    pub(super) async fn load_card(&self, place: &Place) -> Result<Option<CardEnrollment>, StoreError> {
        let item = self.table.get_item(&self.client_key(place.client), &place.card_sort_key()).await?;
        Ok(item.as_ref().map(card_from_item).transpose()?)
    }

    /// One past enrollment.
    pub(super) async fn load_past_record(
        &self,
        place: &Place,
        id: EnrollmentId,
    ) -> Result<Option<EnrollmentRecord>, StoreError> {
        let item = self.table.get_item(&self.client_key(place.client), &place.past_sort_key(id)).await?;
        Ok(item.as_ref().map(record_from_item).transpose()?)
    }

    /// Adds the past enrollments that a command may concern: the named one, or for notifications all of them.
    pub(super) async fn load_past(
        &self,
        place: &Place,
        card: Option<CardEnrollment>,
        command: Command<'_>,
    ) -> Result<Items, StoreError> {
        let is_current = |id| card.as_ref().is_some_and(|card| card.current.enrollment.enrollment_id == id);
        let named = match command {
            Command::Begin(_) => None,
            Command::Restart(restart) => Some(restart.enrollment_id),
            Command::Record { enrollment_id, .. } => Some(enrollment_id),
            Command::Notify(_) if card.as_ref().is_some_and(|card| card.past > 0) => {
                return Ok(Items { past: self.load_all_past(place).await?, card });
            }
            Command::Notify(_) => None,
        };
        let past = match named {
            Some(id) if !is_current(id) => self.load_past_record(place, id).await?.into_iter().collect(),
            Some(_) | None => Vec::new(),
        };
        Ok(Items { card, past })
    }

    async fn load_all_past(&self, place: &Place) -> Result<Vec<EnrollmentRecord>, StoreError> {
        let prefix = format!("{PAST}{}#{}#", place.card, place.requestor);
        let items = self.query_client(place.client, &prefix).await?;
        Ok(items.iter().map(record_from_item).collect::<Result<_, _>>()?)
    }

    /// All items of a client whose sort key begins with `prefix`, strongly consistent.
    pub(super) async fn query_client(
        &self,
        client: mastercard::card::ClientId,
        prefix: &str,
    ) -> Result<Vec<Item>, StoreError> {
        let query = self.table.db.query().table_name(&self.table.name).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
        let query = query.expression_attribute_values(":pk", s(&self.client_key(client)));
        let query = query.expression_attribute_values(":prefix", s(prefix));
        Ok(query.into_paginator().items().send().try_collect().await?)
    }
}

/// The enrollment of an item of the table or its stream, whether it is a card enrollment or a past one, with the items to write it
/// again. `None` for an item of another kind.
///
/// # Errors
/// If an attribute is missing or invalid.
pub fn versioned(item: &Item) -> Result<Option<super::Versioned>, StoreError> {
    let items = match item.get("sk").map(AttributeValue::as_s) {
        Some(Ok(sk)) if sk.starts_with(CARD) => Items { card: Some(card_from_item(item)?), past: Vec::new() },
        Some(Ok(sk)) if sk.starts_with(PAST) => Items { card: None, past: vec![record_from_item(item)?] },
        _ => return Ok(None),
    };
    let current = items.card.as_ref().map(|card| &card.current);
    let id = current.or(items.past.first()).map(|record| record.enrollment.enrollment_id);
    Ok(id.and_then(|id| super::Versioned::new(items, id)))
}

/// Newest first: ids sort by the time of the request.
pub(super) fn newest_first(enrollments: &mut [super::Versioned]) {
    enrollments.sort_by_key(|stored| Reverse(stored.enrollment().enrollment_id));
}
