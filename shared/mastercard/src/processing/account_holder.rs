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
        check_length("name", self.name.as_deref(), 1, 27)?;
        check_length("emailAddress", self.email_address.as_deref(), 6, 320)?;
        if let Some(MobilePhoneNumber { country_dial_in_code, phone_number }) = &self.mobile_phone_number {
            check_digits("mobilePhoneNumber.countryDialInCode", country_dial_in_code, 4)?;
            check_digits("mobilePhoneNumber.phoneNumber", phone_number, 20)?;
        }
        self.address.as_ref().map_or(Ok(()), Address::validate)
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

impl Address {
    fn validate(&self) -> Result<(), InvalidAccountHolder> {
        check_length("address.line1", self.line1.as_deref(), 1, 64)?;
        check_length("address.line2", self.line2.as_deref(), 1, 64)?;
        check_length("address.city", self.city.as_deref(), 1, 32)?;
        check_length("address.countrySubdivision", self.country_subdivision.as_deref(), 1, 12)?;
        check_length("address.postalCode", self.postal_code.as_deref(), 1, 16)?;
        match self.country.as_deref() {
            Some(country) if country.len() != 3 || !country.bytes().all(|b| b.is_ascii_uppercase()) => {
                Err(InvalidAccountHolder { field: "address.country" })
            }
            _ => Ok(()),
        }
    }
}

fn check_length(
    field: &'static str,
    text: Option<&str>,
    min: usize,
    max: usize,
) -> Result<(), InvalidAccountHolder> {
    let fit = |text: &str| (min..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if text.is_none_or(fit) { Ok(()) } else { Err(InvalidAccountHolder { field }) }
}

fn check_digits(field: &'static str, text: &str, max: usize) -> Result<(), InvalidAccountHolder> {
    let fit = (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fit { Ok(()) } else { Err(InvalidAccountHolder { field }) }
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
