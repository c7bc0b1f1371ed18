//! Reads enrollments: by client, id, card or callback state.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        table::{Item, Table, from_item, s},
    },
    Enrollments, Redirect, STATE, Versioned, enrollment_sort_key, guard_sort_key,
    items::{EnrollmentItem, Guard, RedirectItem, State},
    redirect_sort_key,
};
use mastercard::{
    card::{CardContractId, ClientId},
    secret::CallbackState,
    token_requestor::TokenRequestorId,
};
use model::enrollment::{Enrollment, EnrollmentId};

/// Most enrollments of one card that a notification is matched against.
const CANDIDATES: i32 = 25;

/// One page of a client's enrollments.
#[derive(Debug)]
pub struct Page {
    /// Newest first.
    pub enrollments: Vec<Enrollment>,
    /// The last enrollment of this page, from which the next page continues; `None` on the last page.
    pub next: Option<EnrollmentId>,
}

/// Reads all enrollments of a tenant, page by page. A page may be empty.
pub struct Pages {
    table: Table,
    after: Option<Item>,
    is_done: bool,
}

impl Pages {
    /// The next page; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<Vec<Enrollment>>, StoreError> {
        if self.is_done {
            return Ok(None);
        }
        let scan = self.table.db.scan().table_name(&self.table.name);
        let scan = scan.filter_expression("begins_with(sk, :enrollment) AND tenant = :tenant");
        let scan = scan.expression_attribute_values(":enrollment", s("ENROLLMENT#"));
        let scan = scan.expression_attribute_values(":tenant", s(&self.table.tenant.to_string()));
        let page = scan.set_exclusive_start_key(self.after.take()).send().await?;
        self.after = page.last_evaluated_key;
        self.is_done = self.after.is_none();
        let read = |item| from_item::<EnrollmentItem>(item).map(|item| item.enrollment);
        page.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>().map(Some)
    }
}

impl Enrollments {
    /// One enrollment of this client.
    pub async fn get(&self, client: ClientId, id: EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        let item: Option<EnrollmentItem> =
            self.0.get(&self.client_key(client), &enrollment_sort_key(id)).await?;
        Ok(item.map(|item| item.enrollment))
    }

    /// An enrollment of any client by its id: for support, never for an app.
    pub async fn find(&self, id: EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        let query = self.0.db.query().table_name(&self.0.name).index_name("by-id");
        let query = query.key_condition_expression("enrollmentKey = :key");
        let found = query.expression_attribute_values(":key", s(&self.id_key(id))).send().await?;
        let found = self.0.batch_get(found.items.unwrap_or_default()).await?.into_iter().next();
        Ok(found.map(from_item::<EnrollmentItem>).transpose()?.map(|item| item.enrollment))
    }

    /// All enrollments of all clients: for exports, never for an app. Scans the whole table.
    pub fn all(&self) -> Pages {
        Pages { table: self.0.clone(), after: None, is_done: false }
    }

    /// The redirect of an attempt while it is valid, once the push is recorded. An earlier use could create a token for an
    /// enrollment without a recorded push.
    pub async fn redirect(
        &self,
        enrollment: &Enrollment,
        attempt: u32,
        now: Timestamp,
    ) -> Result<Option<Redirect>, StoreError> {
        if !enrollment.is_pushed(attempt) {
            return Ok(None);
        }
        let client = self.client_key(enrollment.client_id);
        let item: Option<RedirectItem> =
            self.0.get(&client, &redirect_sort_key(enrollment.enrollment_id, attempt)).await?;
        Ok(item.map(|item| item.redirect).filter(|redirect| now < redirect.expires_at))
    }

    /// The enrollment in the guard of a card and requestor, live or not: the latest one that locked the card.
    pub async fn lock_holder(
        &self,
        client: ClientId,
        card: CardContractId,
        requestor: &TokenRequestorId,
    ) -> Result<Option<Enrollment>, StoreError> {
        match self.0.get::<Guard>(&self.client_key(client), &guard_sort_key(card, requestor)).await? {
            Some(guard) => self.get(client, guard.enrollment_id).await,
            None => Ok(None),
        }
    }

    /// The enrollment and the attempt of a callback state, while the state is valid.
    pub async fn by_state(
        &self,
        state: &CallbackState,
        now: Timestamp,
    ) -> Result<Option<(Versioned, u32)>, StoreError> {
        let state: Option<State> = self.0.get(&self.state_key(state), STATE).await?;
        match state.filter(|state| now < state.ends_at) {
            Some(state) => {
                let current = self.get_versioned(state.client_id, state.enrollment_id).await?;
                Ok(current.map(|current| (current, state.attempt)))
            }
            None => Ok(None),
        }
    }

    /// At most `limit` enrollments of this client, newest first, of one card or of all; those older than `start`.
    pub async fn list(
        &self,
        client: ClientId,
        card: Option<CardContractId>,
        limit: usize,
        start: Option<EnrollmentId>,
    ) -> Result<Page, StoreError> {
        let client = self.client_key(client);
        let end = start.map_or("ENROLLMENT#~".into(), enrollment_sort_key);
        let query =
            self.0.db.query().table_name(&self.0.name).consistent_read(true).scan_index_forward(false);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let query = query.expression_attribute_values(":pk", s(&client));
        let query = query.expression_attribute_values(":first", s("ENROLLMENT#"));
        let query = query.expression_attribute_values(":last", s(&end));
        let query = match card {
            Some(card) => query
                .filter_expression("cardKey = :card")
                .expression_attribute_values(":card", AttributeValue::S(self.card_key(card))),
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

    /// The newest enrollments of a card, of any client: for matching a notification, and for support.
    pub async fn by_card(&self, card: CardContractId) -> Result<Vec<Enrollment>, StoreError> {
        Ok(self.candidates(card).await?.into_iter().map(|candidate| candidate.enrollment).collect())
    }

    pub(super) async fn candidates(&self, card: CardContractId) -> Result<Vec<Versioned>, StoreError> {
        let query =
            self.0.db.query().table_name(&self.0.name).index_name("by-card").scan_index_forward(false);
        let query = query.key_condition_expression("cardKey = :card").limit(CANDIDATES);
        let response = query.expression_attribute_values(":card", s(&self.card_key(card))).send().await?;
        let read = |item| from_item::<EnrollmentItem>(item).map(Versioned::from);
        self.0.batch_get(response.items.unwrap_or_default()).await?.into_iter().map(read).collect()
    }
}
