//! Who may write: one refresh at a time, and only on top of what it read.

use aws_sdk_dynamodb::types::ConditionCheck;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    super::{
        StoreError,
        table::{is_condition_error, n, s},
    },
    CATALOG, TokenRequestors,
    items::CatalogItem,
    number,
};

/// How long another refresh is left alone. Taking over earlier would be safe, only impolite.
const CLAIM: SignedDuration = SignedDuration::from_secs(20);

/// Another refresh writes now, or wrote since this one read.
pub(super) struct Superseded;

impl TokenRequestors {
    /// From now on this refresh writes, if nobody else does and no version came since it read.
    pub(super) async fn claim(
        &self,
        base: &CatalogItem,
        me: Uuid,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, StoreError> {
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.requestors())).key("sk", s(CATALOG));
        let update = update.update_expression(
            "SET writer = :me, claimedAt = :now, tenant = :tenant, version = :version, #change = :base",
        );
        let update = update.condition_expression(
            "(attribute_not_exists(version) OR (version = :version AND #change = :base)) \
             AND (attribute_not_exists(writer) OR claimedAt < :expired)",
        );
        let expired = now.saturating_sub(CLAIM).unwrap_or(Timestamp::MIN);
        let update = update
            .expression_attribute_names("#change", "change")
            .expression_attribute_values(":me", s(&me.to_string()))
            .expression_attribute_values(":now", n(now.as_second()))
            .expression_attribute_values(":expired", n(expired.as_second()))
            .expression_attribute_values(":tenant", s(&self.0.tenant.to_string()))
            .expression_attribute_values(":version", number(base.version))
            .expression_attribute_values(":base", s(&base.change.to_string()));
        match update.send().await {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_condition_error(&error) => Ok(Err(Superseded)),
            Err(error) => Err(error.into()),
        }
    }

    /// Nothing changed; after a complete answer the time moves, unless another refresh changed something since.
    pub(super) async fn touch(
        &self,
        base: &CatalogItem,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, StoreError> {
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.requestors())).key("sk", s(CATALOG));
        let update = update.update_expression("SET updatedAt = :now");
        let update = update.condition_expression("version = :version AND #change = :base");
        let update = update
            .expression_attribute_names("#change", "change")
            .expression_attribute_values(":now", s(&now.to_string()))
            .expression_attribute_values(":version", number(base.version))
            .expression_attribute_values(":base", s(&base.change.to_string()));
        match update.send().await {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_condition_error(&error) => Ok(Err(Superseded)),
            Err(error) => Err(error.into()),
        }
    }

    /// Part of every transaction of a refresh: it fails once somebody else has claimed.
    pub(super) fn still(&self, me: Uuid) -> Result<ConditionCheck, StoreError> {
        let check = ConditionCheck::builder().table_name(&self.0.name);
        let check = check.key("pk", s(&self.requestors())).key("sk", s(CATALOG));
        let check = check.condition_expression("writer = :me");
        Ok(check.expression_attribute_values(":me", s(&me.to_string())).build()?)
    }
}
