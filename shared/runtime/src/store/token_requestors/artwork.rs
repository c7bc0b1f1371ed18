//! Records assets. The same transaction counts up the catalog's `artwork`, by which readers notice them.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};

use super::{
    super::{
        StoreError,
        table::{n, s},
        transaction::{ConditionFailed, send_transaction},
    },
    ASSET, CATALOG, TokenRequestors,
};
use mastercard::asset::Asset;

/// Most assets of one transaction.
pub const MAX_ASSETS_PER_TRANSACTION: usize = 25;

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
        // It has no condition that could fail.
        send_transaction(&self.0.db, &items).await?.map_err(|ConditionFailed| StoreError::Contended)
    }
}
