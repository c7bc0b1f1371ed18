//! Finding what support asks for. The store finds an enrolment by its client or card; by its id alone, and for
//! notifications that match nothing, this looks through the whole table, which only a table on a laptop allows.

use serde::de::DeserializeOwned;
use serde_dynamo::from_item;
use shared::{
    card::CardContractId,
    enrollment::{Enrollment, EnrollmentId},
    store::{StoreError, enrollments::Received},
};

use super::Support;

/// Enrolments that a list shows.
const MOST: usize = 25;

/// What there is of what was asked for.
pub(super) enum Found {
    /// Nothing was asked for: the latest.
    Latest(Vec<Enrollment>),
    /// An enrolment by its id.
    One(Box<Enrollment>),
    /// Those of a card contract.
    OfCard(CardContractId, Vec<Enrollment>),
    /// There is none, or what was asked for is no id.
    Nothing,
}

impl Support {
    pub(super) async fn find(&self, asked: &str) -> Result<Found, StoreError> {
        if asked.is_empty() {
            return Ok(Found::Latest(newest(self.enrolments().await?)));
        }
        if let Ok(card) = asked.parse::<CardContractId>() {
            return Ok(Found::OfCard(card, newest(self.enrollments.by_card(card).await?)));
        }
        let Ok(id) = asked.to_lowercase().parse::<EnrollmentId>() else { return Ok(Found::Nothing) };
        let found = self.enrolments().await?.into_iter().find(|one| one.enrollment_id == id);
        Ok(found.map_or(Found::Nothing, |one| Found::One(Box::new(one))))
    }

    /// Notifications that match no enrolment, newest first.
    pub(super) async fn unmatched(&self) -> Result<Vec<Received>, StoreError> {
        let mut received: Vec<Received> = self.scan("begins_with(pk, :start)", "INBOX#").await?;
        received.retain(|received| received.applied_to.is_none());
        received.sort_by_key(|received| std::cmp::Reverse(received.received_at));
        Ok(received)
    }

    async fn enrolments(&self) -> Result<Vec<Enrollment>, StoreError> {
        self.scan("begins_with(sk, :start)", "ENROLLMENT#").await
    }

    async fn scan<T: DeserializeOwned>(&self, filter: &str, start: &str) -> Result<Vec<T>, StoreError> {
        let scan = self.dynamodb.scan().table_name(&self.table).filter_expression(filter);
        let start = aws_sdk_dynamodb::types::AttributeValue::S(start.to_owned());
        let mut pages = scan.expression_attribute_values(":start", start).into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = pages.try_next().await? {
            found.push(from_item(item)?);
        }
        Ok(found)
    }
}

fn newest(mut enrollments: Vec<Enrollment>) -> Vec<Enrollment> {
    enrollments.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.enrollment_id)));
    enrollments.truncate(MOST);
    enrollments
}
