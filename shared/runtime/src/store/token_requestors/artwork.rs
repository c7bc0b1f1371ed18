//! Records assets. The same transaction counts up the catalog's `artwork`, by which readers notice them.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{n, s},
        transaction::cancellation_reasons,
    },
    ASSET, CATALOG, TokenRequestors,
};
use mastercard::asset::Asset;

/// Most assets of one transaction.
pub const MAX_ASSETS_PER_TRANSACTION: usize = 25;
/// Attempts against concurrent writers of the catalog.
const ATTEMPTS: u32 = 24;

impl TokenRequestors {
    /// Use-case step 4, second half: records assets whose files are stored. Each batch of
    /// [`MAX_ASSETS_PER_TRANSACTION`] assets is one transaction, which records all of them or none.
    pub async fn record_assets(&self, assets: &[Asset]) -> Result<(), StoreError> {
        for assets in assets.chunks(MAX_ASSETS_PER_TRANSACTION) {
            self.record(assets).await?;
        }
        Ok(())
    }

    async fn record(&self, assets: &[Asset]) -> Result<(), StoreError> {
        let count_up = Update::builder().table_name(&self.0.name);
        let count_up = count_up.key("pk", s(&self.requestors_key())).key("sk", s(CATALOG));
        let count_up = count_up.update_expression("SET tenant = :tenant ADD artwork :one");
        let count_up = count_up.expression_attribute_values(":tenant", s(&self.0.tenant.to_string()));
        let count_up = count_up.expression_attribute_values(":one", n(1)).build()?;
        let mut items = vec![TransactWriteItem::builder().update(count_up).build()];
        for asset in assets {
            let item = self.0.item(&self.assets_key(), &format!("{ASSET}{}", asset.asset_id), asset)?;
            let put = Put::builder().table_name(&self.0.name).set_item(Some(item)).build()?;
            items.push(TransactWriteItem::builder().put(put).build());
        }
        for attempt in 0..ATTEMPTS {
            let sent = self.0.db.transact_write_items().set_transact_items(Some(items.clone())).send();
            let Err(error) = sent.await else { return Ok(()) };
            if error.as_service_error().and_then(cancellation_reasons).is_none() {
                return Err(error.into());
            }
            backoff(attempt).await;
        }
        Err(StoreError::Contended)
    }
}
