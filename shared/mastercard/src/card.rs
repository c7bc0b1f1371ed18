//! Identifiers of a bank's cards in place of card numbers: client ids, card contract ids and account ranges.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The number, as Mastercard Processing has it in JSON.
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

            /// Decimal digits without sign or leading zero, at most `i64::MAX`.
            fn from_str(raw: &str) -> Result<Self, InvalidId> {
                let plain = raw.bytes().all(|b| b.is_ascii_digit()) && !raw.starts_with('0');
                match raw.parse::<u64>() {
                    Ok(number) if plain && i64::try_from(number).is_ok() => Ok(Self(number)),
                    _ => Err(InvalidId($what)),
                }
            }
        }

        impl Serialize for $name {
            /// A string, because ids may exceed 2^53.
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
    /// A cardholder in Mastercard Processing's card management system, created with Processing Core's `createClient`.
    ///
    /// ```
    /// use push_provisioning_client::card::ClientId;
    ///
    /// let client: ClientId = "40000".parse()?;
    /// assert_eq!(client, ClientId::from(40000));
    /// # Ok::<(), push_provisioning_client::card::InvalidId>(())
    /// ```
    ClientId, "client id"
}
numeric_id! {
    /// A card in Mastercard Processing's card management system, created with Processing Core's `createCardContract`.
    ///
    /// ```
    /// use push_provisioning_client::card::CardContractId;
    ///
    /// let card: CardContractId = "70001".parse()?;
    /// assert_eq!((card.number(), card.to_string().as_str()), (70001, "70001"));
    /// # Ok::<(), push_provisioning_client::card::InvalidId>(())
    /// ```
    CardContractId, "card contract id"
}

/// The text is not a positive 64-bit decimal number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {0} must be a positive decimal number of at most 19 digits")]
pub struct InvalidId(&'static str);

/// The first account number of an account range: 9 to 19 digits, padded on the right with zeros to 19, as in MDES. Two
/// ranges are the same if the padded numbers are equal.
///
/// ```
/// use push_provisioning_client::card::AccountRange;
///
/// let range: AccountRange = "555555000".parse()?;
/// assert_eq!(range.as_str(), "5555550000000000000");
/// # Ok::<(), push_provisioning_client::card::InvalidAccountRange>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountRange(String);

impl AccountRange {
    /// The 19 digits.
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

/// The text is not an account range.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account range must have 9 to 19 digits")]
pub struct InvalidAccountRange;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_padded_to_nineteen_digits() {
        assert_eq!("555555000".parse::<AccountRange>().unwrap().as_str(), "5555550000000000000");
    }

    #[test]
    fn a_range_of_eight_digits_or_with_letters_is_rejected() {
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
    fn ids_are_serialized_as_strings() {
        assert_eq!(
            serde_json::to_string(&ClientId::from(9007199254740993)).unwrap(),
            r#""9007199254740993""#
        );
    }
}
