//! list-requestors
