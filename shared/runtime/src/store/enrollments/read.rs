//! Reads enrollments: by client, id or card.

use super::{
    super::{
        StoreError,
        table::{Item, Table, s},
    },
    Enrollments, Versioned,
    item::Place,
    load::{CARD, PAST, newest_first, versioned},
};
use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};
use model::{
    card_enrollment::{Command, Items},
    enrollment::{Enrollment, EnrollmentId},
};

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
        let scan = scan.filter_expression("attribute_exists(enrollmentId) AND tenant = :tenant");
        let scan = scan.expression_attribute_values(":tenant", s(&self.table.tenant.to_string()));
        let (expression, names) = self.table.projection();
        let scan = scan.set_projection_expression(expression).set_expression_attribute_names(names);
        let page = scan.set_exclusive_start_key(self.after.take()).send().await?;
        self.after = page.last_evaluated_key;
        self.is_done = self.after.is_none();
        let read = |item| Ok(versioned(&item)?.map(Versioned::into_enrollment));
        let enrollments: Result<Vec<_>, StoreError> =
            page.items.unwrap_or_default().into_iter().map(read).collect();
        Ok(Some(enrollments?.into_iter().flatten().collect()))
    }
}

impl Enrollments {
    /// One enrollment of this client: among its cards' current ones, or a past one.
    pub async fn get(&self, client: ClientId, id: EnrollmentId) -> Result<Option<Versioned>, StoreError> {
        if let Some(current) = self.get_among(client, CARD, id).await? {
            return Ok(Some(current));
        }
        let found = self.find(id).await?.filter(|stored| stored.enrollment().client_id == client);
        match found {
            Some(found) => Ok(Some(found)),
            // The index `by-id` is eventually consistent.
            None => self.get_among(client, PAST, id).await,
        }
    }

    /// An enrollment of this client whose sort key begins with `prefix`. The others are not decoded.
    async fn get_among(
        &self,
        client: ClientId,
        prefix: &str,
        id: EnrollmentId,
    ) -> Result<Option<Versioned>, StoreError> {
        let items = self.query_client(client, prefix).await?;
        let id = s(&id.to_string());
        let found = items.iter().find(|item| item.get("enrollmentId") == Some(&id));
        Ok(found.map(versioned).transpose()?.flatten())
    }

    /// An enrollment of any client by its id, in the eventually consistent index `by-id`: for a callback and for support, never
    /// for an app.
    pub async fn find(&self, id: EnrollmentId) -> Result<Option<Versioned>, StoreError> {
        let query = self.table.query_keys("by-id");
        let query = query.key_condition_expression("enrollmentId = :id");
        let found = query.expression_attribute_values(":id", s(&id.to_string())).send().await?;
        for item in self.table.batch_get(found.items.unwrap_or_default()).await? {
            let Some(stored) = versioned(&item)?.filter(|_| self.owns(&item)) else { continue };
            if stored.enrollment().enrollment_id == id {
                return Ok(Some(stored));
            }
            // The index still names the card enrollment, which holds a later enrollment now.
            let place = Place::of(stored.enrollment());
            if let Some(past) = self.load_past_record(&place, id).await? {
                return Ok(Versioned::new(Items { card: None, past: vec![past] }, id));
            }
        }
        Ok(None)
    }

    /// All enrollments of all clients: for exports, never for an app. Scans the whole table.
    pub fn all(&self) -> Pages {
        Pages { table: self.table.clone(), after: None, is_done: false }
    }

    /// The current enrollment of a card at a requestor, live or not.
    pub async fn current(
        &self,
        client: ClientId,
        card: CardContractId,
        requestor: &TokenRequestorId,
    ) -> Result<Option<Enrollment>, StoreError> {
        let place = Place { client, card, requestor: requestor.clone() };
        Ok(self.load_card(&place).await?.map(|card| card.current.enrollment))
    }

