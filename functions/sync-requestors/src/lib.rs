//! sync-requestors
