//! Data about the cardholder, within Token Connect's limits. The token requestor receives it only if the card is
//! approved; MDES then erases it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Data about the cardholder for the token requestor. It deserializes from short names (`name`, `emailAddress`) and
/// serializes to Token Connect's (`accountHolderName`). `Debug` prints the type name only.
///
/// ```
/// use push_provisioning_client::processing::AccountHolder;
///
/// let holder: AccountHolder = serde_json::from_str(r#"{"name": "ALEX EXAMPLE", "emailAddress": "a@b.example"}"#)?;
/// holder.validate().unwrap();
/// // The requestor supports only the name.
/// let limited = holder.limited_to(&["NAME".into()]).unwrap();
/// assert_eq!(serde_json::to_string(&limited)?, r#"{"accountHolderName":"ALEX EXAMPLE"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
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
    /// In international format.
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

/// A phone number: country code and national number.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MobilePhoneNumber {
    /// 1 to 4 digits, without `+`.
    pub country_dial_in_code: String,
    /// 1 to 20 digits, without trunk prefix.
    pub phone_number: String,
}

/// A postal address.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
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
    /// Checks all fields against Token Connect's limits.
    ///
    /// # Errors
    /// The first field outside of its limits.
    pub fn validate(&self) -> Result<(), InvalidAccountHolder> {
        self.invalid_fields().into_iter().next().map_or(Ok(()), |field| Err(InvalidAccountHolder { field }))
    }

    /// The paths of all fields outside of Token Connect's limits, in the names of the deserialized form: `address.city`.
    pub fn invalid_fields(&self) -> Vec<&'static str> {
        let mut invalid = Vec::new();
        let mut check = |field, is_valid: bool| {
            if !is_valid {
                invalid.push(field);
            }
        };
        check("name", has_length(self.name.as_deref(), 1, 27));
        check("emailAddress", has_length(self.email_address.as_deref(), 6, 320));
        if let Some(MobilePhoneNumber { country_dial_in_code, phone_number }) = &self.mobile_phone_number {
            check("mobilePhoneNumber.countryDialInCode", has_digits(country_dial_in_code, 4));
            check("mobilePhoneNumber.phoneNumber", has_digits(phone_number, 20));
        }
        if let Some(Address { line1, line2, city, country_subdivision, postal_code, country }) = &self.address
        {
            check("address.line1", has_length(line1.as_deref(), 1, 64));
            check("address.line2", has_length(line2.as_deref(), 1, 64));
            check("address.city", has_length(city.as_deref(), 1, 32));
            check("address.countrySubdivision", has_length(country_subdivision.as_deref(), 1, 12));
            check("address.postalCode", has_length(postal_code.as_deref(), 1, 16));
            check("address.country", country.as_deref().is_none_or(is_country));
        }
        invalid
    }

    /// Only the fields in the token requestor's `supportedAccountHolderData`; `None` if none is left.
    pub fn limited_to(self, supported: &[String]) -> Option<Self> {
        let supports = |name: &str| supported.iter().any(|it| it == name);
        let limited = Self {
            name: self.name.filter(|_| supports("NAME")),
            email_address: self.email_address.filter(|_| supports("EMAIL_ADDRESS")),
            mobile_phone_number: self.mobile_phone_number.filter(|_| supports("MOBILE_PHONE_NUMBER")),
            address: self.address.filter(|_| supports("ADDRESS")),
        };
        let Self { name, email_address, mobile_phone_number, address } = &limited;
        let empty =
            name.is_none() && email_address.is_none() && mobile_phone_number.is_none() && address.is_none();
        (!empty).then_some(limited)
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn has_length(text: Option<&str>, min: usize, max: usize) -> bool {
    let fit = |text: &str| (min..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    text.is_none_or(fit)
}

fn has_digits(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A field of the account holder outside of Token Connect's limits.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is outside of Token Connect's limits")]
pub struct InvalidAccountHolder {
    /// The path of the field, in the names of the deserialized form: `address.city`.
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
