//! Reading enrollments: by the client that they belong to, by card, by callback state.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        table::{Item, Table, from_item, s},
    },
    Enrollments, Redirect, STATE, Versioned, enrollment,
    items::{EnrollmentItem, Guard, RedirectItem, State},
    live, redirect,
};
use mastercard::{
    card::{CardContractId, ClientId},
    secret::CallbackState,
    token_requestor::TokenRequestorId,
};
use model::enrollment::{Enrollment, EnrollmentId};

/// The most enrollments of one card that a notification is compared with.
const CANDIDATES: i32 = 25;

/// Some enrollments, and where the next page begins.
#[derive(Debug)]
pub struct Page {
    /// Newest first.
    pub enrollments: Vec<Enrollment>,
    /// The last one of this page, if there are more.
    pub next: Option<EnrollmentId>,
}

/// A table page by page; a page may be empty.
pub struct Pages {
    table: Table,
    after: Option<Item>,
    over: bool,
}

impl Pages {
    /// The next page; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<Vec<Enrollment>>, StoreError> {
        if self.over {
            return Ok(None);
        }
        let scan = self.table.db.scan().table_name(&self.table.name);
        let scan = scan.filter_expression("begins_with(sk, :enrollment) AND tenant = :tenant");
        let scan = scan.expression_attribute_values(":enrollment", s("ENROLLMENT#"));
        let scan = scan.expression_attribute_values(":tenant", s(&self.table.tenant.to_string()));
        let page = scan.set_exclusive_start_key(self.after.take()).send().await?;
        self.after = page.last_evaluated_key;
        self.over = self.after.is_none();
        let read = |item| from_item::<EnrollmentItem>(item).map(|item| item.enrollment);
        page.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>().map(Some)
    }
}

impl Enrollments {
    /// One enrollment of this client.
    pub async fn get(&self, client: ClientId, id: EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        let item: Option<EnrollmentItem> = self.0.get(&self.client(client), &enrollment(id)).await?;
        Ok(item.map(|item| item.enrollment))
    }

    /// An enrollment by its id alone, whoever's it is: for support, never for an app.
    pub async fn find(&self, id: EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        let query = self.0.db.query().table_name(&self.0.name).index_name("by-id");
        let query = query.key_condition_expression("enrollmentKey = :key");
        let found = query.expression_attribute_values(":key", s(&self.key(id))).send().await?;
        let found = self.0.batch_get(found.items.unwrap_or_default()).await?.into_iter().next();
        Ok(found.map(from_item::<EnrollmentItem>).transpose()?.map(|item| item.enrollment))
    }

    /// Every enrollment of this tenant, whoever's it is: for exports, never for an app. Reads the whole table.
    pub fn all(&self) -> Pages {
        Pages { table: self.0.clone(), after: None, over: false }
    }

    /// What sends the cardholder on in an attempt, while it lives; not before the push is known. Whoever used it earlier would
    /// have tokens made for an enrollment that does not know of its push.
    pub async fn redirect(
        &self,
        enrollment: &Enrollment,
        attempt: u32,
        now: Timestamp,
    ) -> Result<Option<Redirect>, StoreError> {
        if !enrollment.is_pushed(attempt) {
            return Ok(None);
        }
        let client = self.client(enrollment.client_id);
        let item: Option<RedirectItem> =
            self.0.get(&client, &redirect(enrollment.enrollment_id, attempt)).await?;
        Ok(item.map(|item| item.redirect).filter(|redirect| now < redirect.expires_at))
    }

    /// The enrollment that holds a card at a requestor, live or not. One that held it before does so no more, whatever it may
    /// still learn.
    pub async fn holder_of(
        &self,
        client: ClientId,
        card: CardContractId,
        requestor: &TokenRequestorId,
    ) -> Result<Option<Enrollment>, StoreError> {
        match self.0.get::<Guard>(&self.client(client), &live(card, requestor)).await? {
            Some(guard) => self.get(client, guard.enrollment_id).await,
            None => Ok(None),
        }
    }

    /// Whose browser comes back with this state, and from which attempt.
    pub async fn by_state(
        &self,
        state: &CallbackState,
        now: Timestamp,
    ) -> Result<Option<(Versioned, u32)>, StoreError> {
        let state: Option<State> = self.0.get(&self.state(state), STATE).await?;
        match state.filter(|state| now < state.ends_at) {
            Some(state) => {
                let seen = self.get_versioned(state.client_id, state.enrollment_id).await?;
                Ok(seen.map(|seen| (seen, state.attempt)))
            }
            None => Ok(None),
        }
    }

    /// The client's own enrollments, newest first, of one card or of all, after `start`.
    pub async fn list(
        &self,
        client: ClientId,
        card: Option<CardContractId>,
        limit: usize,
        start: Option<EnrollmentId>,
    ) -> Result<Page, StoreError> {
        let client = self.client(client);
        let end = start.map_or("ENROLLMENT#~".into(), enrollment);
        let query =
            self.0.db.query().table_name(&self.0.name).consistent_read(true).scan_index_forward(false);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":pk", s(&client));
        let query = query.expression_attribute_values(":first", s("ENROLLMENT#"));
        let query = query.expression_attribute_values(":last", s(&end));
        let query = match card {
            Some(card) => query
                .filter_expression("cardKey = :card")
                .expression_attribute_values(":card", AttributeValue::S(self.card(card))),
            None => query,
        };
        let mut pages = query.into_paginator().items().send();
        let mut enrollments: Vec<Enrollment> = Vec::new();
        while let Some(item) = pages.try_next().await? {
            let item: EnrollmentItem = from_item(item)?;
            if Some(item.enrollment.enrollment_id) == start {
                continue;
            }
            if enrollments.len() == limit {
                let next = enrollments.last().map(|last| last.enrollment_id);
                return Ok(Page { enrollments, next });
            }
            enrollments.push(item.enrollment);
        }
        Ok(Page { enrollments, next: None })
    }

    /// The newest enrollments of a card, whoever's they are: for matching a notification, and for support.
    pub async fn by_card(&self, card: CardContractId) -> Result<Vec<Enrollment>, StoreError> {
        Ok(self.candidates(card).await?.into_iter().map(|seen| seen.enrollment).collect())
    }

    pub(super) async fn candidates(&self, card: CardContractId) -> Result<Vec<Versioned>, StoreError> {
        let query =
            self.0.db.query().table_name(&self.0.name).index_name("by-card").scan_index_forward(false);
        let query = query.key_condition_expression("cardKey = :card").limit(CANDIDATES);
        let answer = query.expression_attribute_values(":card", s(&self.card(card))).send().await?;
        let read = |item| from_item::<EnrollmentItem>(item).map(Versioned::from);
        self.0.batch_get(answer.items.unwrap_or_default()).await?.into_iter().map(read).collect()
    }
}