    /// At most `limit` enrollments of this client, newest first, of one card or of all; those older than `start`.
    ///
    /// Reads all of them for each page: the sort keys are ordered by card, not by time. `docs/scale.md` has the units.
    pub async fn list(
        &self,
        client: ClientId,
        card: Option<CardContractId>,
        limit: usize,
        start: Option<EnrollmentId>,
    ) -> Result<Page, StoreError> {
        let all = self.of_client_and_card(client, card).await?;
        let older = |stored: &Versioned| start.is_none_or(|start| stored.enrollment().enrollment_id < start);
        let mut enrollments: Vec<_> = all
            .into_iter()
            .filter(older)
            .map(Versioned::into_enrollment)
            .take(limit.saturating_add(1))
            .collect();
        let has_more = enrollments.len() > limit;
        enrollments.truncate(limit);
        let next = enrollments.last().map(|last| last.enrollment_id).filter(|_| has_more);
        Ok(Page { enrollments, next })
    }

    /// The enrollments of a card, of any client for which Processing confirmed the card: for support.
    pub async fn by_card(&self, card: CardContractId) -> Result<Vec<Enrollment>, StoreError> {
        Ok(self.confirmed(card).await?.into_iter().map(Versioned::into_enrollment).collect())
    }

    /// The enrollments of a card for which Processing confirmed the card, newest first. The index `by-card` is eventually
    /// consistent.
    pub(super) async fn confirmed(&self, card: CardContractId) -> Result<Vec<Versioned>, StoreError> {
        let query = self.table.query_keys("by-card");
        let query = query.key_condition_expression("cardKey = :card");
        let query = query.expression_attribute_values(":card", s(&self.card_key(card)));
        let keys: Vec<_> = query.into_paginator().items().send().try_collect().await?;
        self.versioned_items(self.table.batch_get(keys).await?)
    }

    /// All enrollments of a client, or those of one of its cards at all requestors; newest first.
    pub(super) async fn of_client_and_card(
        &self,
        client: ClientId,
        card: Option<CardContractId>,
    ) -> Result<Vec<Versioned>, StoreError> {
        let of_card = card.map_or_else(String::new, |card| format!("{card}#"));
        let mut all = self.of_client(client, &format!("{CARD}{of_card}")).await?;
        all.extend(self.of_client(client, &format!("{PAST}{of_card}")).await?);
        newest_first(&mut all);
        Ok(all)
    }

    /// The enrollments of a client whose sort keys begin with `prefix`.
    async fn of_client(&self, client: ClientId, prefix: &str) -> Result<Vec<Versioned>, StoreError> {
        self.versioned_items(self.query_client(client, prefix).await?)
    }

    fn versioned_items(&self, items: Vec<Item>) -> Result<Vec<Versioned>, StoreError> {
        let read: Result<Vec<_>, StoreError> = items.iter().map(versioned).collect();
        let mut enrollments: Vec<_> = read?.into_iter().flatten().collect();
        newest_first(&mut enrollments);
        Ok(enrollments)
    }

    /// The enrollments of its client, card and requestor that were requested after this one, by a new read: it may have lost its card
    /// since it was read.
    ///
    /// # Errors
    /// When its items cannot be read.
    pub async fn later_than(&self, enrollment: &Enrollment) -> Result<Vec<Enrollment>, StoreError> {
        let Items { card, past } = self.items_of(&Place::of(enrollment)).await?;
        let all = card.map(|card| card.current).into_iter().chain(past).map(|record| record.enrollment);
        Ok(all.filter(|other| other.enrollment_id > enrollment.enrollment_id).collect())
    }

    /// The items of one card that notifications may concern.
    pub(super) async fn items_of(&self, place: &Place) -> Result<Items, StoreError> {
        self.load(place, Command::Notify(&[])).await
    }

    /// Whether the item belongs to this tenant. Ids are unique, so only a test could tell.
    fn owns(&self, item: &Item) -> bool {
        item.get("tenant") == Some(&s(&self.table.tenant.to_string()))
    }
}
