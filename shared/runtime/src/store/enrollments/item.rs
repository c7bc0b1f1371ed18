//! The items of a card enrollment and of a past enrollment, as stored.
//!
//! The layout is compact: an item of at most 1 KB costs one write unit. `clientId`, `cardContractId`, `tokenRequestorId`,
//! `enrollmentId`, `status` and `statusChange` keep name and type, because the pipe of status changes and exports read them.

mod attributes;
mod card;
mod fact;
mod lists;
mod record;

pub(super) use attributes::{Attributes, Elements, InvalidItem, bytes, list, time, value};
pub(super) use card::{card_from_item, card_item};
pub(super) use record::{Place, record_from_item, record_item};

#[cfg(test)]
mod tests;
