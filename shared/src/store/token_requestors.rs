//! The catalogue: one item a token requestor, plus one that says when it was last refreshed.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    StoreError, Tenant,
    table::{Table, from_item, is_condition, s},
};
use crate::{
    asset::{AssetId, Logo},
    config::{Host, Reader},
    token_requestor::{TokenRequestor, TokenRequestorId},
};

/// The catalogue as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    /// Counts changes; a reader that has this version has everything.
    pub version: u64,
    /// When Mastercard was last asked with success.
    pub updated_at: Timestamp,
}

/// What a refresh did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refreshed {
    /// New or different, and written.
    pub changed: Vec<TokenRequestorId>,
    /// No longer named by Mastercard: hidden, kept.
    pub retired: Vec<TokenRequestorId>,
}

/// A requestor as kept: with the date of its retirement, if it is retired.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    #[serde(flatten)]
    requestor: TokenRequestor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<Timestamp>,
}

/// The table `TokenRequestors`.
#[derive(Clone, Debug)]
pub struct TokenRequestors(Table);

const CATALOGUE: &str = "CATALOGUE";

impl TokenRequestors {
    /// From `TOKEN_REQUESTORS_TABLE` and `TENANT`.
    pub fn read(read: &mut Reader<'_>, host: &Host) -> Option<Self> {
        let name = read.required::<String>("TOKEN_REQUESTORS_TABLE");
        let tenant = read.or("TENANT", Tenant::default());
        Some(Self(Table::new(host.dynamodb(), name?, tenant?)))
    }

    fn partition(&self) -> String {
        format!("REQUESTORS#{}", self.0.tenant)
    }

    /// When and how often the catalogue changed; `None` before the first refresh.
    pub async fn catalogue(&self) -> Result<Option<Catalogue>, StoreError> {
        self.0.get(&self.partition(), CATALOGUE).await
    }

    /// One requestor, unless it is retired.
    pub async fn get(&self, id: &TokenRequestorId) -> Result<Option<TokenRequestor>, StoreError> {
        let kept: Option<Kept> = self.0.get(&self.partition(), &key(id)).await?;
        Ok(kept.filter(|kept| kept.retired_at.is_none()).map(|kept| kept.requestor))
    }

    /// All requestors that are not retired, by id.
    pub async fn list(&self) -> Result<Vec<TokenRequestor>, StoreError> {
        let kept = self.all().await?.into_iter().filter(|kept| kept.retired_at.is_none());
        Ok(kept.map(|kept| kept.requestor).collect())
    }

    async fn all(&self) -> Result<Vec<Kept>, StoreError> {
        let query = self.0.db.query().table_name(&self.0.name).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :requestor)");
        let query = query.expression_attribute_values(":pk", s(&self.partition()));
        let mut pages =
            query.expression_attribute_values(":requestor", s(&prefix())).into_paginator().items().send();
        let mut kept = Vec::new();
        while let Some(item) = pages.try_next().await? {
            kept.push(from_item(item)?);
        }
        Ok(kept)
    }

    /// Use-case step 4, first half: writes what differs, hides what is gone, then moves the catalogue on.
    /// An empty list is taken for a fault and changes nothing. Logos stay as they are.
    pub async fn refresh(&self, fresh: Vec<TokenRequestor>, now: Timestamp) -> Result<Refreshed, StoreError> {
        let mut done = Refreshed::default();
        if fresh.is_empty() {
            return Ok(done);
        }
        let known = self.all().await?;
        for mut requestor in fresh.iter().cloned() {
            let before =
                known.iter().find(|kept| kept.requestor.token_requestor_id == requestor.token_requestor_id);
            if let Some(before) = before {
                requestor.logos.clone_from(&before.requestor.logos);
                requestor.logo_asset_id.clone_from(&before.requestor.logo_asset_id);
            }
            if before.is_some_and(|before| before.requestor == requestor && before.retired_at.is_none()) {
                continue;
            }
            done.changed.push(requestor.token_requestor_id.clone());
            self.put(Kept { requestor, retired_at: None }).await?;
        }
        for kept in known {
            let id = &kept.requestor.token_requestor_id;
            if kept.retired_at.is_none() && fresh.iter().all(|requestor| requestor.token_requestor_id != *id)
            {
                done.retired.push(id.clone());
                self.put(Kept { retired_at: Some(now), ..kept }).await?;
            }
        }
        self.move_on(now, done != Refreshed::default()).await?;
        Ok(done)
    }

    /// Use-case step 4, second half: the logos of an artwork, unless the requestor has newer artwork by now.
    pub async fn set_logos(
        &self,
        id: &TokenRequestorId,
        asset: &AssetId,
        logos: &[Logo],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.partition())).key("sk", s(&key(id)));
        let update = update.update_expression("SET logos = :logos, logoAssetId = :asset");
        let update = update.condition_expression("imageAssetId = :asset");
        let update = update.expression_attribute_values(":asset", s(asset.as_str()));
        let logos: AttributeValue = serde_dynamo::to_attribute_value(logos)?;
        match update.expression_attribute_values(":logos", logos).send().await {
            Ok(_) => self.move_on_keeping_time(now).await.map(|()| true),
            Err(error) if is_condition(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(&self, kept: Kept) -> Result<(), StoreError> {
        let item = self.0.item(&self.partition(), &key(&kept.requestor.token_requestor_id), &kept)?;
        self.0.db.put_item().table_name(&self.0.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// A refresh succeeded: the time moves always, the version only with a change.
    async fn move_on(&self, now: Timestamp, changed: bool) -> Result<(), StoreError> {
        self.update_catalogue("SET updatedAt = :now, tenant = :tenant ADD version :step", now, changed).await
    }

    /// Logos changed: readers must notice, but Mastercard was not asked for the list again.
    async fn move_on_keeping_time(&self, now: Timestamp) -> Result<(), StoreError> {
        let expression = "SET updatedAt = if_not_exists(updatedAt, :now), tenant = :tenant ADD version :step";
        self.update_catalogue(expression, now, true).await
    }

    async fn update_catalogue(
        &self,
        expression: &str,
        now: Timestamp,
        changed: bool,
    ) -> Result<(), StoreError> {
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update =
            update.key("pk", s(&self.partition())).key("sk", s(CATALOGUE)).update_expression(expression);
        let update = update.expression_attribute_values(":now", s(&now.to_string()));
        let update = update.expression_attribute_values(":tenant", s(&self.0.tenant.to_string()));
        update.expression_attribute_values(":step", super::table::n(changed.into())).send().await?;
        Ok(())
    }
}

fn prefix() -> String {
    "REQUESTOR#".into()
}

fn key(id: &TokenRequestorId) -> String {
    format!("{}{id}", prefix())
}
