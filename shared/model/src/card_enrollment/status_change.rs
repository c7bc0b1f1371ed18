//! The change of an enrollment's status that a write makes, which the bank's other systems hear of.

use jiff::Timestamp;

use super::EnrollmentRecord;
use crate::enrollment::{Status, StatusReason};

/// A change of an enrollment's status or of whether it is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The status before; `None` if there is none.
    pub from: Option<Status>,
    /// The status.
    pub to: Status,
    /// Why, where the status alone does not explain it.
    pub reason: Option<StatusReason>,
    /// Whether no read of the token list is due any more.
    pub is_final: bool,
    /// When it was written.
    pub at: Timestamp,
    /// The attempt, from 1.
    pub attempt: u32,
}

impl EnrollmentRecord {
    /// The change from `before`, the record that was read, to this one. `None` if neither status nor finality changes, and
    /// for `PENDING`, which tells nobody anything new.
    pub fn status_change(&self, before: Option<&Self>, now: Timestamp) -> Option<StatusChange> {
        let id = self.enrollment.enrollment_id;
        let before = before.filter(|before| before.enrollment.enrollment_id == id);
        let is_final = self.due_at.is_none();
        let is_known =
            before.is_some_and(|before| before.status == self.status && before.due_at.is_none() == is_final);
        if is_known || self.status == Status::Pending {
            return None;
        }
        Some(StatusChange {
            from: before.map(|before| before.status),
            to: self.status,
            reason: self.enrollment.status_at(now).reason,
            is_final,
            at: now,
            attempt: self.enrollment.attempt().number,
        })
    }
}
