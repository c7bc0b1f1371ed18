//! Card contracts of the card management system. Card numbers are computed when the simulator starts; responses
//! contain them only encrypted or masked.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Account ranges of the sample world: first number, prefix of its card numbers, product.
const RANGES: [(u64, &str, Product); 4] = [
    (5_555_550_000_000_000_000, "555555", Product::Credit),
    (5_555_560_000_000_000_000, "555556", Product::Debit),
    (5_555_570_000_000_000_000, "555557", Product::Credit),
    (9_300_000_000_000_000_000, "930000", Product::PrivateLabel),
];

/// A card product; determines the prefix of receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Credit,
    Debit,
    PrivateLabel,
}

impl Product {
    /// The name in the control API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Credit => "credit",
            Self::Debit => "debit",
            Self::PrivateLabel => "privateLabel",
        }
    }

    /// First three characters of a receipt.
    pub(crate) fn receipt_prefix(self) -> &'static str {
        match self {
            Self::Credit => "MCC",
            Self::Debit => "DMC",
            Self::PrivateLabel => "PVL",
        }
    }
}

/// A card number; its `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CardNumber(String);

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl CardNumber {
    /// A number of 16 digits: `prefix` (six digits), `serial` (nine digits) and the Luhn check digit.
    pub(crate) fn generate(prefix: &str, serial: u64) -> Self {
        let mut number = format!("{prefix}{serial:09}");
        let sum: u32 = number
            .chars()
            .rev()
            .filter_map(|digit| digit.to_digit(10))
            .zip([true, false].into_iter().cycle())
            .map(|(digit, doubled)| if doubled { digit * 2 - if digit > 4 { 9 } else { 0 } } else { digit })
            .sum();
        number.push(char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0'));
        Self(number)
    }

    /// Parses a pushed account number: 9 to 19 digits.
    pub(crate) fn parse(digits: &str) -> Option<Self> {
        let valid = (9..=19).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| Self(digits.to_owned()))
    }

    /// The digits, to encrypt them.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// First six digits, underscores, last four digits, as in Processing's lists.
    pub(crate) fn masked(&self) -> String {
        let (first, rest) = self.0.split_at(self.0.len().min(6));
        let (middle, last) = rest.split_at(rest.len().saturating_sub(4));
        format!("{first}{}{last}", "_".repeat(middle.len()))
    }

    /// First number and product of the account range that contains it.
    pub(crate) fn range(&self) -> Option<(u64, Product)> {
        RANGES
            .iter()
            .find(|(_, prefix, _)| self.0.starts_with(prefix))
            .map(|(start, _, product)| (*start, *product))
    }
}

/// The current date in UTC.
pub(crate) fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// A card contract.
#[derive(Clone, Debug)]
pub(crate) struct CardContract {
    pub(crate) id: u64,
    pub(crate) client_id: u64,
    pub(crate) holder: String,
    /// Two digits of Processing Core: `00` active, `04` blocked, `05` do not honor, `41` lost, `43` stolen, ...
    pub(crate) status: String,
    pub(crate) number: CardNumber,
    /// Last valid month: two digits of the year, month.
    pub(crate) expiry: (i16, i8),
    /// Whether Processing approves a TAR for the card while it is active and valid.
    pub(crate) approves: bool,
    /// Whether Processing asks token requestors other than Click to Pay to authenticate the cardholder first.
    pub(crate) needs_authentication: bool,
}

impl CardContract {
    /// An active debit card, valid for three years.
    pub(crate) fn debit(id: u64, client_id: u64) -> Self {
        let today = today();
        Self {
            id,
            client_id,
            holder: "CHRIS CARDHOLDER".to_owned(),
            status: "00".to_owned(),
            number: CardNumber::generate("555556", id),
            expiry: ((today.year() + 3) % 100, today.month()),
            approves: true,
            needs_authentication: false,
        }
    }

    /// Only `00` counts as active.
    pub(crate) fn is_active(&self) -> bool {
        self.status == "00"
    }

    /// Whether the last valid month has passed.
    pub(crate) fn is_expired(&self, today: Date) -> bool {
        (self.expiry.0, self.expiry.1) < (today.year() % 100, today.month())
    }
}

#[cfg(test)]
mod tests {
    use super::CardNumber;

    #[test]
    fn a_generated_card_number_passes_the_luhn_check_and_is_masked() {
        let number = CardNumber::generate("555555", 555_555_444);
        assert_eq!(number.expose(), "5555555555554444");
        assert_eq!(number.masked(), "555555______4444");
        assert_eq!(format!("{number:?}"), "<redacted>");
    }
}
