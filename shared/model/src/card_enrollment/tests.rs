//! Decisions about a card.
