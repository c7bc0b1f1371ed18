//! Writing a new version: claim, stage, commit. Whoever claims last writes; the one before notices at its next
//! transaction and begins anew. A writer that dies leaves nothing that a reader would see.

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

/// What a refresh wants written.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Requestors as they should be, those only that differ.
    pub write: Vec<CatalogEntry>,
    /// What that means to people.
    pub change: Change,
    /// Mastercard answered for all account ranges: the catalog is as new as now.
    pub complete: bool,
}

/// Requestors in one transaction. DynamoDB takes 100 items and 4 MB; a requestor with a thousand ranges has 50 kB in two
/// versions.
const AT_ONCE: usize = 25;
/// Attempts of a refresh against others that write: enough to outlast the claim of one that died.
const ATTEMPTS: u32 = 24;
/// Between two looks at another refresh that is at work.
const PAUSE: Duration = Duration::from_secs(1);

impl TokenRequestors {
    /// Use-case step 4, first half: one new version of the catalog, if `plan` finds something to write; `None` if it does
    /// not. `plan` is asked again, about the newest state, when another refresh came between; what it says beside the
    /// plan comes back. Without a change nothing is written but the time, and only after a complete answer.
    ///
    /// # Errors
    /// [`StoreError::Contended`] when others write all the time.
    pub async fn refresh<R>(
        &self,
        now: Timestamp,
        plan: impl Fn(&Snapshot) -> (Plan, R),
    ) -> Result<(Option<ChangeRecord>, R), StoreError> {
        let began = Instant::now();
        for attempt in 0..ATTEMPTS {
            let base = self.catalog_item().await?;
            let (items, assets) = tokio::try_join!(self.requestor_items(), self.asset_items())?;
            let Ok(seen) = snapshot(&base, &items, assets) else {
                backoff(attempt).await;
                continue;
            };
            let (plan, beside) = plan(&seen);
            let written = match plan.write.is_empty() {
                false => self.write(&base, &items, plan, now, began.elapsed()).await?.map(Some),
                true if plan.complete && base.visible().is_some() => {
                    self.touch(&base, now).await?.map(|()| None)
                }
                true => Ok(None),
            };
            match written {
                Ok(changed) => return Ok((changed, beside)),
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
        let me = Uuid::new_v4();
        if let Err(superseded) = self.claim(base, me, now.saturating_add(waited).unwrap_or(now)).await? {
            return Ok(Err(superseded));
        }
        let Plan { write, change, complete } = plan;
        let version = base.version.saturating_add(1);
        let staged = self.staged(base, items, write, version, me)?;
        for items in staged.chunks(AT_ONCE) {
            let mut items = items.to_vec();
            items.push(TransactWriteItem::builder().condition_check(self.still(me)?).build());
            if let Err(superseded) = self.transact(items).await? {
                return Ok(Err(superseded));
            }
        }
        let changed = ChangeRecord { version, at: now, change };
        let committed = self.transact(self.commit(&changed, me, complete)?).await?;
        Ok(committed.map(|()| changed))
    }
}
