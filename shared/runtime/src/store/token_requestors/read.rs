//! Reads the catalog: always one whole version.

use serde::de::DeserializeOwned;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{from_item, s},
    },
    ASSET, CATALOG, CHANGE, REQUESTOR, TokenRequestors,
    items::{CatalogItem, RequestorItem, StaleRead},
    requestor_sort_key,
};
use mastercard::{
    asset::{Asset, Logo},
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use model::catalog::{Catalog, CatalogEntry, ChangeRecord, Snapshot};

/// Attempts of a reader against refreshes that write at the same time.
const ATTEMPTS: u32 = 5;

impl TokenRequestors {
    /// The version that readers see; `None` before the first refresh. Reads one small item.
    pub async fn catalog(&self) -> Result<Option<Catalog>, StoreError> {
        Ok(self.catalog_item().await?.visible())
    }

    /// One requestor, unless it is retired.
    pub async fn get(&self, id: &TokenRequestorId) -> Result<Option<TokenRequestor>, StoreError> {
        let offered = self.entry(id).await?.filter(|entry| entry.retired_at.is_none());
        Ok(offered.map(|entry| entry.requestor))
    }

    /// One requestor, retired or not, with its logos: those of its current artwork, or else of the earlier one.
    pub async fn get_with_logos(
        &self,
        id: &TokenRequestorId,
    ) -> Result<Option<(TokenRequestor, Vec<Logo>)>, StoreError> {
        let Some(CatalogEntry { requestor, earlier_asset_id, .. }) = self.entry(id).await? else {
            return Ok(None);
        };
        for asset in requestor.image_asset_id.iter().chain(&earlier_asset_id) {
            let asset: Option<Asset> = self.0.get(&self.assets_key(), &format!("{ASSET}{asset}")).await?;
            if let Some(Asset { logos, .. }) = asset.filter(|asset| !asset.logos.is_empty()) {
                return Ok(Some((requestor, logos)));
            }
        }
        Ok(Some((requestor, Vec::new())))
    }

    async fn entry(&self, id: &TokenRequestorId) -> Result<Option<CatalogEntry>, StoreError> {
        for attempt in 0..ATTEMPTS {
            // One request for both items keeps the time between the two reads short.
            let (catalog, item) =
                self.0.get_both(&self.requestors_key(), CATALOG, &requestor_sort_key(id)).await?;
            let catalog: CatalogItem = catalog.map(from_item).transpose()?.unwrap_or_default();
            let item: Option<RequestorItem> = item.map(from_item).transpose()?;
            match item.as_ref().map_or(Ok(None), |item| item.visible_in(&catalog)) {
                Ok(version) => return Ok(version.map(|version| version.entry.clone())),
                Err(StaleRead) => backoff(attempt).await,
            }
        }
        Err(StoreError::Contended)
    }

    /// The whole catalog.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        for attempt in 0..ATTEMPTS {
            let catalog = self.catalog_item().await?;
            let (items, assets) = tokio::try_join!(self.requestor_items(), self.asset_items())?;
            match snapshot(&catalog, &items, assets) {
                Ok(snapshot) => return Ok(snapshot),
                Err(StaleRead) => backoff(attempt).await,
            }
        }
        Err(StoreError::Contended)
    }

    /// The changes of the last `limit` refreshes that changed something, newest first.
    pub async fn changes(&self, limit: usize) -> Result<Vec<ChangeRecord>, StoreError> {
        let query = self.0.db.query().table_name(&self.0.name).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :kind)");
        let query = query.expression_attribute_values(":pk", s(&self.requestors_key()));
        let query = query.expression_attribute_values(":kind", s(CHANGE)).scan_index_forward(false);
        let page = query.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send().await?;
        page.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    pub(super) async fn catalog_item(&self) -> Result<CatalogItem, StoreError> {
        Ok(self.0.get(&self.requestors_key(), CATALOG).await?.unwrap_or_default())
    }

    pub(super) async fn requestor_items(&self) -> Result<Vec<RequestorItem>, StoreError> {
        self.all(&self.requestors_key(), REQUESTOR).await
    }

    pub(super) async fn asset_items(&self) -> Result<Vec<Asset>, StoreError> {
        self.all(&self.assets_key(), ASSET).await
    }

    async fn all<T: DeserializeOwned>(&self, pk: &str, kind: &str) -> Result<Vec<T>, StoreError> {
        let query = self.0.db.query().table_name(&self.0.name).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :kind)");
        let query = query.expression_attribute_values(":pk", s(pk));
        let mut pages = query.expression_attribute_values(":kind", s(kind)).into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(item) = pages.try_next().await? {
            all.push(from_item(item)?);
        }
        Ok(all)
    }
}

/// The catalog of these items, in the version that `catalog` names.
pub(super) fn snapshot(
    catalog: &CatalogItem,
    items: &[RequestorItem],
    assets: Vec<Asset>,
) -> Result<Snapshot, StaleRead> {
    let mut entries = std::collections::BTreeMap::new();
    for item in items {
        if let Some(version) = item.visible_in(catalog)? {
            entries.insert(version.entry.requestor.token_requestor_id.clone(), version.entry.clone());
        }
    }
    let assets = assets.into_iter().map(|asset| (asset.asset_id.clone(), asset)).collect();
    Ok(Snapshot { catalog: catalog.visible(), entries, assets })
}
