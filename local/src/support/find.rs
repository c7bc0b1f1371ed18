//! Finding what support asks for. For the latest enrollments of all clients this looks through the whole table, which only
//! a table on a laptop allows.

use mastercard::card::CardContractId;
use model::enrollment::{Enrollment, EnrollmentId};
use runtime::store::{StoreError, enrollments::InboxEntry};

use super::Support;

/// Enrollments that a list shows.
const MOST: usize = 25;

/// What there is of what was asked for.
pub(super) enum Found {
    /// Nothing was asked for: the latest.
    Latest(Vec<Enrollment>),
    /// An enrollment by its id.
    One(Box<Enrollment>),
    /// Those of a card contract.
    OfCard(CardContractId, Vec<Enrollment>),
    /// There is none, or what was asked for is no id.
    Nothing,
}

impl Support {
    pub(super) async fn find(&self, asked: &str) -> Result<Found, StoreError> {
        if asked.is_empty() {
            return Ok(Found::Latest(newest(self.enrollments().await?)));
        }
        if let Ok(card) = asked.parse::<CardContractId>() {
            return Ok(Found::OfCard(card, newest(self.enrollments.by_card(card).await?)));
        }
        let Ok(id) = asked.to_lowercase().parse::<EnrollmentId>() else { return Ok(Found::Nothing) };
        Ok(self.enrollments.find(id).await?.map_or(Found::Nothing, |one| Found::One(Box::new(one))))
    }

    /// Notifications that match no enrollment, newest first.
    pub(super) async fn unmatched(&self) -> Result<Vec<InboxEntry>, StoreError> {
        let mut received = self.enrollments.unmatched_notifications().await?;
        received.sort_by_key(|received| std::cmp::Reverse(received.received_at));
        Ok(received)
    }

    async fn enrollments(&self) -> Result<Vec<Enrollment>, StoreError> {
        let (mut found, mut pages) = (Vec::new(), self.enrollments.all());
        while let Some(page) = pages.next().await? {
            found.extend(page);
        }
        Ok(found)
    }
}

fn newest(mut enrollments: Vec<Enrollment>) -> Vec<Enrollment> {
    enrollments.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.enrollment_id)));
    enrollments.truncate(MOST);
    enrollments
}
