//! What a cardholder, the bank's app and the schedules do, from the first request to the final status.

mod as_written_by_phones;
mod assets;
mod audit;
mod enroll;
mod listing;
mod notifications;
mod reconciliation;
mod refresh;
mod status_changes;
mod tokens;
mod unusual_responses;
mod wallets;
mod way_back;
