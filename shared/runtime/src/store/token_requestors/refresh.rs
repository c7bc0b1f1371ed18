//! Writes a new version of the catalog: claim, stage, commit. If another refresh takes over the claim, the next
//! transaction of this one fails and it starts over. Readers see nothing of a refresh that did not commit.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    super::{StoreError, backoff::backoff},
    TokenRequestors,
    claim::Superseded,
    items::{CatalogItem, RequestorItem},
    read::snapshot,
};
use model::catalog::{CatalogEntry, Change, ChangeRecord, Snapshot};

/// The writes of a refresh.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The requestors that differ from the catalog, in their new form.
    pub write: Vec<CatalogEntry>,
    /// The same changes by kind, for the history.
    pub change: Change,
    /// Whether Mastercard answered for all account ranges. Only then the catalog's time is set.
    pub complete: bool,
}

/// Most requestors of one transaction. DynamoDB takes 100 items and 4 MB; a requestor with a thousand ranges has 50 kB
/// in two versions.
const MAX_REQUESTORS_PER_TRANSACTION: usize = 25;
/// Attempts of a refresh against others: enough to outlast the claim of one that crashed.
const ATTEMPTS: u32 = 24;
/// The pause while another refresh has the claim.
const PAUSE: Duration = Duration::from_secs(1);

impl TokenRequestors {
    /// Use-case step 4, first half: writes one new version of the catalog, if `plan` returns changes. Otherwise returns
    /// `None`, and sets the catalog's time if the plan is complete. If another refresh was first, `plan` is called again
    /// with the newest version. The second value that `plan` returns is passed through.
    ///
    /// # Errors
    /// [`StoreError::Contended`] when other refreshes were first in every attempt.
    pub async fn refresh<R>(
        &self,
        now: Timestamp,
        plan: impl Fn(&Snapshot) -> (Plan, R),
    ) -> Result<(Option<ChangeRecord>, R), StoreError> {
        let began = Instant::now();
        for attempt in 0..ATTEMPTS {
            let base = self.catalog_item().await?;
            let (items, assets) = tokio::try_join!(self.requestor_items(), self.asset_items())?;
            let Ok(current) = snapshot(&base, &items, assets) else {
                backoff(attempt).await;
                continue;
            };
            let (plan, result) = plan(&current);
            let written = match plan.write.is_empty() {
                false => self.write(&base, &items, plan, now, began.elapsed()).await?.map(Some),
                true if plan.complete && base.visible().is_some() => {
                    self.touch(&base, now).await?.map(|()| None)
                }
                true => Ok(None),
            };
            match written {
                Ok(changed) => return Ok((changed, result)),
                Err(Superseded) => tokio::time::sleep(PAUSE).await,
            }
        }
        Err(StoreError::Contended)
    }

    async fn write(
        &self,
        base: &CatalogItem,
        items: &[RequestorItem],
        plan: Plan,
        now: Timestamp,
        waited: Duration,
    ) -> Result<Result<ChangeRecord, Superseded>, StoreError> {
        let refresh_id = Uuid::new_v4();
        if let Err(superseded) =
            self.claim(base, refresh_id, now.saturating_add(waited).unwrap_or(now)).await?
        {
            return Ok(Err(superseded));
        }
        let Plan { write, change, complete } = plan;
        let version = base.version.saturating_add(1);
        let staged = self.staged(base, items, write, version, refresh_id)?;
        for items in staged.chunks(MAX_REQUESTORS_PER_TRANSACTION) {
            let mut items = items.to_vec();
            items.push(TransactWriteItem::builder().condition_check(self.still_claimed(refresh_id)?).build());
            if let Err(superseded) = self.transact(items).await? {
                return Ok(Err(superseded));
            }
        }
        let changed = ChangeRecord { version, at: now, change };
        let committed = self.transact(self.commit(&changed, refresh_id, complete)?).await?;
        Ok(committed.map(|()| changed))
    }
}
