//! Search of enrollments. The list of the latest enrollments and the search by client read the whole table, which is
//! acceptable for a local table only.

use mastercard::card::{CardContractId, ClientId};
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
    /// The enrollments of a client.
    OfClient(ClientId, Vec<Enrollment>),
    /// No enrollment has the given id, or the query is not an id.
    NotFound,
}

/// A notification that matches no enrollment.
pub(super) struct Unmatched {
    pub(super) entry: InboxEntry,
    /// The enrollments of its card.
    pub(super) of_card: Vec<Enrollment>,
}

impl Support {
    pub(super) async fn search(&self, query: &str) -> Result<SearchResult, StoreError> {
        if query.is_empty() {
            return Ok(SearchResult::Latest(newest(self.enrollments().await?)));
        }
        if let Ok(card) = query.parse::<CardContractId>() {
            let of_card = self.enrollments.by_card(card).await?;
            let client = query.parse::<ClientId>().ok().filter(|_| of_card.is_empty());
            let Some(client) = client else { return Ok(SearchResult::OfCard(card, newest(of_card))) };
            let mut of_client = self.enrollments().await?;
            of_client.retain(|it| it.client_id == client);
            return Ok(match of_client.is_empty() {
                true => SearchResult::NotFound,
                false => SearchResult::OfClient(client, newest(of_client)),
            });
        }
        let Ok(id) = query.to_lowercase().parse::<EnrollmentId>() else { return Ok(SearchResult::NotFound) };
        Ok(self.enrollments.find(id).await?.map_or(SearchResult::NotFound, |stored| {
            SearchResult::Enrollment(Box::new(stored.into_enrollment()))
        }))
    }

    /// Notifications that match no enrollment, newest first.
    pub(super) async fn unmatched(&self) -> Result<Vec<Unmatched>, StoreError> {
        let mut entries = self.enrollments.unmatched_notifications().await?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.received_at));
        let mut unmatched = Vec::new();
        for entry in entries {
            let of_card = match entry.notification.card_contract_id {
                Some(card) => self.enrollments.by_card(card).await?,
                None => Vec::new(),
            };
            unmatched.push(Unmatched { entry, of_card });
        }
        Ok(unmatched)
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
