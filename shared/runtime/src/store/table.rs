//! A DynamoDB table, with the requests that both stores make.

use std::{collections::HashMap, str::FromStr};

use aws_sdk_dynamodb::{
    Client,
    operation::{get_item::builders::GetItemFluentBuilder, query::builders::QueryFluentBuilder},
    types::{AttributeValue, KeysAndAttributes},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    StoreError,
    backoff::backoff,
    projection::{Projection, projection},
};

/// Attributes by name.
pub(super) type Item = HashMap<String, AttributeValue>;

/// DynamoDB's limit for one `BatchGetItem`.
const BATCH: usize = 100;
/// Items that are read concurrently, if they are read one by one.
const CONCURRENT_READS: usize = 16;
/// Retries for the unprocessed keys of a batch.
const ATTEMPTS: u32 = 8;

/// The name of the bank. It is part of every partition key, so that one deployment could serve several banks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant(String);

impl Default for Tenant {
    fn default() -> Self {
        Self("default".into())
    }
}

impl FromStr for Tenant {
    type Err = InvalidTenant;

    fn from_str(raw: &str) -> Result<Self, InvalidTenant> {
        let valid = raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if valid && (1..=32).contains(&raw.len()) { Ok(Self(raw.into())) } else { Err(InvalidTenant) }
    }
}

impl std::fmt::Display for Tenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a tenant's name.
#[derive(Debug, thiserror::Error)]
#[error("a tenant must have 1 to 32 lower-case letters, digits and hyphens")]
pub struct InvalidTenant;

/// One DynamoDB table with keys `pk` and `sk`, for one tenant.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) db: Client,
    pub(super) name: String,
    pub(super) tenant: Tenant,
    /// The attributes that reads ask for; all if absent.
    pub(super) attributes: Option<&'static [&'static str]>,
}

impl Table {
    pub(super) fn new(db: Client, name: impl Into<String>, tenant: Tenant) -> Self {
        Self { db, name: name.into(), tenant, attributes: None }
    }

    /// Serializes a value as an item with these keys and the tenant.
    pub(super) fn item(&self, pk: &str, sk: &str, value: &impl Serialize) -> Result<Item, StoreError> {
        let mut item: Item = serde_dynamo::to_item(value)?;
        item.insert("pk".into(), s(pk));
        item.insert("sk".into(), s(sk));
        item.insert("tenant".into(), s(&self.tenant.to_string()));
        Ok(item)
    }

    /// One item, strongly consistent.
    pub(super) async fn get<T: DeserializeOwned>(&self, pk: &str, sk: &str) -> Result<Option<T>, StoreError> {
        self.request_of(pk, sk).send().await?.item.map(from_item).transpose()
    }

    /// The attributes of one item, strongly consistent.
    pub(super) async fn get_item(&self, pk: &str, sk: &str) -> Result<Option<Item>, StoreError> {
        Ok(self.request_of(pk, sk).send().await?.item)
    }

    fn request_of(&self, pk: &str, sk: &str) -> GetItemFluentBuilder {
        let request = self.db.get_item().table_name(&self.name).consistent_read(true);
        let request = request.key("pk", s(pk)).key("sk", s(sk));
        let (expression, names) = self.projection();
        request.set_projection_expression(expression).set_expression_attribute_names(names)
    }

    /// The projection of its reads.
    pub(super) fn projection(&self) -> Projection {
        projection(self.attributes)
    }

    /// A query of an index for the keys of items, which [`Self::batch_get`] reads then.
    pub(super) fn query_keys(&self, index: &str) -> QueryFluentBuilder {
        let query = self.db.query().table_name(&self.name).index_name(index);
        query.projection_expression("pk, sk")
    }

    /// Two items of one partition in one request, each strongly consistent.
    pub(super) async fn get_both(
        &self,
        pk: &str,
        first: &str,
        second: &str,
    ) -> Result<(Option<Item>, Option<Item>), StoreError> {
        let key = |sk| Item::from([("pk".into(), s(pk)), ("sk".into(), s(sk))]);
        let mut items = self.batch_get(vec![key(first), key(second)]).await?;
        let mut take = |sk| {
            let place = items.iter().position(|item| item.get("sk") == Some(&s(sk)))?;
            Some(items.swap_remove(place))
        };
        Ok((take(first), take(second)))
    }

    /// The current items with the keys of `index_items`, in that order, strongly consistent. Deleted items are left out. Only
    /// `pk` and `sk` of `index_items` are used.
    pub(super) async fn batch_get(&self, index_items: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let keys: Vec<_> = index_items.iter().filter_map(key_of).collect();
        if self.attributes.is_some() {
            // One by one: that policies limit the attributes of GetItem can be tested.
            let reads = stream::iter(keys).map(async |(pk, sk)| self.get_item(&pk, &sk).await);
            let items: Vec<_> = reads.buffered(CONCURRENT_READS).try_collect().await?;
            return Ok(items.into_iter().flatten().collect());
        }
        let mut found = HashMap::new();
        for batch in keys.chunks(BATCH) {
            let request =
                batch.iter().map(|(pk, sk)| Item::from([("pk".into(), s(pk)), ("sk".into(), s(sk))]));
            let request =
                KeysAndAttributes::builder().consistent_read(true).set_keys(Some(request.collect()));
            let mut unprocessed = Some(HashMap::from([(self.name.clone(), request.build()?)]));
            for attempt in 0.. {
                let output = self.db.batch_get_item().set_request_items(unprocessed.take()).send().await?;
                let items = output.responses.unwrap_or_default().into_values().flatten();
                found.extend(items.filter_map(|item| Some((key_of(&item)?, item))));
                unprocessed = output.unprocessed_keys.filter(|keys| !keys.is_empty());
                match unprocessed {
                    None => break,
                    Some(_) if attempt == ATTEMPTS => return Err(StoreError::Contended),
                    Some(_) => backoff(attempt).await,
                }
            }
        }
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }
}

/// Partition and sort key of an item.
fn key_of(item: &Item) -> Option<(String, String)> {
    let key = |name| item.get(name).and_then(|key: &AttributeValue| key.as_s().ok()).cloned();
    Some((key("pk")?, key("sk")?))
}

/// Deserializes an item. Its keys, tenant and unknown attributes are ignored.
pub(super) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(serde_dynamo::from_item(item)?)
}

/// A string attribute.
pub(super) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
pub(super) fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Whether a write failed because its condition did not hold (conditional check failure).
pub(super) fn is_condition_error<E: aws_sdk_dynamodb::error::ProvideErrorMetadata, R>(
    error: &aws_sdk_dynamodb::error::SdkError<E, R>,
) -> bool {
    use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
    error.code() == Some("ConditionalCheckFailedException")
}
