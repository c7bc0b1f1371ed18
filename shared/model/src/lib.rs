//! The nouns of the use case and their rules: an enrollment with its facts and status, notifications, the catalog of
//! token requestors.
//!
//! Everything here is pure: the time is an argument, and nothing reads a network, a store or a setting. The crate knows the
//! types of `mastercard`, and nothing of the crates that use it.

pub mod catalog;
pub mod clock;
pub mod enrollment;
pub mod notification;
pub mod pan;
pub mod token_list;
