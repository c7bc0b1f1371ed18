//! Starts enrollments and attempts.

use jiff::Timestamp;
use model::card_enrollment::{Command, Items, NewEnrollment, Refusal, Restart, decide};

use super::{super::StoreError, Enrollments, Versioned, item::Place};

impl Enrollments {
    /// Starts a new enrollment with one conditional write, once for its idempotency key and only if no live enrollment locks
    /// the card at the requestor. Returns the enrollment as it was written, or why none was started.
    pub async fn begin(
        &self,
        new: &NewEnrollment,
        now: Timestamp,
    ) -> Result<Result<Versioned, Refusal>, StoreError> {
        let place = Place::of(&new.enrollment);
        let executed = self.execute(&place, Items::default(), Command::Begin(new), now).await?;
        Ok(executed.and_then(|executed| {
            Versioned::new(executed.items, new.enrollment.enrollment_id).ok_or(Refusal::NotFound)
        }))
    }

    /// Why [`begin`](Self::begin) would start no enrollment, without a write: `None` if it would.
    pub async fn refusal_of(
        &self,
        new: &NewEnrollment,
        now: Timestamp,
    ) -> Result<Option<Refusal>, StoreError> {
        let command = Command::Begin(new);
        let items = self.load(&Place::of(&new.enrollment), command).await?;
        Ok(decide(&items, command, now).err())
    }

    /// Starts another attempt of an enrollment that was just read. The redirect of the attempt before ends.
    pub async fn restart(
        &self,
        current: Versioned,
        restart: &Restart,
        now: Timestamp,
    ) -> Result<Result<Versioned, Refusal>, StoreError> {
        let place = Place::of(current.enrollment());
        let command = Command::Restart(restart);
        // Whether a later enrollment locks the card is in the card enrollment.
        let items = match current.is_past() {
            true => self.load(&place, command).await?,
            false => current.into_items(),
        };
        let executed = self.execute(&place, items, command, now).await?;
        Ok(executed.and_then(|executed| {
            Versioned::new(executed.items, restart.enrollment_id).ok_or(Refusal::NotFound)
        }))
    }
}
