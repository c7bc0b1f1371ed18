//! Optimistic concurrency control: an enrollment with the items that it was read from or written to. A write names the
//! revisions that it builds on and fails if another write came first.

use jiff::Timestamp;
use model::{
    card_enrollment::{Command, EnrollmentRecord, Items, Restart, SealedRedirect, decide},
    enrollment::{Enrollment, EnrollmentId},
};

/// An enrollment with the items of its card, as far as they were read.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned {
    items: Items,
    record: EnrollmentRecord,
}

impl Versioned {
    /// `None` if the enrollment is not among the items.
    pub(super) fn new(items: Items, id: EnrollmentId) -> Option<Self> {
        let record = items.find(id)?.clone();
        Some(Self { items, record })
    }

    /// The enrollment.
    pub fn enrollment(&self) -> &Enrollment {
        &self.record.enrollment
    }

    /// The enrollment, without its revision.
    pub fn into_enrollment(self) -> Enrollment {
        self.record.enrollment
    }

    /// The enrollment with its requests.
    pub fn record(&self) -> &EnrollmentRecord {
        &self.record
    }

    /// The redirect of an attempt, sealed, while it is stored: the push is recorded and the receipts are unused.
    pub fn redirect(&self, attempt: u32) -> Option<&SealedRedirect> {
        let card = self.items.card.as_ref()?;
        let is_current = card.current.enrollment.enrollment_id == self.record.enrollment.enrollment_id;
        card.redirect.as_ref().filter(|redirect| is_current && redirect.attempt == attempt)
    }

    /// The same, until it expires for the app.
    pub fn unexpired_redirect(&self, attempt: u32, now: Timestamp) -> Option<&SealedRedirect> {
        self.redirect(attempt).filter(|redirect| now < redirect.expires_at)
    }

    /// Whether this restart would start an attempt now.
    pub fn allows(&self, restart: &Restart, now: Timestamp) -> bool {
        decide(&self.items, Command::Restart(restart), now).is_ok()
    }

    /// Whether it was read as a past enrollment, without the card enrollment.
    pub(super) fn is_past(&self) -> bool {
        self.items.card.is_none()
    }

    pub(super) fn into_items(self) -> Items {
        self.items
    }
}
