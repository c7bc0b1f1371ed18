//! The items of one card at one requestor: as they were read, and what is to be written.

use super::{CardEnrollment, EnrollmentRecord, Outcome};
use crate::enrollment::EnrollmentId;

/// The items of one card at one requestor, as they were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Items {
    /// The card enrollment; `None` if there was never an enrollment.
    pub card: Option<CardEnrollment>,
    /// Past enrollments, as far as the command may concern them.
    pub past: Vec<EnrollmentRecord>,
}

impl Items {
    /// The enrollment with this id, current or past.
    pub fn find(&self, id: EnrollmentId) -> Option<&EnrollmentRecord> {
        let current = self.card.iter().map(|card| &card.current);
        current.chain(&self.past).find(|record| record.enrollment.enrollment_id == id)
    }
}

/// The items to write, in one transaction if there are several. Each is written on condition that the stored revision is one
/// less than the new one; with revision 1 that there is no such item.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The outcome, once everything is written.
    pub outcome: Outcome,
    /// The card enrollment, if it changes.
    pub card: Option<CardEnrollment>,
    /// Past enrollments that change; with revision 1 the one that a new enrollment takes the card from.
    pub past: Vec<EnrollmentRecord>,
}

impl Change {
    /// Nothing is to be written.
    pub(super) fn none(outcome: Outcome) -> Self {
        Self { outcome, card: None, past: Vec::new() }
    }
}
