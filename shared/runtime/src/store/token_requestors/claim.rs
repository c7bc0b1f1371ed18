//! The claim to the catalog: one refresh writes at a time, and only on top of the version that it read.

use aws_sdk_dynamodb::types::ConditionCheck;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    super::{
        StoreError,
        backoff::send_while_busy,
        table::{is_condition_error, n, s},
    },
    CATALOG, TokenRequestors,
    items::CatalogItem,
    number,
};

/// How long others respect a claim. A shorter time would be safe too, but refreshes would supersede each other more often.
const CLAIM: SignedDuration = SignedDuration::from_secs(20);

/// Another refresh has the claim, or wrote a version since this one read the catalog.
pub(super) struct Superseded;

impl TokenRequestors {
    /// Claims the catalog for this refresh. Fails if another refresh has the claim or wrote a version since `base` was read.
    pub(super) async fn claim(
        &self,
        base: &CatalogItem,
        refresh_id: Uuid,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, StoreError> {
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.requestors_key())).key("sk", s(CATALOG));
        let update = update.update_expression(
            "SET writer = :refresh, claimedAt = :now, tenant = :tenant, version = :version, #change = :base",
        );
        let update = update.condition_expression(
            "(attribute_not_exists(version) OR (version = :version AND #change = :base)) \
             AND (attribute_not_exists(writer) OR claimedAt < :expired)",
        );
        let expired = now.saturating_sub(CLAIM).unwrap_or(Timestamp::MIN);
        let update = update
            .expression_attribute_names("#change", "change")
            .expression_attribute_values(":refresh", s(&refresh_id.to_string()))
            .expression_attribute_values(":now", n(now.as_second()))
            .expression_attribute_values(":expired", n(expired.as_second()))
            .expression_attribute_values(":tenant", s(&self.0.tenant.to_string()))
            .expression_attribute_values(":version", number(base.version))
            .expression_attribute_values(":base", s(&base.change.to_string()));
        match send_while_busy(|| update.clone().send()).await {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_condition_error(&error) => Ok(Err(Superseded)),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets the time of the catalog, after a complete response without changes. Fails if another refresh wrote a version
    /// since `base` was read.
    pub(super) async fn touch(
        &self,
        base: &CatalogItem,
        now: Timestamp,
    ) -> Result<Result<(), Superseded>, StoreError> {
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.requestors_key())).key("sk", s(CATALOG));
        let update = update.update_expression("SET updatedAt = :now");
        let update = update.condition_expression("version = :version AND #change = :base");
        let update = update
            .expression_attribute_names("#change", "change")
            .expression_attribute_values(":now", s(&now.to_string()))
            .expression_attribute_values(":version", number(base.version))
            .expression_attribute_values(":base", s(&base.change.to_string()));
        match send_while_busy(|| update.clone().send()).await {
            Ok(_) => Ok(Ok(())),
            Err(error) if is_condition_error(&error) => Ok(Err(Superseded)),
            Err(error) => Err(error.into()),
        }
    }

    /// Condition of every transaction of a refresh: this refresh still has the claim.
    pub(super) fn still_claimed(&self, refresh_id: Uuid) -> Result<ConditionCheck, StoreError> {
        let check = ConditionCheck::builder().table_name(&self.0.name);
        let check = check.key("pk", s(&self.requestors_key())).key("sk", s(CATALOG));
        let check = check.condition_expression("writer = :refresh");
        Ok(check.expression_attribute_values(":refresh", s(&refresh_id.to_string())).build()?)
    }
}
