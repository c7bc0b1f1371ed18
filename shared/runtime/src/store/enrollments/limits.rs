//! Limits of how many attempts a client, and each of its cards, may start an hour and a day, in UTC. All are counted in one
//! item of the client and day, by one conditional update: an attempt that exceeds one limit is counted for none.
//!
//! | attribute | counts |
//! |---|---|
//! | `day`, `hour13` | attempts of the client on this day, and from 13:00 to 14:00 |
//! | `card70001`, `card70001hour13` | attempts for one of its cards |
//!
//! The client's daily limit bounds the number of attributes: the item has less than 1 KB for a client with ten cards.

use aws_sdk_dynamodb::{
    error::SdkError, operation::update_item::UpdateItemError, types::ReturnValuesOnConditionCheckFailure,
};
use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        backoff::send_while_busy,
        table::{Item, n, s},
    },
    Enrollments,
};
use mastercard::card::{CardContractId, ClientId};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The most attempts in a window, for a client and for each of its cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrollmentLimits {
    /// Of a client, an hour.
    pub client_hour: u16,
    /// Of a client, a day.
    pub client_day: u16,
    /// For a card, an hour.
    pub card_hour: u16,
    /// For a card, a day.
    pub card_day: u16,
}

/// One of the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in the header `RateLimit-Policy`.
    pub name: &'static str,
    /// The most attempts in the window.
    pub quota: u16,
    /// The length of the window, in seconds.
    pub window: i64,
}

/// A limit that an attempt would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReached {
    /// The limit; of several, the one with the longest wait.
    pub limit: Limit,
    /// Seconds until its window ends.
    pub wait: i64,
}

impl EnrollmentLimits {
    /// Each limit; those of a day first.
    pub fn all(self) -> [Limit; 4] {
        let limit = |name, quota, window| Limit { name, quota, window };
        [
            limit("client-day", self.client_day, DAY),
            limit("card-day", self.card_day, DAY),
            limit("client-hour", self.client_hour, HOUR),
            limit("card-hour", self.card_hour, HOUR),
        ]
    }
}

impl Limit {
    /// Whether it counts all attempts of a client, not those for one card.
    pub fn is_of_client(self) -> bool {
        self.name.starts_with("client")
    }

    /// Seconds from `now` until the window ends.
    fn wait(self, now: Timestamp) -> i64 {
        self.window - now.as_second().rem_euclid(self.window)
    }

    fn attribute(self, card: CardContractId, now: Timestamp) -> String {
        let hour = now.as_second().rem_euclid(DAY) / HOUR;
        match self.name {
            "client-day" => "day".into(),
            "client-hour" => format!("hour{hour}"),
            "card-day" => format!("card{card}"),
            _ => format!("card{card}hour{hour}"),
        }
    }
}

impl Enrollments {
    /// Counts an attempt of this client for this card, unless it would exceed a limit.
    pub async fn count_attempt(
        &self,
        client: ClientId,
        card: CardContractId,
        limits: EnrollmentLimits,
        now: Timestamp,
    ) -> Result<Result<(), LimitReached>, StoreError> {
        let limits = limits.all();
        let attributes = limits.map(|limit| limit.attribute(card, now));
        let day = now.as_second().div_euclid(DAY);
        let update = self.table.db.update_item().table_name(&self.table.name);
        let update = update.key("pk", s(&self.client_key(client))).key("sk", s(&format!("LIMIT#{day}")));
        let mut update = update
            .update_expression("SET tenant = :tenant, #ttl = :ttl ADD #a0 :one, #a1 :one, #a2 :one, #a3 :one")
            .condition_expression(
                "(attribute_not_exists(#a0) OR #a0 < :q0) AND (attribute_not_exists(#a1) OR #a1 < :q1) AND \
                 (attribute_not_exists(#a2) OR #a2 < :q2) AND (attribute_not_exists(#a3) OR #a3 < :q3)",
            )
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":tenant", s(&self.table.tenant.to_string()))
            .expression_attribute_values(":ttl", n((day + 2) * DAY))
            .expression_attribute_values(":one", n(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (index, (limit, attribute)) in limits.iter().zip(&attributes).enumerate() {
            update = update.expression_attribute_names(format!("#a{index}"), attribute);
            update = update.expression_attribute_values(format!(":q{index}"), n(limit.quota.into()));
        }
        let error = match send_while_busy(|| update.clone().send()).await {
            Ok(_) => return Ok(Ok(())),
            Err(error) => error,
        };
        let SdkError::ServiceError(refused) = &error else { return Err(error.into()) };
        let UpdateItemError::ConditionalCheckFailedException(refused) = refused.err() else {
            return Err(error.into());
        };
        let counted = refused.item().cloned().unwrap_or_default();
        let mut pairs = limits.into_iter().zip(&attributes);
        let reached = pairs.find(|(limit, attribute)| count(&counted, attribute) >= limit.quota.into());
        // There is always one, unless the answer lacks the item.
        let limit = reached.map_or(limits[0], |(limit, _)| limit);
        Ok(Err(LimitReached { limit, wait: limit.wait(now) }))
    }
}

fn count(item: &Item, attribute: &str) -> i64 {
    let number = item.get(attribute).and_then(|value| value.as_n().ok());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_with_the_hour_or_the_day_in_utc() {
        let limits = EnrollmentLimits { client_hour: 1, client_day: 2, card_hour: 3, card_day: 4 };
        let now: Timestamp = "2026-01-05T13:59:30Z".parse().unwrap();
        let named =
            limits.all().map(|limit| (limit.attribute(70001.into(), now), limit.quota, limit.wait(now)));
        let ten_hours = 10 * HOUR + 30;
        let expected = [
            ("day", 2, ten_hours),
            ("card70001", 4, ten_hours),
            ("hour13", 1, 30),
            ("card70001hour13", 3, 30),
        ];
        assert_eq!(named, expected.map(|(name, quota, wait)| (name.to_owned(), quota, wait)));
    }
}
