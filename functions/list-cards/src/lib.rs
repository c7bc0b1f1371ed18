//! list-cards
