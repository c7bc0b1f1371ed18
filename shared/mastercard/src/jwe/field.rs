//! The field around a JWE. Mastercard does not publish the one of Processing Digital.

use std::str::FromStr;

use serde_json::Value;

/// The name of the field that holds the JWE: `{"encryptedData":"<jwe>"}`.
///
/// ```
/// use push_provisioning_client::jwe::JweField;
///
/// let field: JweField = "encryptedPayload".parse()?;
/// assert_eq!(field.as_str(), "encryptedPayload");
/// # Ok::<(), push_provisioning_client::jwe::UnknownJweField>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JweField {
    /// `encryptedData`, as clients of Processing Core send it.
    #[default]
    EncryptedData,
    /// `encryptedPayload`, as Processing Core may respond.
    EncryptedPayload,
    /// `encryptedValue`, as other products of Mastercard send it.
    EncryptedValue,
}

impl JweField {
    /// All names; responses are read with each of them.
    pub const ALL: [Self; 3] = [Self::EncryptedData, Self::EncryptedPayload, Self::EncryptedValue];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EncryptedData => "encryptedData",
            Self::EncryptedPayload => "encryptedPayload",
            Self::EncryptedValue => "encryptedValue",
        }
    }

    /// The JWE in a body, in any of the fields; `None` if the body is not encrypted.
    pub(crate) fn jwe_in(body: &Value) -> Option<&str> {
        Self::ALL.iter().find_map(|field| body.get(field.as_str())?.as_str())
    }
}

impl FromStr for JweField {
    type Err = UnknownJweField;

    fn from_str(raw: &str) -> Result<Self, UnknownJweField> {
        Self::ALL.into_iter().find(|field| field.as_str() == raw).ok_or(UnknownJweField)
    }
}

/// The text is not the name of such a field.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field must be encryptedData, encryptedPayload or encryptedValue")]
pub struct UnknownJweField;
