//! Search of enrollments. The list of the latest enrollments reads the whole table, which is acceptable for a local table
//! only.

use mastercard::card::CardContractId;
use model::enrollment::{Enrollment, EnrollmentId};
use runtime::store::{StoreError, enrollments::InboxEntry};

use super::Support;

/// Maximum length of a list.
const MAX_LISTED: usize = 25;

/// The result of a search.
pub(super) enum SearchResult {
    /// The latest enrollments, for an empty query.
    Latest(Vec<Enrollment>),
    /// The enrollment with the given id.
    Enrollment(Box<Enrollment>),
    /// The enrollments of a card contract.
    OfCard(CardContractId, Vec<Enrollment>),
    /// No enrollment has the given id, or the query is not an id.
    NotFound,
}

impl Support {
    pub(super) async fn search(&self, query: &str) -> Result<SearchResult, StoreError> {
        if query.is_empty() {
            return Ok(SearchResult::Latest(newest(self.enrollments().await?)));
        }
        if let Ok(card) = query.parse::<CardContractId>() {
            return Ok(SearchResult::OfCard(card, newest(self.enrollments.by_card(card).await?)));
        }
        let Ok(id) = query.to_lowercase().parse::<EnrollmentId>() else { return Ok(SearchResult::NotFound) };
        Ok(self.enrollments.find(id).await?.map_or(SearchResult::NotFound, |stored| {
            SearchResult::Enrollment(Box::new(stored.into_enrollment()))
        }))
    }

    /// Notifications that match no enrollment, newest first.
    pub(super) async fn unmatched(&self) -> Result<Vec<InboxEntry>, StoreError> {
        let mut entries = self.enrollments.unmatched_notifications().await?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.received_at));
        Ok(entries)
    }

    async fn enrollments(&self) -> Result<Vec<Enrollment>, StoreError> {
        let (mut enrollments, mut pages) = (Vec::new(), self.enrollments.all());
        while let Some(page) = pages.next().await? {
            enrollments.extend(page);
        }
        Ok(enrollments)
    }
}

fn newest(mut enrollments: Vec<Enrollment>) -> Vec<Enrollment> {
    enrollments.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.enrollment_id)));
    enrollments.truncate(MAX_LISTED);
    enrollments
}
