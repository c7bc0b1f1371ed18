//! The parties of the use case.

use std::fmt;

use serde::Serialize;

/// A party of the use case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Party {
    /// The cardholder's browser or app.
    #[serde(rename = "cardholder")]
    Cardholder,
    /// The issuer's mobile app or website, the target of the callback.
    #[serde(rename = "issuer app")]
    IssuerApp,
    /// The server under test.
    #[serde(rename = "issuer server")]
    IssuerServer,
    /// MDES Token Connect.
    #[serde(rename = "Token Connect")]
    TokenConnect,
    /// Mastercard Processing Digital, with the card management system.
    #[serde(rename = "Processing")]
    Processing,
    /// Mastercard Digital Enablement Service, which creates the tokens.
    #[serde(rename = "MDES")]
    Mdes,
    /// Click to Pay or another token requestor.
    #[serde(rename = "Click to Pay")]
    ClickToPay,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cardholder => "cardholder",
            Self::IssuerApp => "issuer app",
            Self::IssuerServer => "issuer server",
            Self::TokenConnect => "Token Connect",
            Self::Processing => "Processing",
            Self::Mdes => "MDES",
            Self::ClickToPay => "Click to Pay",
        })
    }
}
