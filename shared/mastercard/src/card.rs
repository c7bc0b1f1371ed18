//! The bank's cards as this server knows them: contract ids and account ranges, never card numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The number as Mastercard Processing wants it in its JSON.
            pub fn number(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Decimal digits only, no sign, no leading zero, at most `i64::MAX` (Core's ids are 64-bit).
            fn from_str(raw: &str) -> Result<Self, InvalidId> {
                let plain = raw.bytes().all(|b| b.is_ascii_digit()) && !raw.starts_with('0');
                match raw.parse::<u64>() {
                    Ok(number) if plain && i64::try_from(number).is_ok() => Ok(Self(number)),
                    _ => Err(InvalidId($what)),
                }
            }
        }

        impl Serialize for $name {
            /// As a string: ids may exceed 2^53.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

numeric_id! {
    /// A cardholder in the card management system: made by Processing Core's `createClient`.
    ClientId, "client id"
}
numeric_id! {
    /// A card in the card management system: made by Processing Core's `createCardContract`.
    CardContractId, "card contract id"
}

/// An id that is not a plain positive 64-bit decimal number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {0} is a positive decimal number of at most 19 digits")]
pub struct InvalidId(&'static str);

/// The start of an account range: 9 to 19 digits, zero-padded on the right to 19 as MDES does.
/// Ranges match only when the padded starts are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountRange(String);

impl AccountRange {
    /// All 19 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountRange {
    type Err = InvalidAccountRange;

    fn from_str(raw: &str) -> Result<Self, InvalidAccountRange> {
        let digits = raw.bytes().all(|b| b.is_ascii_digit());
        if digits && (9..=19).contains(&raw.len()) {
            Ok(Self(format!("{raw:0<19}")))
        } else {
            Err(InvalidAccountRange)
        }
    }
}

impl TryFrom<String> for AccountRange {
    type Error = InvalidAccountRange;

    fn try_from(raw: String) -> Result<Self, InvalidAccountRange> {
        raw.parse()
    }
}

impl From<AccountRange> for String {
    fn from(range: AccountRange) -> Self {
        range.0
    }
}

impl fmt::Display for AccountRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not the start of an account range.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account range starts with 9 to 19 digits")]
pub struct InvalidAccountRange;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_padded_to_nineteen_digits() {
        assert_eq!("555555000".parse::<AccountRange>().unwrap().as_str(), "5555550000000000000");
    }

    #[test]
    fn a_range_of_eight_digits_or_with_letters_is_refused() {
        for raw in ["55555500", "55555500a", "", "55555500000000000000"] {
            assert_eq!(raw.parse::<AccountRange>(), Err(InvalidAccountRange), "{raw}");
        }
    }

    #[test]
    fn a_card_contract_id_is_a_plain_number() {
        assert_eq!("70001".parse::<CardContractId>().unwrap().number(), 70001);
        for raw in ["", "0", "-1", "+1", "007", "7e3", "9223372036854775808", "7\u{661}"] {
            assert!(raw.parse::<CardContractId>().is_err(), "{raw}");
        }
    }

    #[test]
    fn ids_travel_as_strings() {
        assert_eq!(
            serde_json::to_string(&ClientId::from(9007199254740993)).unwrap(),
            r#""9007199254740993""#
        );
    }
}
