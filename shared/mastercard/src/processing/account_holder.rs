//! What the cardholder lets the token requestor know, within Token Connect's limits. Reaches the requestor only if
//! the card is approved, and is erased at MDES afterwards.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Read in this API's words (`name`, `emailAddress` …), written in Token Connect's (`accountHolderName` …).
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountHolder {
    /// `LASTNAME/FIRSTNAME` or `FIRSTNAME LASTNAME`, 1 to 27 characters.
    #[serde(rename(serialize = "accountHolderName"), default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 6 to 320 characters.
    #[serde(
        rename(serialize = "accountHolderEmailAddress"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub email_address: Option<String>,
    /// In international form, in two parts.
    #[serde(
        rename(serialize = "accountHolderMobilePhoneNumber"),
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub mobile_phone_number: Option<MobilePhoneNumber>,
    /// Billing address.
    #[serde(rename(serialize = "accountHolderAddress"), default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A phone number in two parts.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MobilePhoneNumber {
    /// 1 to 4 digits, without `+`.
    pub country_dial_in_code: String,
    /// 1 to 20 digits, without trunk prefix.
    pub phone_number: String,
}

/// A postal address.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// At most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// At most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// At most 32 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province, at most 12 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_subdivision: Option<String>,
    /// At most 16 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl AccountHolder {
    /// Checks every part against Token Connect's limits and names the first that does not fit.
    pub fn validate(&self) -> Result<(), InvalidAccountHolder> {
        fits("name", self.name.as_deref(), 1, 27)?;
        fits("emailAddress", self.email_address.as_deref(), 6, 320)?;
        if let Some(MobilePhoneNumber { country_dial_in_code, phone_number }) = &self.mobile_phone_number {
            digits("mobilePhoneNumber.countryDialInCode", country_dial_in_code, 4)?;
            digits("mobilePhoneNumber.phoneNumber", phone_number, 20)?;
        }
        self.address.as_ref().map_or(Ok(()), Address::validate)
    }

    /// Only what the token requestor's `supportedAccountHolderData` lists; `None` if nothing is left.
    pub fn limited_to(self, supported: &[String]) -> Option<Self> {
        let wants = |word: &str| supported.iter().any(|it| it == word);
        let limited = Self {
            name: self.name.filter(|_| wants("NAME")),
            email_address: self.email_address.filter(|_| wants("EMAIL_ADDRESS")),
            mobile_phone_number: self.mobile_phone_number.filter(|_| wants("MOBILE_PHONE_NUMBER")),
            address: self.address.filter(|_| wants("ADDRESS")),
        };
        let Self { name, email_address, mobile_phone_number, address } = &limited;
        let empty =
            name.is_none() && email_address.is_none() && mobile_phone_number.is_none() && address.is_none();
        (!empty).then_some(limited)
    }
}

impl Address {
    fn validate(&self) -> Result<(), InvalidAccountHolder> {
        fits("address.line1", self.line1.as_deref(), 1, 64)?;
        fits("address.line2", self.line2.as_deref(), 1, 64)?;
        fits("address.city", self.city.as_deref(), 1, 32)?;
        fits("address.countrySubdivision", self.country_subdivision.as_deref(), 1, 12)?;
        fits("address.postalCode", self.postal_code.as_deref(), 1, 16)?;
        match self.country.as_deref() {
            Some(country) if country.len() != 3 || !country.bytes().all(|b| b.is_ascii_uppercase()) => {
                Err(InvalidAccountHolder { field: "address.country" })
            }
            _ => Ok(()),
        }
    }
}

fn fits(
    field: &'static str,
    text: Option<&str>,
    least: usize,
    most: usize,
) -> Result<(), InvalidAccountHolder> {
    let fit =
        |text: &str| (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if text.is_none_or(fit) { Ok(()) } else { Err(InvalidAccountHolder { field }) }
}

fn digits(field: &'static str, text: &str, most: usize) -> Result<(), InvalidAccountHolder> {
    let fit = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fit { Ok(()) } else { Err(InvalidAccountHolder { field }) }
}

/// A part of the account holder that does not fit Token Connect's limits.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} does not fit Token Connect's limits")]
pub struct InvalidAccountHolder {
    /// Which part, as a path of field names in this API's words.
    pub field: &'static str,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(<redacted>)"))
            }
        }
    )*};
}
redacted!(AccountHolder, MobilePhoneNumber, Address);

#[cfg(test)]
mod tests;
