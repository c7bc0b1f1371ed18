//! The domain model: an enrollment with its facts and status, notifications, the catalog of token requestors.
//!
//! Its functions are pure: the time is an argument, and nothing reads a network, a store or a setting. Only `clock` reads the
//! system's clock, and a new enrollment id has random bits. The crate depends
//! on `mastercard` for its types, and on no other crate of this workspace.

pub mod audit;
pub mod card_enrollment;
pub mod card_number;
pub mod catalog;
pub mod clock;
pub mod enrollment;
pub mod notification;
pub mod short_hash;
pub mod token_changes;
pub mod token_id;
pub mod token_list;
mod unknown;

pub use unknown::UnknownVariant;
