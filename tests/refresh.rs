//! The catalog of token requestors: filled, kept when Mastercard fails or we die, changed when Mastercard changes.

mod artwork;
mod at_once;
mod cost;
mod disbelieved;
mod faults;
mod in_person;
mod kills;
mod mastercard;
mod offered;
mod quarantine;
mod shown;
