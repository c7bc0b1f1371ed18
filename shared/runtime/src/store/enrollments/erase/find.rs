//! Finds what is stored of one client.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use mastercard::card::{CardContractId, ClientId};

use super::{
    super::{
        super::{
            StoreError,
            table::{Item, s},
        },
        Enrollments, Versioned,
        load::versioned,
        token_changes::TOKEN,
    },
    ClientData, ItemKind, StoredItem, UnreadableItem,
};

/// DynamoDB's limit for the operands of `IN`.
const OPERANDS: usize = 100;

impl Enrollments {
    /// Everything that is stored of a client: its partition, and the notifications of the inbox that name it or, without a
    /// client, one of its cards. Items that cannot be read do not stop it. `progress` gets the number of items that were scanned.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn client_data(
        &self,
        client_id: ClientId,
        progress: impl FnMut(usize),
    ) -> Result<ClientData, StoreError> {
        let query = self.table.db.query().table_name(&self.table.name).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", s(&self.client_key(client_id)));
        let partition: Vec<Item> = query.into_paginator().items().send().try_collect().await?;
        let (mut enrollments, mut stored_enrollments, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let mut unreadable = Vec::new();
        for item in &partition {
            match versioned(item) {
                Ok(Some(stored)) => {
                    enrollments.push(Versioned::into_enrollment(stored));
                    stored_enrollments.extend(StoredItem::new(ItemKind::Enrollment, item));
                }
                Ok(None) => {
                    let kind =
                        if sort_key(item).starts_with(TOKEN) { ItemKind::Token } else { ItemKind::Counter };
                    others.extend(StoredItem::new(kind, item));
                }
                Err(error) => unreadable.push(UnreadableItem { sort_key: sort_key(item), error }),
            }
        }
        // A request may name any card. The notifications of a card that is not confirmed are another client's.
        let confirmed = enrollments.iter().filter(|enrollment| enrollment.is_card_confirmed());
        let cards = confirmed.map(|enrollment| enrollment.card_contract_id).collect();
        let mut items = self.notifications_of(client_id, &cards, progress).await?;
        items.extend(others);
        items.extend(stored_enrollments);
        Ok(ClientData { client_id, enrollments, unreadable, items })
    }

    /// The inbox's notifications of a client, by a scan of the whole table.
    async fn notifications_of(
        &self,
        client: ClientId,
        cards: &BTreeSet<CardContractId>,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<StoredItem>, StoreError> {
        let scan = self.scan_inbox(client, cards);
        let (mut found, mut scanned, mut after) = (Vec::new(), 0_usize, None);
        loop {
            let page = scan.clone().set_exclusive_start_key(after.take()).send().await?;
            scanned = scanned.saturating_add(usize::try_from(page.scanned_count).unwrap_or_default());
            progress(scanned);
            let items = page.items.unwrap_or_default();
            found.extend(items.iter().filter_map(|item| StoredItem::new(ItemKind::Notification, item)));
            after = page.last_evaluated_key;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    fn scan_inbox(&self, client: ClientId, cards: &BTreeSet<CardContractId>) -> ScanFluentBuilder {
        let mut scan = self.table.db.scan().table_name(&self.table.name).consistent_read(true);
        let inbox = format!("INBOX#{}#", self.table.tenant);
        scan = scan
            .projection_expression("pk, sk")
            .expression_attribute_names("#notification", "notification")
            .expression_attribute_names("#client", "clientId")
            .expression_attribute_values(":inbox", s(&inbox))
            .expression_attribute_values(":client", s(&client.to_string()));
        let mut filter = "#notification.#client = :client".to_owned();
        let names: Vec<_> = (0..cards.len()).map(|number| format!(":card{number}")).collect();
        for (name, card) in names.iter().zip(cards) {
            scan = scan.expression_attribute_values(name, s(&card.to_string()));
        }
        for names in names.chunks(OPERANDS) {
            scan = scan.expression_attribute_names("#card", "cardContractId");
            filter.push_str(" OR (attribute_not_exists(#notification.#client) AND #notification.#card IN (");
            filter.push_str(&names.join(", "));
            filter.push_str("))");
        }
        scan.filter_expression(format!("begins_with(pk, :inbox) AND ({filter})"))
    }
}

fn sort_key(item: &Item) -> String {
    item.get("sk").and_then(|key| key.as_s().ok()).cloned().unwrap_or_default()
}

impl StoredItem {
    /// `None` if a key is missing, which no item of a table lacks.
    fn new(kind: ItemKind, item: &Item) -> Option<Self> {
        let attribute = |name| item.get(name).cloned();
        Some(Self { kind, pk: attribute("pk")?, sk: attribute("sk")?, revision: attribute("revision") })
    }
}
