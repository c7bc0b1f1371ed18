//! The transactions of a refresh: some stage the new versions beside the visible ones, the last makes them visible.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use serde::Serialize;
use uuid::Uuid;

use super::{
    super::{
        StoreError,
        table::{Item, s},
        transaction::{ConditionFailed, send_transaction},
    },
    CATALOG, CHANGE, TokenRequestors,
    claim::Superseded,
    items::{CatalogItem, RequestorItem, RequestorVersion},
    number, requestor_sort_key,
};
use model::catalog::{CatalogEntry, ChangeRecord};

impl TokenRequestors {
    /// The items to write, each with the visible version and the new one. Versions that a crashed refresh left are deleted.
    pub(super) fn staged(
        &self,
        base: &CatalogItem,
        items: &[RequestorItem],
        write: Vec<CatalogEntry>,
        version: u64,
        change: Uuid,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let id = |item: &RequestorItem| {
            item.versions.first().map(|version| version.entry.requestor.token_requestor_id.clone())
        };
        let mut before: BTreeMap<_, _> = items.iter().filter_map(|item| Some((id(item)?, item))).collect();
        let mut staged = Vec::new();
        for entry in write {
            let id = entry.requestor.token_requestor_id.clone();
            let visible = before.remove(&id).and_then(|item| item.visible_in(base).ok().flatten()).cloned();
            let versions = visible.into_iter().chain([RequestorVersion { version, change, entry }]).collect();
            staged.push(self.put(&requestor_sort_key(&id), &RequestorItem { versions })?);
        }
        for (id, item) in before.into_iter().filter(|(_, item)| item.has_leftovers(base)) {
            staged.push(match item.visible_in(base).ok().flatten() {
                Some(visible) => {
                    self.put(&requestor_sort_key(&id), &RequestorItem { versions: vec![visible.clone()] })?
                }
                None => self.delete(&requestor_sort_key(&id))?,
            });
        }
        Ok(staged)
    }

    /// Makes the version visible and stores the record of its changes.
    pub(super) fn commit(
        &self,
        changed: &ChangeRecord,
        refresh_id: Uuid,
        complete: bool,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let update = Update::builder().table_name(&self.0.name);
        let update = update.key("pk", s(&self.requestors_key())).key("sk", s(CATALOG));
        let update = update.update_expression(match complete {
            true => "SET version = :version, #change = :refresh, updatedAt = :now REMOVE writer, claimedAt",
            false => "SET version = :version, #change = :refresh REMOVE writer, claimedAt",
        });
        let update =
            update.condition_expression("writer = :refresh").expression_attribute_names("#change", "change");
        let update = update.expression_attribute_values(":version", number(changed.version));
        let mut update = update.expression_attribute_values(":refresh", s(&refresh_id.to_string()));
        if complete {
            update = update.expression_attribute_values(":now", s(&changed.at.to_string()));
        }
        // Padded with zeros, so that the text sorts like the number.
        let record = self.put(&format!("{CHANGE}{:020}", changed.version), changed)?;
        Ok(vec![TransactWriteItem::builder().update(update.build()?).build(), record])
    }

    /// Sends a transaction until it succeeds or a condition fails.
    pub(super) async fn transact(
        &self,
        items: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Superseded>, StoreError> {
        Ok(send_transaction(&self.0.db, &items).await?.map_err(|ConditionFailed| Superseded))
    }

    fn put(&self, sk: &str, value: &impl Serialize) -> Result<TransactWriteItem, StoreError> {
        let item: Item = self.0.item(&self.requestors_key(), sk, value)?;
        let put = Put::builder().table_name(&self.0.name).set_item(Some(item)).build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn delete(&self, sk: &str) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder().table_name(&self.0.name);
        let delete = delete.key("pk", s(&self.requestors_key())).key("sk", s(sk)).build()?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
