//! Secret strings, which `Debug` does not print.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the value.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The value, to send or hash it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(<redacted>)"))
            }
        }
    };
}

secret! {
    /// The receipt of a pushed card: single-use, valid for 5 to 15 minutes at one token requestor, at most 64 characters.
    /// Its format differs between environments.
    ///
    /// ```
    /// use push_provisioning_client::secret::PushAccountReceipt;
    ///
    /// let receipt = PushAccountReceipt::new("MCC-1");
    /// assert_eq!(receipt.expose(), "MCC-1");
    /// assert_eq!(format!("{receipt:?}"), "PushAccountReceipt(<redacted>)");
    /// ```
    PushAccountReceipt
}
secret! {
    /// Token Connect's JWS over receipts and callback URL; opaque to the issuer. See [`PushAccountReceipt`].
    Signature
}
secret! {
    /// Base64 data of at most 5000 characters for the app of a token requestor, which the issuer's app sends in a channel
    /// that the two have agreed on, instead of a redirect. Opaque to the issuer; it contains the receipt. See [`PushAccountReceipt`].
    IssuerInitiatedDigitizationData
}
secret! {
    /// The URL to which the cardholder's browser is redirected. See [`crate::redirect::compose`].
    RedirectUrl
}
secret! {
    /// A random value in the callback URL that identifies the enrollment, like `state` in OAuth 2.0.
    CallbackState
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_does_not_print() {
        let printed = format!("{:?}", PushAccountReceipt::new("MCC-1"));
        assert_eq!(printed, "PushAccountReceipt(<redacted>)");
    }
}
